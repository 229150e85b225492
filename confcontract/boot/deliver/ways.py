"""How the application gets its secrets: in its environment, as files in memory, or as one inherited memory file."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    from confcontract.verdict.resolution import Resolution

    class NewSecrets(Protocol):
        """Secrets that replace others, until it is known whether the application accepts them."""

        environ: dict[str, str]
        """What the application would be started with."""

        def put_in_place(self) -> None:
            """Move them to where the application reads them. Raises ConfigurationInvalid; then call `take_back`."""

        def keep(self) -> None:
            """The application accepts them: remove the previous ones."""

        def take_back(self) -> None:
            """The application does not use them: restore the previous files unchanged. A second time it does nothing.
            Never raises.
            """

    class Delivery(Protocol):
        """A way to deliver secrets."""

        reloads: bool
        """Whether an application that runs can see new values."""

        def environ(self, resolution: Resolution) -> dict[str, str]:
            """Hand the secrets over; the environment that the application gets. Raises ConfigurationInvalid."""

        def replace(self, resolution: Resolution) -> NewSecrets:
            """New secrets for a running application. Raises ConfigurationInvalid; then everything is as before."""

        def close(self) -> None:
            """The application has ended: remove everything."""


class Environment:
    """Secrets are variables like any other."""

    reloads = False

    def environ(self, resolution: Resolution) -> dict[str, str]:
        return resolution.environ

    def replace(self, resolution: Resolution) -> Variables:
        return Variables(resolution.environ)

    def close(self) -> None:
        """Does nothing: there is nothing to remove."""


class Variables:
    """An environment, which has no effect until the application is started."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ

    def put_in_place(self) -> None:
        """Does nothing: variables have no place."""

    def keep(self) -> None:
        """Does nothing: the application has them."""

    def take_back(self) -> None:
        """Does nothing: no one has them."""


def delivery(way: str, directory: str | None, environ: Mapping[str, str]) -> Delivery:
    """directory: for files; None for our own in the first place that is in memory. environ: our own."""
    if way == "files":
        from confcontract.boot.deliver.files import Files

        return Files(directory, environ)
    if way == "memfd":
        from confcontract.boot.deliver.memory import Memory

        return Memory()
    return Environment()
