"""Collects everything that an audit needs from the layers in one walk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from confcontract.audit.audited_image import PickedEntry, ValueInLayer
from confcontract.audit.value_search.inside_archives import InsideSearch
from confcontract.audit.value_search.needles import Needles, Occurrence
from confcontract.image.entry import EntryKind, ImageLayer
from confcontract.image.installed_packages import InstalledSoftware, PackageCollector
from confcontract.image.layer_walk import WalkedEntry, walk_layers

MOST_PICKED = 10_000  # entries kept for one rule
MOST_VALUES = 1_000
MOST_SAID = 20  # the most files named as not searched
_PASSWD = "etc/passwd"
_PASSWD_BYTES = 1024 * 1024


@dataclass
class WalkedImage:
    """unexamined: files that could not be searched, in words."""

    software: InstalledSoftware
    users: dict[str, str] = field(default_factory=dict)
    picked: dict[str, list[PickedEntry]] = field(default_factory=dict)
    values: list[ValueInLayer] = field(default_factory=list)
    unexamined: list[str] = field(default_factory=list)


def walk_image(
    layers: Sequence[ImageLayer], picks: Mapping[str, Callable[[WalkedEntry], bool]], needles: Needles
) -> WalkedImage:
    """picks: by the id of a rule. Raises ImageFault."""
    collected, search, unexamined = PackageCollector(), _FileSearch(needles), _Unexamined()
    picked: dict[str, list[PickedEntry]] = {rule: [] for rule in picks}
    overfull: set[str] = set()
    passwd = bytearray()
    for walked in walk_layers(layers):
        entry = walked.entry
        collected.take(walked)
        if entry.path == _PASSWD and walked.visible:
            passwd.clear()
            walked.tap(lambda piece: passwd.extend(piece[: max(0, _PASSWD_BYTES - len(passwd))]))
        for rule, pick in picks.items():
            if not pick(walked):
                continue
            if len(picked[rule]) < MOST_PICKED:
                picked[rule].append(
                    PickedEntry(entry.path, entry.kind, entry.mode, entry.size, walked.layer, walked.visible)
                )
            else:
                overfull.add(rule)
        if needles:
            search.take(walked, unexamined)
    beyond = [f"{rule}: all beyond {MOST_PICKED:,} files or directories" for rule in sorted(overfull)]
    if search.overfull:
        beyond.append(f"values of secrets: all beyond {MOST_VALUES:,} places")
    return WalkedImage(
        collected.software(layers),
        _users(passwd.decode("utf-8", "replace")),
        picked,
        search.found,
        [*beyond, *unexamined.told()],
    )


def _users(passwd: str) -> dict[str, str]:
    """If a name has several lines, the first one wins, as in container engines."""
    users: dict[str, str] = {}
    for line in passwd.split("\n"):
        name, _, number = [*line.strip().split(":"), "", ""][:3]
        users.setdefault(name, number)
    return users


class _FileSearch:
    """Searches the content of files, their names and links, owners and extended attributes."""

    def __init__(self, needles: Needles) -> None:
        self._needles = needles
        self._inside = InsideSearch(needles)
        self.found: list[ValueInLayer] = []
        self.overfull = False

    def take(self, walked: WalkedEntry, unexamined: _Unexamined) -> None:
        entry = walked.entry

        def note(within: str, occurrences: list[Occurrence]) -> None:
            for each in occurrences:
                if len(self.found) < MOST_VALUES:
                    self.found.append(ValueInLayer(each, entry.path, within, walked.layer, walked.visible))
                else:
                    self.overfull = True

        if named := self._needles.in_text(f"{entry.path}\n{entry.link}\n{entry.notes}"):
            note("", named)
        if entry.kind is EntryKind.FILE and entry.size:
            where = f"in layer {walked.layer + 1}"
            masked = self._needles.masked
            self._inside.search(
                walked, note, lambda why: unexamined.add(f"/{masked(entry.path)} {where}: {masked(why)}")
            )


class _Unexamined:
    def __init__(self) -> None:
        self._said: list[str] = []
        self._more = 0

    def add(self, what: str) -> None:
        if len(self._said) < MOST_SAID:
            self._said.append(what)
        else:
            self._more += 1

    def told(self) -> list[str]:
        return [*self._said, f"{self._more} more files"] if self._more else self._said
