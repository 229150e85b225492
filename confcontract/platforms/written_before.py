"""Which files exports have written into a folder: a list that stays there, so that the next export can take away what
it no longer writes, such as the Deployment of a role that is gone.

Only names are in the list, so that it changes no more often than they do.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LIST = ".confcontract-export"


class WrittenBefore:
    """by_export: what an export is of, as `export_key` says it → the files that it wrote, as paths in the folder."""

    def __init__(self, by_export: Mapping[str, Iterable[str]]) -> None:
        self._by_export = {key: frozenset(names) for key, names in by_export.items()}

    def left_over(self, key: str, written: Iterable[str]) -> list[str]:
        """What the export wrote before and does not write any more; less what another export writes as well."""
        others = {name for other, names in self._by_export.items() if other != key for name in names}
        return sorted(self._by_export.get(key, frozenset()) - {*written} - others)

    def then(self, key: str, written: Iterable[str]) -> WrittenBefore:
        return WrittenBefore({**self._by_export, key: written})

    def text(self) -> str:
        return (
            json.dumps({key: sorted(names) for key, names in self._by_export.items()}, indent=1, sort_keys=True) + "\n"
        )


def export_key(target: str, kind: str | None, name: str) -> str:
    return " ".join(filter(None, (target, kind, name)))


def parse_list(text: str) -> WrittenBefore:
    """Raises ValueError for what no export has written: a path that leads elsewhere, above all."""
    found = json.loads(text)
    if not isinstance(found, dict) or not all(isinstance(names, list) for names in found.values()):
        raise ValueError("not an object of lists")
    for names in found.values():
        for name in names:
            if not isinstance(name, str) or not all(part.strip(".") for part in name.split("/")) or "\0" in name:
                raise ValueError("not the path of a file in the folder")
    return WrittenBefore(found)
