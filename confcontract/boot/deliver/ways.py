"""How the application gets its secrets: in its environment, as files in memory, or as one inherited memory file."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    from confcontract.verdict.resolution import Resolution

    class NewSecrets(Protocol):
        """Secrets that take the place of others, as long as it is not known whether the application takes them."""

        environ: dict[str, str]
        """What the application would be started with."""

        def put_in_place(self) -> None:
            """Where the application looks for them. Raises ConfigurationInvalid: then `take_back`."""

        def keep(self) -> None:
            """It has them: those before go."""

        def take_back(self) -> None:
            """It does not: those before are there again, as they were. A second time it does nothing. Never raises."""

    class Delivery(Protocol):
        """One way to hand secrets over."""

        reloads: bool
        """Whether an application that runs can see new values."""

        def environ(self, resolution: Resolution) -> dict[str, str]:
            """Hand the secrets over; the environment that the application gets. Raises ConfigurationInvalid."""

        def replace(self, resolution: Resolution) -> NewSecrets:
            """Secrets for an application that has others. Raises ConfigurationInvalid; then all is as before."""

        def close(self) -> None:
            """The application has ended: nothing stays behind."""


class Environment:
    """Secrets are variables like any other."""

    reloads = False

    def environ(self, resolution: Resolution) -> dict[str, str]:
        return resolution.environ

    def replace(self, resolution: Resolution) -> Variables:
        return Variables(resolution.environ)

    def close(self) -> None:
        """There is nothing to clear away."""


class Variables:
    """An environment, with which nothing happens before the application is started."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ

    def put_in_place(self) -> None:
        """There is no place."""

    def keep(self) -> None:
        """It is the application's."""

    def take_back(self) -> None:
        """It is no one's."""


def delivery(way: str, directory: str | None, environ: Mapping[str, str]) -> Delivery:
    """directory: for files; None for one of our own in the first place that lies in memory. environ: our own."""
    if way == "files":
        from confcontract.boot.deliver.files import Files

        return Files(directory, environ)
    if way == "memfd":
        from confcontract.boot.deliver.memory import Memory

        return Memory()
    return Environment()
