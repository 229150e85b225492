"""Service bindings: directories below $SERVICE_BINDING_ROOT, with a file for each entry of a bound service.

https://servicebinding.io/spec/core/1.1.0/#workload-projection: every binding has the entry `type`, most have
`provider`, and entries such as `host`, `port`, `uri`, `username` and `password`.
"""

from __future__ import annotations

import os

from confcontract.host.folder import at
from confcontract.host.projection import in_one_state, remember
from confcontract.host.sourcefile import Unreadable
from confcontract.report.problem import Problem
from confcontract.verdict.sources.mounted import given_by, text_in
from confcontract.verdict.sources.order import BOUND, SECRET_FILE, level_of
from confcontract.verdict.sources.origin import Entry, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.host.projection import Stamp
    from confcontract.verdict.sources.merged import Merged

ROOT = "SERVICE_BINDING_ROOT"
_LEVEL = level_of(SECRET_FILE, BOUND)
# The scheme of a URL, if it differs from the name of the type.
_SCHEMES = {"postgres": "postgresql", "mariadb": "mysql", "rabbitmq": "amqp"}
_NOT_IN_AN_ADDRESS = frozenset(" \t\r\n\v\f/?#@\\")
_MOST_TOLD = 4  # bindings shown in one message
_LONGEST_TOLD = 60  # characters
_COMPOSED = ("host", "port", "username", "password", "database")


class Bound:
    """One binding: a directory. watched: is notified of each entry that is looked at, see `Merged`."""

    __slots__ = ("_watched", "directory", "name")

    def __init__(self, root: str, name: str, watched: dict[str, Stamp]) -> None:
        self.name = name
        self.directory = os.path.join(root, name)
        self._watched = watched
        remember(watched, self.directory)

    def path(self, entry: str) -> str:
        return os.path.join(self.directory, entry)

    def has(self, entry: str) -> bool:
        """Raises Unreadable if the directory can't be read: an unreadable binding must not take secrets away."""
        remember(self._watched, self.path(entry))
        try:
            os.lstat(at(self.path(entry)))
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            hint = "check the owner and the mode of the binding's directory"
            raise Unreadable(f"{self.path(entry)} can't be looked for: {error.strerror}", hint) from None
        return True

    def read(self, entry: str) -> str:
        """Raises Unreadable, which names the entry."""
        try:
            return text_in(self.path(entry), self.directory)
        except Unreadable as error:
            told = str(error) if error.of_file else f"can't be read: {error}"
            raise Unreadable(f"{self.path(entry)} {told}", error.hint) from None

    def fits(self, wanted: Mapping[str, Any]) -> bool:
        return (
            wanted.get("name", self.name) == self.name
            and self._is("type", wanted["type"])
            and ("provider" not in wanted or self._is("provider", wanted["provider"]))
        )

    def in_words(self, with_provider: bool) -> str:
        """The binding's name, type and provider, in words. Raises Unreadable."""
        entries = ("type", "provider") if with_provider else ("type",)
        told = [f"{each} {_short(self.read(each).strip())!r}" if self.has(each) else f"no {each}" for each in entries]
        return f"{_short(self.name)} has {' and '.join(told)}"

    def _is(self, entry: str, word: str) -> bool:
        return self.has(entry) and self.read(entry).strip().casefold() == word.casefold()


def lay_bindings(merged: Merged, environ: Mapping[str, str]) -> None:
    """Add the bound values below all other secret files."""
    wanted = {name: variable for name, variable in merged.declared.notable.items() if "binding" in variable}
    root = environ[ROOT]
    if not wanted or not root:
        return
    remember(merged.watched, root)
    try:
        names = sorted(name for name in os.listdir(at(root)) if name[:1] != ".")
    except FileNotFoundError:
        return  # nothing is bound
    except OSError as error:
        message, hint = f"names {root}, which can't be listed: {error.strerror}", "correct the path, or its mode"
        merged.problems.append(Problem("source-unreadable", message, variable=ROOT, source="environment", hint=hint))
        return
    found = [Bound(root, name, merged.watched) for name in names if os.path.isdir(at(os.path.join(root, name)))]
    given = given_by(merged, environ)
    layer: list[Entry] = []
    for name, variable in wanted.items():
        try:
            entries = _entries(name, variable["binding"], found)
            layer += entries
            if found and not entries:
                why = _why_none_fits(variable["binding"], found, root)
                merged.unbound.update(dict.fromkeys([name, *variable["binding"].get("variables", ())], why))
        except Unreadable as error:
            if name not in given:
                problem = Problem(
                    "source-unreadable", str(error), variable=name, source=root, hint=error.hint, source_said=True
                )
                merged.problems.append(problem)
        except _Unusable as error:
            if name not in given:
                merged.problems.append(Problem("binding-unusable", str(error), variable=name, hint=error.hint))
    merged.lay(layer)


