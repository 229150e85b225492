"""The names of the variables that a contract declares."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Protocol, TypeVar

    from confcontract.contract.artifact import Contract

    class Spelt(Protocol):
        """A value under one of a variable's names."""

        name: str
        value: str

    AnyEntry = TypeVar("AnyEntry", bound=Spelt)


class Declared:
    """The names of a contract: which variable a name in an environment belongs to.

    canonical_names: one for each variable. owners: name as `normal` gives it → canonical name, None for one that
    several variables share as an alias. names: canonical name → all names of the variable, best first. notable: the
    variables that boot must check even if nothing is wrong. variables: all of them; accessing these parses most of the
    contract.
    """

    __slots__ = (
        "_all_names",
        "_contract",
        "_sharing",
        "_variables",
        "canonical_names",
        "delimiter",
        "notable",
        "owners",
        "sensitive",
        "skips_empty",
    )

    def __init__(self, contract: Contract) -> None:
        compiled = contract.compiled
        program = compiled["settings"][0]
        self._contract = contract
        self._variables: dict[str, dict[str, Any]] | None = None
        self.sensitive: bool = program["caseSensitive"]
        self.delimiter: str | None = program["delimiter"]
        self.skips_empty: bool = program["ignoreEmpty"]
        self.notable: dict[str, dict[str, Any]] = {entry["name"]: entry for entry in compiled["notable"]}
        self._sharing: dict[str, list[dict[str, Any]]] | None = None
        self._all_names: dict[str, list[str]] | None = None
        listed: list[str | list[str]] = compiled["names"]
        names = [entry for entry in listed if isinstance(entry, str)]
        owners = names.copy()
        if len(names) < len(listed):
            for entry in listed:
                if isinstance(entry, list):
                    names += entry
                    owners += [entry[0]] * len(entry)
        self.canonical_names = frozenset(owners)
        keys = names if self.sensitive else [name.lower() for name in names]
        self.owners: dict[str, str | None] = dict(zip(keys, owners, strict=True))
        if len(self.owners) < len(keys):
            self.owners = {}
            for key, owner in zip(keys, owners, strict=True):
                if self.owners.setdefault(key, owner) != owner:
                    self.owners[key] = None
            for owner in owners:  # a canonical name belongs to the variable that has it
                if self.owners[self.normal(owner)] is None:
                    self.owners[self.normal(owner)] = owner

    @property
    def sections(self) -> tuple[str, ...]:
        """The beginnings of the application's names, as `normal` gives them: the prefix, and that of each section with
        a prefix of its own."""
        found: list[str] = []
        for section in sorted(map(self.normal, self._contract.compiled["sections"])):
            if not found or not section.startswith(found[-1]):
                found.append(section)
        return tuple(found)

    @property
    def names(self) -> dict[str, list[str]]:
        if self._all_names is None:
            listed = self._contract.compiled["names"]
            entries = [[entry] if isinstance(entry, str) else entry for entry in listed]
            self._all_names = {entry[0]: entry for entry in entries}
        return self._all_names

    @property
    def variables(self) -> dict[str, dict[str, Any]]:
        if self._variables is None:
            self._variables = {variable["name"]: variable for variable in self._contract.variables}
            if self._variables.keys() != self.canonical_names:
                from confcontract.contract.damage import refuse_damaged

                refuse_damaged(self._contract.data)
        return self._variables

    def normal(self, name: str) -> str:
        return name if self.sensitive else name.lower()

    def knows(self, name: str) -> bool:
        return self.normal(name) in self.owners

    def canonical(self, name: str) -> str | None:
        """The one variable that a name belongs to; None if there is none, or if several variables share the name."""
        return self.owners.get(self.normal(name))

    def variable(self, name: str) -> dict[str, Any] | None:
        """The entry of the one variable that a name belongs to, or None."""
        canonical = self.canonical(name)
        return None if canonical is None else self.variables[canonical]

    def sharing(self, name: str) -> list[dict[str, Any]]:
        """The entries of all variables that a name belongs to."""
        if self._sharing is None:
            self._sharing = {}
            for variable in self._contract.variables:
                for each in {self.normal(each) for each in (variable["name"], *variable.get("aliases", ()))}:
                    self._sharing.setdefault(each, []).append(variable)
        return self._sharing.get(self.normal(name), [])

    def set_by(self, name: str) -> list[dict[str, Any]]:
        """The entries of all variables that a name sets, completely or in part: `X_LIMITS__cpu` is a part of the
        mapping X_LIMITS. As in pydantic, `X_LIMITS__` is the part with the empty key."""
        if self.knows(name):
            return self.sharing(name)
        normal = self.normal(name)
        heads = [
            (len(head), variable)
            for variable in self.variables.values()
            for head in variable.get("open", ())
            if normal.startswith(self.normal(head))
        ]
        longest = max((length for length, _ in heads), default=0)
        return [variable for length, variable in heads if length == longest]

    def paths(self, name: str) -> list[tuple[str, ...]]:
        """The paths of all fields that a name feeds."""
        return [tuple(variable["path"]) for variable in self.sharing(name)]

    def holds_secret(self, name: str) -> bool:
        """Whether the text of a name must be hidden: the variable is secret, or it is a container with a secret
        part."""
        from confcontract.contract.artifact import is_hidden

        return any(map(is_hidden, self.sharing(name)))

    def identity(self, name: str) -> str:
        """The canonical name of the one variable that a name belongs to. For NAME_FILE it is that name plus _FILE; for
        any other name, the name itself."""
        key = name if self.sensitive else name.lower()
        if key in self.owners:
            return self.owners[key] or name
        base = self.pointed_at(name)
        return name if base is None else f"{self.canonical(base) or self.normal(base)}_FILE"

    def pointed_at(self, name: str) -> str | None:
        """NAME, if `name` is NAME_FILE of a declared NAME and not itself declared."""
        if (name[-5:] if self.sensitive else name[-5:].upper()) != "_FILE":
            return None
        return name[:-5] if self.knows(name[:-5]) and not self.knows(name) else None

    def ignores(self, value: str) -> bool:
        """Whether the application treats this value as not set (`env_ignore_empty`)."""
        return self.skips_empty and value == ""

    def best(self, entries: Sequence[AnyEntry]) -> AnyEntry:
        """The entry of a variable that the application uses: the one with the best name; of two spellings of one name,
        the last."""
        if len(entries) == 1:
            return entries[0]
        canonical = self.canonical(entries[0].name)
        if canonical is None:
            return entries[-1]
        order = [self.normal(name) for name in self.names[canonical]]
        usable = [entry for entry in entries if entry.value or not self.skips_empty] or entries
        return min(reversed(usable), key=lambda entry: order.index(self.normal(entry.name)))
