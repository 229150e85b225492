"""Whether the kernel would accept these arguments and this environment, checked before the start is announced."""

from __future__ import annotations

import errno

from confcontract.boot.launch.exec_refusal import exec_refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from confcontract.verdict.resolution import Resolution


def foresee(
    path: str, argv: Sequence[str], environ: Mapping[str, str], refusals: Collection[int] = (errno.E2BIG,)
) -> None:
    """Raises what the start would: CommandNotExecutable or ConfigurationInvalid.

    path: of the command, only for messages; `find_command` checks the file. refusals: the kernel's errors that count.
    """
    from confcontract.host.processes import processes

    try:
        processes.rehearse(argv or ("true",), environ)
    except ValueError as error:
        raise exec_refused(error, path, argv, environ) from None
    except OSError as error:
        if error.errno in refusals:
            raise exec_refused(error, path, argv, environ) from None


def in_environment(resolution: Resolution, way: str | None) -> Mapping[str, str]:
    """The environment that the application would get. way: how secrets are delivered; None: as the contract says."""
    if (way or resolution.contract.deliver) == "env":
        return resolution.environ
    from confcontract.boot.deliver.secret_names import parted

    return parted(resolution)[0]