class _Unusable(Exception):
    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.hint = hint


def _entries(name: str, wanted: Mapping[str, Any], found: Sequence[Bound]) -> list[Entry]:
    """The values of a binding for a variable, or for the members of its section; empty if no binding matches."""
    fitting = [bound for bound in found if bound.fits(wanted)]
    if len(fitting) > 1:
        names = ", ".join(bound.name for bound in fitting)
        what = f"several service bindings of type {wanted['type']} fit: {names}"
        raise _Unusable(what, f"bind one of them only, set {name} itself, or name one in the class: Binding(…, name=…)")
    if not fitting:
        return []
    (bound,) = fitting
    return in_one_state(bound.directory, lambda: _of_binding(name, wanted, bound))


def _why_none_fits(wanted: Mapping[str, Any], found: Sequence[Bound], root: str) -> str:
    """For the report, if the value is missing in the end."""
    named = [bound for bound in found if wanted.get("name", bound.name) == bound.name]
    expected = f"of type {wanted['type']}"
    expected += f" by provider {wanted['provider']}" if "provider" in wanted else ""
    if not named:
        there = ", ".join(_short(bound.name) for bound in found[:_MOST_TOLD])
        return f"there is no service binding {wanted['name']} ({expected}) in {root}, only {there}{_and_more(found)}"
    told = ", ".join(bound.in_words("provider" in wanted) for bound in named[:_MOST_TOLD])
    return f"no service binding in {root} is {expected}: {told}{_and_more(named)}"


def _and_more(found: Sequence[Bound]) -> str:
    return f" and {len(found) - _MOST_TOLD} more" if len(found) > _MOST_TOLD else ""


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TOLD else f"{text[:_LONGEST_TOLD]}..."


def _of_binding(name: str, wanted: Mapping[str, Any], bound: Bound) -> list[Entry]:
    if "entry" in wanted:
        return _single({name: wanted["entry"]}, bound)
    if "variables" in wanted:
        return _single(wanted["variables"], bound)
    if "members" in wanted:
        import json

        members = {member: bound.read(entry) for member, entry in wanted["members"].items() if bound.has(entry)}
        return [_entry(name, json.dumps(members), bound.directory)] if members else []
    return [_url(name, wanted, bound)]


def _single(variables: Mapping[str, str], bound: Bound) -> list[Entry]:
    """The entries that exist: other members may come from other sources."""
    there = {name: entry for name, entry in variables.items() if bound.has(entry)}
    return [_entry(name, bound.read(entry), bound.path(entry)) for name, entry in there.items()]


def _url(name: str, wanted: Mapping[str, Any], bound: Bound) -> Entry:
    entries = wanted["url"]
    if bound.has(entries["uri"]):
        text = bound.read(entries["uri"])
        _, mark, rest = text.partition("://")
        if "scheme" in entries and mark:
            text = f"{entries['scheme']}://{rest}"
        return _entry(name, text, bound.path(entries["uri"]))
    parts = {part: bound.read(entries[part]) for part in _COMPOSED if bound.has(entries[part])}
    if "host" not in parts:
        what = f"the service binding {bound.name} has neither {entries['uri']} nor {entries['host']}"
        raise _Unusable(what, f"add one of them to the binding, or set {name} itself")
    for part in ("host", "port"):
        if not _NOT_IN_AN_ADDRESS.isdisjoint(parts.get(part, "")):  # otherwise the URL would lead to another host
            what = f"{bound.path(entries[part])} holds what no {part} has: a blank, a line end or one of / ? # @ \\"
            raise _Unusable(what, f"correct the binding, or set {name} itself")
    kind = wanted["type"].casefold()
    scheme = entries.get("scheme") or _SCHEMES.get(kind, kind)
    told = ", ".join(entries[part] for part in parts)
    return _entry(name, _composed(scheme, parts), f"{bound.directory}: {told}")


def _composed(scheme: str, parts: Mapping[str, str]) -> str:
    from urllib.parse import quote

    login = quote(parts.get("username", ""), safe="")
    if "password" in parts:
        login += f":{quote(parts['password'], safe='')}"
    host = f"[{parts['host']}]" if ":" in parts["host"] and parts["host"][0] != "[" else parts["host"]
    port = f":{parts['port']}" if "port" in parts else ""
    path = f"/{quote(parts['database'], safe='')}" if "database" in parts else ""
    return f"{scheme}://{login}{'@' if login else ''}{host}{port}{path}"


def _entry(name: str, text: str, place: str) -> Entry:
    return Entry(name, text, Source(SECRET_FILE, name, place), _LEVEL)
