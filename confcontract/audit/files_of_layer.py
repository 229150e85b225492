"""Reports as one finding what one instruction did to many files, such as `chmod -R`, or the programs of a base
image."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator

from confcontract.audit.audit_rule import Offence
from confcontract.audit.audited_image import PickedEntry

FEW = 3  # up to this number of files in one layer, each is reported separately
_NAMED = 12  # the most files named in the sentence about several


def by_layer(
    picked: Iterable[PickedEntry], one: Callable[[PickedEntry], str], several: Callable[[str], str]
) -> Iterator[Offence]:
    """one: the sentence about a single file. several: the sentence about a folder, from the number of its files."""
    layers: dict[int, dict[str, PickedEntry]] = {}
    for each in picked:
        layers.setdefault(each.layer, {}).setdefault(each.path, each)
    for layer, entries in layers.items():
        if len(entries) <= FEW:
            yield from (Offence(f"/{each.path}", one(each), layer) for each in entries.values())
        else:
            yield _together(layer, sorted(f"/{path}" for path in entries), several)


def _together(layer: int, files: list[str], several: Callable[[str], str]) -> Offence:
    folder = posixpath.commonpath(files)
    names = [posixpath.relpath(each, folder) for each in files[:_NAMED]]
    more = f" and {len(files) - _NAMED:,} more" if len(files) > _NAMED else ""
    return Offence(folder, f"{several(f'{len(files):,}')}: {', '.join(names)}{more}", layer, files=tuple(files))
