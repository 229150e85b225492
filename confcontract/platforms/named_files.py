"""Files that the values name, and that have to be where the application runs."""

from __future__ import annotations

from confcontract.contract.declared import Declared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from confcontract.platforms.export_input import ExportInput, Process

# Variables that boot itself reads as paths, in addition to NAME_FILE.
_PATHS = ("CACERT", "CAPATH", "CLIENT_CERT", "CLIENT_KEY")
_OF_BOOT = tuple(f"{store}_{what}" for store in ("VAULT", "BAO") for what in _PATHS)


def named_files(given: ExportInput, processes: Iterable[Process]) -> dict[str, str]:
    """Variable → the path that it has."""
    declared = Declared(given.contract)
    of_boot = {name: path for name, path in given.of_boot.items() if name.endswith("_FILE") or name in _OF_BOOT}
    values = {name: value for process in processes for name, value in process.environment.items()}
    return of_boot | {name: path for name, path in values.items() if declared.pointed_at(name) is not None}
