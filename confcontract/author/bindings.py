"""The `Binding` of a field in the contract: which entries of a service binding provide which variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from confcontract.author.refusals import refuse
from confcontract.contract.markers import Binding
from confcontract.report.problem import Problem

_URL = ("uri", "host", "port", "username", "password", "database")
_NO_TEXTS = ("list", "set", "mapping")


def bind(cls: type, markers: Sequence[Binding | None], entries: Sequence[dict[str, Any]]) -> list[Problem]:
    """Add the binding to the entries. Returns a refusal for each marker that can't be applied."""
    problems = []
    for marker, entry in zip(markers, entries, strict=True):
        if marker is None:
            continue
        try:
            entry["binding"] = {
                "type": marker.type,
                **({"provider": marker.provider} if marker.provider else {}),
                **({"name": marker.name} if marker.name else {}),
                **_filled(marker, entry, entries),
            }
        except _NotBound as error:
            problems.append(refuse(cls, tuple(entry["path"]), f"is marked Binding, but {error}", error.remedy))
    return problems


class _NotBound(Exception):
    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


def _filled(marker: Binding, entry: dict[str, Any], entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    if entry["name"] in entry.get("within", {}):
        what = f"it is a part of what {entry['name']} holds as JSON"
        raise _NotBound(what, "add an alias of its own before the AliasPath")
    if entry["type"]["kind"] == "object":
        return _section(marker, entry, entries)
    if entry["type"]["kind"] in _NO_TEXTS:
        raise _NotBound(f"an entry is text, and no {entry['type']['text']}", "mark a section or a single value")
    if marker.key is not None:
        return {"entry": marker.key}
    _refuse_unknown(marker, _URL, "parts of a URL")
    scheme = {"scheme": marker.scheme} if marker.scheme else {}
    return {"url": {**scheme, **{part: marker.keys.get(part, part) for part in _URL}}}


def _section(marker: Binding, entry: dict[str, Any], entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    if marker.key is not None or marker.scheme is not None:
        raise _NotBound("key and scheme are for a single value", "use keys, by member, or mark a member")
    members = dict(_members(entry["path"], entries))
    if not members:
        if not marker.keys:
            remedy = "name them with keys={member: entry}, or set env_nested_delimiter"
            raise _NotBound("the members of this section have no variables of their own", remedy)
        return {"members": marker.keys}
    _refuse_unknown(marker, members, "members of the section")
    return {"variables": {name: marker.keys.get(member, member) for member, name in members.items()}}


def _members(path: list[str], entries: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The members of a section that take text, with their variables."""
    for entry in entries:
        is_text = entry["encoding"] == "plain" and entry["type"]["kind"] != "object"
        if entry["path"][:-1] == path and is_text and entry["name"] not in entry.get("within", {}):
            yield entry["path"][-1], entry["name"]


def _refuse_unknown(marker: Binding, known: Any, what: str) -> None:
    unknown = sorted(set(marker.keys) - set(known))
    if unknown:
        raise _NotBound(f"{', '.join(unknown)} are not {what}", f"use {', '.join(known)}")
