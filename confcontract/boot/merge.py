"""All sources laid over one another: one environment, every value with its source.

Lowest to highest: /etc/confcontract/conf.d/*.env, --env-file, secret files, Vault, the process
environment. (The defaults in the image lie below all of them; they are in the compiled validator.)
A variable that has several accepted names, or whose case does not matter, is one variable: a higher
source removes the lower one's spelling, so that what the application reads is what outranks.
"""

from __future__ import annotations

from confcontract.boot import sources
from confcontract.boot.sources import Source
from confcontract.problem import WARNING, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike
    from typing import Any

    from confcontract.boot.envfile import EnvFile
    from confcontract.contract import Contract


class Entry:
    """One value of one name. `public`: whether it may be a reference that is still to be resolved. `below`: the
    entries of the next lower source, if any."""

    __slots__ = ("below", "name", "public", "source", "value")

    def __init__(self, name: str, value: str, source: Source) -> None:
        self.name = name
        self.value = value
        self.source = source
        self.public = source.kind != sources.SECRET_FILE
        self.below: list[Entry] | None = None


class Declared:
    """The names of a contract: which variable a name in an environment belongs to.

    names: canonical name → all names of the variable, best first. notable: the variables that boot has to look at even
    where all is well. variables: all of them; asking for these parses the greater part of the contract.
    """

    __slots__ = ("_contract", "_names", "_variables", "delimiter", "names", "notable", "sensitive", "skips_empty")

    def __init__(self, contract: Contract) -> None:
        compiled = contract.compiled
        program = compiled["settings"][0]
        self._contract = contract
        self._variables: dict[str, dict[str, Any]] | None = None
        self.sensitive: bool = program["caseSensitive"]
        self.delimiter: str | None = program["delimiter"]
        self.skips_empty: bool = program["ignoreEmpty"]
        if "names" in compiled:
            self.names: dict[str, list[str]] = {names[0]: names for names in compiled["names"]}
            self.notable: dict[str, dict[str, Any]] = {entry["name"]: entry for entry in compiled["notable"]}
        else:
            self.names = {v["name"]: [v["name"], *v.get("aliases", ())] for v in contract.variables}
            self.notable = {v["name"]: v for v in contract.variables}
        # name as `normal` gives it → canonical name; None for one that several variables share
        self._names: dict[str, str | None] = {}
        found, normal = self._names, self.normal
        for canonical, names in self.names.items():
            for name in names:
                key = normal(name)
                if found.setdefault(key, canonical) != canonical:
                    found[key] = None

    @property
    def variables(self) -> dict[str, dict[str, Any]]:
        if self._variables is None:
            self._variables = {variable["name"]: variable for variable in self._contract.variables}
        return self._variables

    def normal(self, name: str) -> str:
        return name if self.sensitive else name.lower()

    def knows(self, name: str) -> bool:
        return self.normal(name) in self._names

    def canonical(self, name: str) -> str | None:
        """The one variable that a name belongs to; None if there is none, or if several share it."""
        return self._names.get(self.normal(name))

    def variable(self, name: str) -> dict[str, Any] | None:
        """The entry of the one variable that a name belongs to, or None."""
        canonical = self.canonical(name)
        return None if canonical is None else self.variables[canonical]

    def identity(self, name: str) -> str:
        """The canonical name of the one variable that a name belongs to, or else the name itself."""
        return self._names.get(name if self.sensitive else name.lower()) or name

    def best(self, entries: list[Entry]) -> Entry:
        """The one of several entries of a variable that the application takes: the best name's; of two
        spellings of one name, the last."""
        if len(entries) == 1:
            return entries[0]
        canonical = self.canonical(entries[0].name)
        if canonical is None:
            return entries[-1]
        order = [self.normal(name) for name in self.names[canonical]]
        usable = [entry for entry in entries if entry.value or not self.skips_empty] or entries
        return min(reversed(usable), key=lambda entry: order.index(self.normal(entry.name)))


