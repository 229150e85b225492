"""Rotation: a thread that keeps alive what Vault has lent, looks for new values, and tells of changes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from confcontract.boot.resolve import Resolution
    from confcontract.boot.rotation.change import Change
    from confcontract.boot.rotation.reading import Reading
    from confcontract.boot.vault.reader import VaultReader
    from confcontract.problem import Problem

    class Notes(Protocol):
        """Where the state of things is noted: `Health`."""

        def note(self, name: str, status: str, words: str = "", data: dict[str, object] | None = None) -> None: ...

    class Measures(Protocol):
        """Where things are counted: `Metrics`."""

        def count(self, name: str, amount: float = 1, **labels: str) -> None: ...
        def set_function(self, name: str, function: Callable[[], float], **labels: str) -> None: ...


POLL_SECONDS = 300.0
DEBOUNCE_SECONDS = 2.0
GRACE_SECONDS = 5.0


class Rotation:
    """Stands between the first resolve and the application, from the start of the application on.

    resolve: resolves anew from the same files and environment, with the given callable as its `vault`. first: the
    `Reading` that was the `vault` of the first resolve; its reader must not revoke its token (revoke_token=False).
    resolution: what the application was started with. changed: acts on a change; True when the application runs with
    it, False if that failed or was refused (it is tried again later, with the same values). verify: runs the checks
    that use the changed variables with their new values; None if there are none. health: gets notes named "secrets".
    log: gets records of plain JSON data without any secret.

    Everything is called from threads of ours, on which all signals are blocked (a process that is started from there
    inherits that): `changed` and `verify` from one, `resolve` and all others from another, so that leases go on being
    renewed while an application takes its time to restart.

    poll_seconds: between two looks at what has no lease (ten per cent more or less). debounce_seconds: changes that
    follow one another so closely are one. grace_seconds: after a change, until what it replaced is given back.
    """

    def __init__(
        self,
        *,
        resolve: Callable[[Reading], Resolution],
        first: Reading,
        reader: Callable[[], VaultReader],
        resolution: Resolution,
        changed: Callable[[Change], bool],
        verify: Callable[[Resolution, tuple[str, ...]], list[Problem]] | None,
        health: Notes,
        metrics: Measures,
        log: Callable[[dict[str, object]], None],
        poll_seconds: float = POLL_SECONDS,
        debounce_seconds: float = DEBOUNCE_SECONDS,
        grace_seconds: float = GRACE_SECONDS,
        clock: Callable[[], float] | None = None,
        random: Callable[[], float] | None = None,
    ) -> None:
        raise NotImplementedError

    def start(self) -> None:
        """Begin: returns at once."""

    def stop(self) -> None:
        """No more changes are told, nothing is renewed any more. Waits a few seconds at most for what is under way."""

    def give_back(self) -> None:
        """After `stop`, on the way out: whatever was lent is given back, within a few seconds. Never raises."""
