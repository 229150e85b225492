"""Find the variable that feeds a place in the settings document, and the name by which it was set."""

from __future__ import annotations

import os

from confcontract.verdict.sources.filekeys import FileKeys
from confcontract.verdict.sources.gathered import place_beside
from confcontract.verdict.sources.origin import IN_ENVIRONMENT
from confcontract.verdict.sources.programs import nested_places
from confcontract.verdict.sources.unknown_keys import Stranger, dotted, meant_by

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.verdict.sources.gathered import Gathered
    from confcontract.verdict.sources.merged import Merged
    from confcontract.verdict.sources.origin import Where

    _Given = tuple[tuple[str, ...], tuple[str, Where]]  # path in the data, (name as set, where)

_NOTHING = object()


class Locator:
    """From a place in the document to the variable that feeds it."""

    def __init__(self, contract: Contract, merged: Merged, gathered: Gathered) -> None:
        self._contract = contract
        self._variables: dict[tuple[Any, ...], dict[str, Any]] = {
            tuple(variable["path"]): variable for variable in reversed(contract.variables)
        }
        self._sections = {path[:-1] for path in self._variables}
        self._merged = merged
        self._gathered = gathered
        self._order = gathered.order  # the sources of the settings class, highest first
        self._delimiter = merged.declared.delimiter or "__"
        self._file_keys: FileKeys | None = None
        self._folded: dict[tuple[str, ...], list[_Given]] = {}
        for path, origin in gathered.origins.items():
            self._folded.setdefault(path[:1], []).append((path, origin))

    def locate(self, loc: tuple[Any, ...]) -> tuple[dict[str, Any] | None, tuple[Any, ...]]:
        """The variable with the longest path that leads to `loc`, and the rest of `loc` below it.

        Within a section, `loc` also names the member of a union that was tried; paths do not.
        """
        path: tuple[Any, ...] = ()
        found, rest = None, loc
        for index, part in enumerate(loc):
            longer = (*path, part)
            if longer in self._variables or longer in self._sections:
                path = longer
            elif path not in self._sections or not path or not isinstance(part, str):
                break
            if path in self._variables and path == longer:
                found, rest = self._variables[path], loc[index + 1 :]
        return found, rest

    def variable(self, loc: tuple[Any, ...]) -> dict[str, Any] | None:
        """The variable with the longest path that leads to `loc`."""
        return self.locate(loc)[0]

    def origin(self, variable: Mapping[str, Any]) -> tuple[str, Where] | None:
        """(name as set, where) of the value that fed a variable: its own, or that of the section around it."""
        path = tuple(variable["path"])
        names = self._last_of(variable)
        given = [
            (candidate, origin)
            for candidate, origin in self._folded.get(path[:1], ())
            if len(candidate) <= len(path) and self._leads(candidate, path, names)
        ]
        given += [  # the parts of an AliasPath are not a path of fields
            (path, origin)
            for candidate, origin in self._folded.get(path[:1], ())
            if len(candidate) > len(path) and self.is_name_of(variable, origin[0])
        ]
        given.sort(key=lambda each: (len(each[0]), -self._rank(each[1][1])))
        if given and len(given[-1][0]) < len(path):  # by the JSON of a section, which may lack this part
            holding = [each for each in given if self._holds(path[: len(each[0])], *each[1], path, names)]
            given = holding or given
        best: tuple[str, Where] | None = None
        while given:
            part = given.pop()
            best = part[1]
            given = [each for each in given if self._outranks(each, part, path, names)]
        return best

    def _outranks(self, whole: _Given, part: _Given, path: tuple[str, ...], names: set[str]) -> bool:
        """Whether the JSON of a section, and not a name of one of its parts, gave the value at a path.

        Within one source the part wins. But the section may come from a higher source, or a settings class may have
        received the section and read the part on its own.
        """
        (section, (name, where)), (_, (own, place)) = whole, part
        if len(section) == len(path):
            return False
        variable = self._variables.get(section)
        above = self._merged.declared.names[variable["name"]] if variable is not None else [name]
        exploded = tuple((each + self._delimiter).lower() for each in above)
        if own.lower().startswith(exploded) and self._rank(where) >= self._rank(place):
            return where is place and self._is_spelled_later(whole, part, path, names)
        if where.is_file != place.is_file and self._rank(where) > self._rank(place):
            return False
        return self._holds(path[: len(section)], name, where, path, names)

    def _is_spelled_later(self, whole: _Given, part: _Given, path: tuple[str, ...], names: set[str]) -> bool:
        """Whether the JSON of a section and the JSON of a part of it both have a value at a path, but the section also
        has it in another spelling, after the part's own: the last spelling in the merged value wins."""
        (section, _), (inner, _) = whole, part
        around = self._walk(self._decoded(*whole[1]), section, inner, path, names)
        within = self._decoded(*part[1])
        for depth in range(len(inner) + 1, len(path) + 1):
            wanted = self._wanted(path[:depth], path, names)
            outer_key, inner_key = _key_among(wanted, around), _key_among(wanted, within)
            if outer_key is None or inner_key is None or inner_key not in around:
                return False
            if outer_key != inner_key:
                return True
            around, within = around[outer_key], within[inner_key]
        return False

    def _decoded(self, name: str, where: Where) -> Any:
        """The decoded value of JSON; None for any other text."""
        from confcontract.contract.jsontext import loads

        text = self.text(name, where)
        try:
            return loads(text) if text is not None else None
        except (ValueError, RecursionError):
            return None

    def _wanted(self, place: tuple[str, ...], path: tuple[str, ...], names: set[str]) -> set[str]:
        """The keys that lead to a place on the way to a path. names: the keys of the value there."""
        return {path[-1].lower(), *names} if place == path else self._keys(place)

    def _walk(
        self, value: Any, start: tuple[str, ...], end: tuple[str, ...], path: tuple[str, ...], names: set[str]
    ) -> Any:
        """The value that the JSON of a section has at a place on the way to a path."""
        for depth in range(len(start) + 1, len(end) + 1):
            key = _key_among(self._wanted(path[:depth], path, names), value)
            if key is None:
                return _NOTHING
            value = value[key]
        return value

    def _rank(self, where: Where) -> int:
        """The highest of the application's env files: a nested settings class reads its own."""
        for at, each in enumerate(self._order):
            if each is where or (each.is_env_file and where.is_env_file):
                return at
        return len(self._order)

    def _last_of(self, variable: Mapping[str, Any]) -> set[str]:
        """The endings of a variable's names: the keys of a member within its section."""
        delimiter = self._delimiter.lower()
        return {name.lower().rsplit(delimiter, 1)[-1] for name in self._merged.declared.names[variable["name"]]}

    def _keys(self, place: tuple[str, ...]) -> set[str]:
        """The keys of a section, if it has a variable of its own."""
        variable = self._variables.get(place)
        return {place[-1].lower(), *(self._last_of(variable) if variable is not None else ())}

    def _leads(self, candidate: tuple[str, ...], path: tuple[str, ...], last_names: set[str]) -> bool:
        for index in range(1, len(candidate)):
            segment = candidate[index].lower()
            if segment == path[index].lower():
                continue
            is_last = index == len(path) - 1
            if segment not in (last_names if is_last else self._keys(path[: index + 1])):
                return False
        return True

    def _holds(self, section: tuple[str, ...], name: str, where: Where, path: tuple[str, ...], names: set[str]) -> bool:
        """Whether the JSON of a section has a value at a path below it."""
        value = self._decoded(name, where)
        return self._walk(value, section, path, path, names) is not _NOTHING

    def text(self, name: str, where: Where) -> str | None:
        """The string of a name in one of the sources of the settings class, unmasked."""
        if where is IN_ENVIRONMENT:
            entries = self._merged.entries.get(self._merged.declared.identity(name), ())
            return next((entry.value for entry in entries if entry.name == name), None)
        for _, looked_up, source in self._gathered.notes:
            if source.where is where and source.written.get(looked_up, looked_up) == name:
                found: str | None = source.lookup(looked_up)
                return found
        return None

    def written(self, loc: tuple[Any, ...]) -> tuple[str, Where] | None:
        """(name as set, where) of the value at a place that does not belong to a variable, though it may have a
        variable's name."""
        for place in (loc, (*loc[:-1], place_beside(str(loc[-1]), (loc[-1],)))):
            found = dict(self._folded.get(place[:1], ())).get(place)
            if found is not None:
                return found
        return None

    def in_own_file(self, variable: Mapping[str, Any]) -> str | None:
        """The key and the file in which the settings class would look for a variable's value, in words."""
        path = tuple(variable["path"])
        where = next((each for each in self._order if each.is_file), None)
        nested = nested_places(self._contract.compiled["settings"])
        if where is None or where.looked_for == os.devnull or any(path[: len(place)] == place for place in nested):
            return None
        return f"{dotted(self._keys_in_files().keys_of(path))} in {where.looked_for}"

    def _keys_in_files(self) -> FileKeys:
        if self._file_keys is None:
            self._file_keys = FileKeys(self._contract)
        return self._file_keys

    def meant_beside(self, loc: tuple[Any, ...]) -> str | None:
        """The key that an unknown key was probably meant to be."""
        keys = self._keys_in_files()
        members = keys.fields(loc[:-1])
        return meant_by(Stranger((loc[-1],), members), keys) if members else None

    def cause(
        self, variable: Mapping[str, Any], rest: tuple[Any, ...], *, as_spelled: bool = False
    ) -> tuple[str, Where] | None:
        """Like `origin`, for a place below the variable: a key of a mapping may be given by a name of its own.
        as_spelled: a key that leads to no field must match exactly."""
        below = self._below(variable)
        if as_spelled and rest:
            below = [each for each in below if len(each[0]) < len(rest) or each[0][-1] == rest[-1]]
        deeper = [each for each in below if len(each[0]) <= len(rest) and all(map(_same, each[0], rest))]
        # `rest` also names the member of a union that was tried; names do not
        deeper = deeper or [
            each for each in below if rest and _same(each[0][-1], rest[-1]) and _is_among(each[0], rest)
        ]
        return max(deeper, key=lambda each: len(each[0]))[1] if deeper else self.origin(variable)

    def parts(self, variable: Mapping[str, Any], rest: tuple[Any, ...]) -> list[tuple[str, Where]]:
        """(name as set, where) of all values that were set below a place, or else below the variable itself."""
        below = self._below(variable)
        inside = [origin for candidate, origin in below if rest and all(map(_same, rest, candidate))]
        return inside or [origin for _, origin in below]

    def _below(self, variable: Mapping[str, Any]) -> list[_Given]:
        """(path relative to the variable, origin) of all values that were set by longer names than the variable's."""
        path = tuple(variable["path"])
        size = len(path)
        found = []
        for candidate, origin in self._folded.get(path[:1], ()):
            if self.is_name_of(variable, origin[0]):
                continue
            below = self._key_of(variable, origin[0])
            if below is None and len(candidate) > size and self._leads(candidate[:size], path, set()):
                below = candidate[size:]
            if below:
                found.append((below, origin))
        return found

    def _key_of(self, variable: Mapping[str, Any], name: str) -> tuple[str, ...] | None:
        """The rest of a name after one of the beginnings below which the variable accepts any name."""
        normal = self._merged.declared.normal
        for head in map(normal, variable.get("open", ())):
            if normal(name).startswith(head):
                most: int = self._contract.compiled["settings"][0]["maxSplit"]
                return tuple(normal(name)[len(head) :].split(normal(self._delimiter), most))
        return None

    def within(self, variable: Mapping[str, Any], name: str) -> list[str | int] | None:
        """The place of a variable in the JSON of `name`, if it is only a part of it: [0] in NAMES='["a"]'."""
        normal = self._merged.declared.normal
        held = {normal(head): way for head, way in variable.get("within", {}).items()}
        return held.get(normal(name))

    def head_of_parts(self, variable: Mapping[str, Any], rest: tuple[Any, ...], name: str) -> str:
        """The common beginning of the names of all parts at a place. name: the name of one of them."""
        normal = self._merged.declared.normal
        heads = [head for head in variable.get("open", ()) if normal(name).startswith(normal(head))]
        if not heads:
            return name
        size = len(self._delimiter.join([heads[0].removesuffix(self._delimiter), *map(str, rest)]))
        return name[: size + len(self._delimiter)]

    def required_below(self, section: tuple[Any, ...]) -> list[dict[str, Any]]:
        """The variables without which a section is incomplete; a part of it that consists of such variables is left
        out."""
        inside = [
            variable
            for path, variable in reversed(self._variables.items())
            if len(path) > len(section) and path[: len(section)] == section and variable.get("required")
        ]
        parts = {tuple(variable["path"][:depth]) for variable in inside for depth in range(len(variable["path"]))}
        return [variable for variable in inside if tuple(variable["path"]) not in parts]

    def what_to_set(self, section: tuple[Any, ...]) -> str | None:
        """The variables to set for a missing section, in words; None if its members have none."""
        names = [variable["name"] for variable in self.required_below(section)]
        if not names:
            inside = [path for path in self._variables if len(path) > len(section) and path[: len(section)] == section]
            return f"any part of it, such as {self._variables[inside[-1]]['name']}" if inside else None
        more = f" and {len(names) - 5} more" if len(names) > 6 else ""
        told = names[:5] if more else names
        return ", ".join(told) + more if more or len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"

    def reads_by_itself(self, section: tuple[Any, ...]) -> bool:
        """Whether a section is a settings class, which reads its own variables but does not exist because of them."""
        return section in nested_places(self._contract.compiled["settings"])

    def is_name_of(self, variable: Mapping[str, Any], name: str) -> bool:
        """Whether a name is the variable's own, or one of its aliases."""
        normal = self._merged.declared.normal
        return normal(name) in map(normal, self._merged.declared.names[variable["name"]])

    def is_in_part(self, mapping: Mapping[str, Any], rest: tuple[Any, ...]) -> bool:
        """Whether a place is within a value that was given by a name of its own."""
        return bool(rest) and any(_same(keys[0], rest[0]) for keys, _ in self._below(mapping))

    def depth_of_part(self, mapping: Mapping[str, Any], name: str) -> int:
        """The number of keys from a mapping to the value that a name gives."""
        return next((len(keys) for keys, origin in self._below(mapping) if origin[0] == name), 1)

    def members(self, section: Mapping[str, Any]) -> list[str]:
        """The variables that are the parts of a section."""
        path = tuple(section["path"])
        inside = [variable for inner, variable in self._variables.items() if inner[:-1] == path]
        return [variable["name"] for variable in reversed(inside)]

    def is_given(self, variable: Mapping[str, Any]) -> bool:
        """Whether something was set for a variable, or for the section that it is part of."""
        return self._merged.top(variable["name"]) is not None or self.origin(variable) is not None


def _key_among(wanted: set[str], value: Any) -> Any:
    """The key of a mapping that equals one of these, ignoring case; the last of several spellings; None if there is
    none."""
    spelled = {str(key).lower(): key for key in value} if isinstance(value, dict) else {}
    return next((key for folded, key in spelled.items() if folded in wanted), None)


def _is_among(candidate: tuple[str, ...], rest: tuple[Any, ...]) -> bool:
    """Whether `rest` contains the parts of `candidate`, in their order."""
    left = iter(rest)
    return all(any(_same(part, other) for other in left) for part in candidate)


def _same(one: Any, other: Any) -> bool:
    return str(one).lower() == str(other).lower()