class Merged:
    """`entries`: identity → the entries of the highest source that has any, in its order."""

    __slots__ = ("declared", "entries", "problems")

    def __init__(self, declared: Declared) -> None:
        self.declared = declared
        self.entries: dict[str, list[Entry]] = {}
        self.problems: list[Problem] = []

    def lay(self, layer: Iterable[Entry]) -> None:
        """Lay a source over what is there."""
        fresh: dict[str, list[Entry]] = {}
        identity_of = self.declared.identity
        for entry in layer:
            identity = identity_of(entry.name)
            if identity in fresh:
                fresh[identity].append(entry)
            else:
                fresh[identity] = [entry]
        for identity in fresh.keys() & self.entries.keys():
            below = self.entries.pop(identity)  # and not replaced in its place: the order is the precedence
            lower = self.declared.best(below).source
            for entry in fresh[identity]:
                entry.below = below
                entry.source.overrides = [lower, *lower.overrides]
        self.entries.update(fresh)

    def environ(self) -> dict[str, str]:
        return {entry.name: entry.value for found in self.entries.values() for entry in found}

    def top(self, identity: str) -> Entry | None:
        """The entry of a variable that counts."""
        found = self.entries.get(identity)
        return self.declared.best(found) if found else None

    def copy(self) -> Merged:
        """Another, over which more can be laid without touching this one."""
        other = Merged(self.declared)
        other.entries.update(self.entries)
        return other

    def uncover(self, identity: str) -> None:
        """Take the variable's present value away, so that the next lower source's counts again."""
        below = self.entries.pop(identity)[0].below
        if below:
            self.entries[identity] = below

    def replace(self, identity: str, entry: Entry) -> None:
        """Lay one value over the variable's present one."""
        below = self.top(identity)
        if below is not None:
            entry.below = self.entries[identity]
            entry.source.overrides = [below.source, *below.source.overrides]
        self.entries[identity] = [entry]


def merge(
    contract: Contract,
    environ: Mapping[str, str],
    env_files: Sequence[str | PathLike[str]],
    conf_dir: str | None,
) -> Merged:
    """Everything but Vault. Problems with files are collected, not raised."""
    merged = Merged(Declared(contract))
    for file in _read_all(env_files, conf_dir, environ):
        kind, values = file
        merged.problems.extend(values.problems)
        merged.lay(
            Entry(name, value, Source(kind, name, values.name, values.lines[name]))
            for name, value in values.values.items()
        )
    merged.lay(Entry(name, value, Source(sources.ENVIRONMENT, name)) for name, value in environ.items())
    _secrets_dirs(merged, contract.compiled["settings"][0])
    _named_files(merged)
    _twice(merged)
    return merged


def _read_all(
    env_files: Sequence[str | PathLike[str]], conf_dir: str | None, environ: Mapping[str, str]
) -> list[tuple[str, EnvFile]]:
    if not env_files and conf_dir is None:
        return []
    import os

    from confcontract.boot.envfile import read_conf_dir, read_env_file

    found: list[tuple[str, EnvFile]] = []
    if conf_dir is not None:
        found.extend((sources.CONF_FILE, file) for file in read_conf_dir(conf_dir, environ))
    found.extend((sources.ENV_FILE, read_env_file(os.fspath(path), environ)) for path in env_files)
    return found


def _secrets_dirs(merged: Merged, program: Mapping[str, Any]) -> None:
    """Files in the class's own secrets_dir outrank env files, as all secret files do."""
    if "secretsDirs" not in program:
        return
    from confcontract.boot.settingsfiles import SecretsDirs

    directories = SecretsDirs(program["secretsDirs"], program["caseSensitive"], [])
    for identity, found in list(merged.entries.items()):
        if found[-1].source.kind not in (sources.CONF_FILE, sources.ENV_FILE):
            continue
        for name in merged.declared.names.get(identity, ()):
            value = directories.read(merged.declared.normal(name))
            if value is not None:
                source = Source(sources.SECRET_FILE, name, f"{name} in the application's secrets_dir")
                merged.replace(identity, Entry(name, value, source))
                break


def _named_files(merged: Merged) -> None:
    """NAME_FILE=/run/secrets/x: the value of NAME is in that file. NAME_FILE itself is not handed over."""
    names = [entry.name for found in merged.entries.values() for entry in found]
    for name in [name for name in names if name[-5:].upper() == "_FILE"]:
        base = name[:-5]
        if merged.declared.knows(name):
            continue
        identity = merged.declared.canonical(base)
        if identity is None:
            continue
        from confcontract.boot.secretfile import read_secret_file

        pointer = merged.entries.pop(name)[-1]
        present = merged.top(identity)
        if present is not None and present.source.kind == sources.ENVIRONMENT:
            message = f"both {present.name} and {name} are set; {present.name} is used"
            merged.problems.append(
                Problem("name-twice", message, variable=identity, source=str(pointer.source), severity=WARNING,
                        hint="keep one of them")
            )
            continue
        value, problem = read_secret_file(pointer.value, identity)
        if problem is not None:
            merged.problems.append(problem)
        elif value is not None:
            # under the canonical name: in `base` only the suffix told the variable apart
            used = base if merged.declared.knows(base) else identity
            merged.replace(identity, Entry(used, value, Source(sources.SECRET_FILE, name, pointer.value)))


def _twice(merged: Merged) -> None:
    for identity, found in merged.entries.items():
        if len(found) > 1 and identity in merged.declared.names:
            names = " and ".join(entry.name for entry in found)
            best = merged.declared.best(found)
            merged.problems.append(
                Problem(
                    "name-twice",
                    f"{names} are the same variable, and all are set",
                    variable=identity,
                    source=str(best.source),
                    hint=f"keep one of them; the application takes {best.name}",
                    severity=WARNING,
                )
            )
