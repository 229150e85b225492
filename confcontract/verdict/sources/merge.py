"""All sources laid over one another: one environment, every value with its source.

In the order of `order.ORDER`: the files of /etc/confcontract/conf.d, --conf-file, --env-file, secret files, the
process environment; Vault is asked later. (The defaults in the image lie below all of them; they are in the
compiled validator.)
A variable that has several accepted names, or whose case does not matter, is one variable: a higher
source removes the lower one's spelling, so that what the application reads is what outranks.
"""

from __future__ import annotations

from confcontract.contract.declared import Declared
from confcontract.report.problem import WARNING, Problem
from confcontract.verdict.sources import origin
from confcontract.verdict.sources.order import NAMED, RANK
from confcontract.verdict.sources.origin import Entry, Layer, Source, level_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from os import PathLike
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.host.projection import Stamp
    from confcontract.verdict.sources.envfile import EnvFile
    from confcontract.verdict.sources.filekeys import FileKeys
    from confcontract.verdict.sources.spellings import Spellings


class Merged:
    """`entries`: identity → the entries of the highest source that has any, in its order. `laid`: all that was laid
    over one another, by level. `links`: name → Service, of what Kubernetes has set for its Services. `together`:
    whether one source has had a variable under several names. `derived`: by id, the entries that were put together from
    what the sources have. `strangers`: keys of config files that are no settings, as warnings. `watched`: the secret
    files that were read and their directories, each with its stamp from before; see host/projection.py. `files`: the
    env files and config files that the operator has named, and the directory of them."""

    __slots__ = (
        "_compiled",
        "_spellings",
        "declared",
        "derived",
        "entries",
        "files",
        "laid",
        "links",
        "problems",
        "strangers",
        "together",
        "watched",
    )

    def __init__(self, declared: Declared, compiled: Mapping[str, Any]) -> None:
        self.declared = declared
        self._compiled = compiled
        self._spellings: Spellings | None = None
        self.entries: dict[str, list[Entry]] = {}
        self.files: list[str] = []
        self.laid: dict[int, list[Entry]] = {}
        self.links: Mapping[str, str] = {}
        self.problems: list[Problem] = []
        self.strangers: Sequence[Problem] = ()
        self.together = False
        self.derived: dict[int, Entry] = {}
        self.watched: dict[str, Stamp] = {}

    @property
    def programs(self) -> Sequence[Mapping[str, Any]]:
        """Of the contract: one for the settings class, and one for each within it."""
        found: Sequence[Mapping[str, Any]] = self._compiled["settings"]
        return found

    @property
    def spellings(self) -> Spellings:
        """Which names give parts of the same; of no interest where there is only one source."""
        if self._spellings is None:
            from confcontract.verdict.sources.spellings import Spellings

            self._spellings = Spellings(self._compiled)
        return self._spellings

    def lay(self, layer: Sequence[Entry]) -> None:
        """Lay a source over what is there."""
        if layer:
            self.laid.setdefault(layer[0].level, []).extend(layer)
        fresh: dict[str, list[Entry]] = {}
        declared = self.declared
        names = [entry.name for entry in layer]
        keys = names if declared.sensitive else map(str.lower, names)
        # what `identity` says as a rule, without a call for each of 5,000
        for entry, found in zip(layer, map(declared.owners.get, keys, names), strict=True):
            identity = declared.identity(entry.name) if found is None or found[-1:] in "eE" else found
            if identity in fresh:
                fresh[identity].append(entry)
                self.together = True
            else:
                fresh[identity] = [entry]
        if self.declared.skips_empty:
            _drop_empty(fresh, self.entries)
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
        other = Merged(self.declared, self._compiled)
        other.entries.update(self.entries)
        other.links = self.links
        other.strangers = self.strangers
        other.derived = self.derived.copy()
        other.laid.update((level, entries.copy()) for level, entries in self.laid.items())
        return other

    def derive(self, entry: Entry) -> None:
        """Note an entry that no source has as it is: it was put together from what they have."""
        self.derived[id(entry)] = entry
        self.laid[entry.level].append(entry)

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
        self.laid.setdefault(entry.level, []).append(entry)


def merge(
    contract: Contract,
    environ: Mapping[str, str],
    env_files: Sequence[str | PathLike[str]],
    conf_dir: str | None,
    secret_dirs: Sequence[str] = (),
    conf_files: Sequence[str | PathLike[str]] = (),
) -> Merged:
    """Everything but Vault. Problems with files are collected, not raised."""
    merged = Merged(Declared(contract), contract.compiled)
    config_file = _reader_of(contract)
    layers: dict[str, Callable[[], None]] = {
        origin.CONF_FILE: lambda: _lay_files(merged, origin.CONF_FILE, _conf_files(conf_dir, environ, config_file)),
        origin.CONFIG_FILE: lambda: _lay_files(merged, origin.CONFIG_FILE, map(config_file, conf_files)),
        origin.ENV_FILE: lambda: _lay_files(merged, origin.ENV_FILE, _env_files(env_files, environ)),
        origin.SECRET_FILE: lambda: _secret_files(merged, contract.compiled["settings"][0], secret_dirs, environ),
        origin.ENVIRONMENT: lambda: _lay_environ(merged, environ),
    }
    if conf_dir is not None:
        merged.files.append(conf_dir)
    for kind in sorted(layers, key=RANK.__getitem__):
        layers[kind]()
    _named_files(merged)
    _twice(merged)
    settle(merged, contract)
    return merged


def settle(merged: Merged, contract: Contract) -> None:
    """Take out of every source what a higher one gives. Raises ContractUnusable."""
    if len(merged.laid) < 2:
        return  # as a rule: nothing but the process environment
    contested = merged.spellings.contested(merged)
    if contested:
        from confcontract.verdict.sources.settlement import Settlement
        from confcontract.verdict.validator import prepare

        Settlement(merged, prepare(contract).plan, contested).run()


def _lay_environ(merged: Merged, environ: Mapping[str, str]) -> None:
    layer = Layer(origin.ENVIRONMENT).entries(environ)
    hosts: list[str] = []
    if "_SERVICE_HOST" in "\n".join(environ):  # one look at all of them: there may be thousands
        hosts = [name for name in environ if name.endswith("_SERVICE_HOST")]
    if any(_concerns(merged.declared, name.removesuffix("_SERVICE_HOST")) for name in hosts):
        from confcontract.verdict.sources.servicelinks import find

        merged.links = find(environ)
        words = "set by Kubernetes for the Service {}".format
        layer = [
            Entry(entry.name, entry.value, Source(origin.ENVIRONMENT, entry.name, words(merged.links[entry.name])))
            if entry.name in merged.links
            else entry
            for entry in layer
        ]
    merged.lay(layer)


def _concerns(declared: Declared, service: str) -> bool:
    """Whether the links of a Service look like settings of the application. Those of KUBERNETES are in every pod."""
    links = (f"{service}_PORT", f"{service}_SERVICE_HOST", f"{service}_SERVICE_PORT")
    return any(declared.knows(name) or declared.normal(name).startswith(declared.sections) for name in links)


def _drop_empty(fresh: dict[str, list[Entry]], below: Mapping[str, list[Entry]]) -> None:
    """Where the empty string means "not set", it outranks nothing."""
    for identity in fresh.keys() & below.keys():
        kept = [entry for entry in fresh[identity] if entry.value]
        if kept:
            fresh[identity] = kept
        else:
            del fresh[identity]


def _lay_files(merged: Merged, kind: str, files: Iterable[EnvFile]) -> None:
    for number, values in enumerate(files):
        merged.problems.extend(values.problems)
        merged.files.append(values.name)
        entries = Layer(kind, values, number).entries(values.values)
        if values.parts or values.strangers:
            _note_parts(merged, kind, values, entries)
        merged.lay(entries)


def _note_parts(merged: Merged, kind: str, file: EnvFile, entries: Sequence[Entry]) -> None:
    """What a config file has beside values: the place of each part of a section, and keys that are no settings."""
    merged.strangers = [*merged.strangers, *file.strangers]
    for entry in entries:
        parts = file.parts.get(entry.name, {})
        entry.parts = {place: Source(kind, entry.name, file.name, *position) for place, position in parts.items()}


def _reader_of(contract: Contract) -> Callable[[str | PathLike[str]], EnvFile]:
    """What reads config files of a contract's settings. Nothing is looked up before there is one."""
    known: list[FileKeys] = []

    def config_file(path: str | PathLike[str]) -> EnvFile:
        import os

        from confcontract.verdict.sources.filekeys import FileKeys
        from confcontract.verdict.sources.operatorfile import read_operator_file

        if not known:
            known.append(FileKeys(contract))
        return read_operator_file(os.fspath(path), known[0])

    return config_file


def _conf_files(
    conf_dir: str | None, environ: Mapping[str, str], config_file: Callable[[str], EnvFile]
) -> Iterable[EnvFile]:
    if conf_dir is None:
        return ()
    from confcontract.verdict.sources.envfile import read_conf_dir

    return read_conf_dir(conf_dir, environ, config_file)


def _env_files(paths: Sequence[str | PathLike[str]], environ: Mapping[str, str]) -> list[EnvFile]:
    if not paths:
        return []
    import os

    from confcontract.verdict.sources.envfile import read_env_file

    return [read_env_file(os.fspath(path), environ) for path in paths]


def _secret_files(
    merged: Merged, program: Mapping[str, Any], secret_dirs: Sequence[str], environ: Mapping[str, str]
) -> None:
    _secrets_dirs(merged, program)
    if "SERVICE_BINDING_ROOT" in environ:
        from confcontract.verdict.sources.service_bindings import lay_bindings

        lay_bindings(merged, environ)
    if secret_dirs or "CREDENTIALS_DIRECTORY" in environ:
        from confcontract.verdict.sources.mounted import lay_mounted

        lay_mounted(merged, secret_dirs, environ)


def _secrets_dirs(merged: Merged, program: Mapping[str, Any]) -> None:
    """Files in the class's own secrets_dir outrank env files, as all secret files do. The application reads them by
    itself, but below its environment: what an env file says otherwise has to give way here."""
    if "secretsDirs" not in program or not merged.laid:
        return
    from confcontract.verdict.sources.settingsfiles import SecretsDirs

    declared = merged.declared
    directories = SecretsDirs(program["secretsDirs"], program["caseSensitive"], [])
    spellings = merged.spellings
    in_parts = spellings.fields([entry.name for entries in merged.laid.values() for entry in entries])
    layer = []
    for identity, names in declared.names.items():
        if identity not in merged.entries and in_parts.isdisjoint(spellings.fields(names)):
            continue
        for name in names:
            value = directories.read(declared.normal(name))
            if value is not None:
                source = Source(origin.SECRET_FILE, name, f"{name} in the application's secrets_dir")
                layer.append(Entry(name, value, source))
                break
    merged.lay(layer)


def _named_files(merged: Merged) -> None:
    """NAME_FILE=/run/secrets/x: the value of NAME is in that file. NAME_FILE itself is not handed over."""
    declared = merged.declared
    for key in [key for key in merged.entries if key[-1:] in "eE" and key[-5:].upper() == "_FILE"]:
        found = merged.entries[key]
        base = declared.pointed_at(found[-1].name)
        if base is None:
            continue
        del merged.entries[key]
        identity = declared.identity(base)
        if len(found) > 1:
            merged.problems.append(_same(identity, found, found[-1]))
        pointers = [found[-1]]
        while (below := pointers[-1].below) and merged.spellings.structured(base):  # it may have more to say
            pointers.append(below[-1])
        for pointer in reversed(pointers):
            _follow(merged, identity, declared.pointed_at(pointer.name) or base, pointer)


def _follow(merged: Merged, identity: str, base: str, pointer: Entry) -> None:
    """Lay the value of a file over what is below the file: a pointer in an env file is as high as that file is, one in
    the environment is lower than a value that stands there itself."""
    from confcontract.contract.pathwords import shown_path
    from confcontract.host.projection import stamp
    from confcontract.verdict.sources.secretfile import read_secret_file

    declared = merged.declared
    level = level_of(origin.SECRET_FILE, NAMED) if pointer.kind == origin.ENVIRONMENT else pointer.level
    source = Source(origin.SECRET_FILE, pointer.name, shown_path(pointer.value) or f"that {pointer.name} names")
    present = merged.top(identity)
    outranked = present is not None and present.level > level and not declared.ignores(present.value)
    if present is not None and outranked:
        # ALL, in whose JSON alias paths lead to several variables, need not say anything of ALL__HEAD
        outer = declared.normal(base).startswith(declared.normal(f"{present.name}{declared.delimiter}"))
        if present.level == pointer.level and not outer:
            message = f"both {present.name} and {pointer.name} are set; {present.name} is used"
            where, hint = str(pointer.source), "keep one of them"
            problem = Problem("name-twice", message, variable=identity, source=where, severity=WARNING, hint=hint)
            merged.problems.append(problem)
            return
        if not outer:
            present.source.overrides = [*present.source.overrides, source]
        if not outer and not merged.spellings.structured(base):
            return
    merged.watched[pointer.value] = stamp(pointer.value)
    value, failed = read_secret_file(pointer.value, identity)
    if failed is not None:
        merged.problems.append(failed)
    elif value is not None and outranked:
        merged.laid.setdefault(level, []).append(Entry(base, value, source, level))
    elif value is not None:
        merged.replace(identity, Entry(base, value, source, level))
        source.overrides = [*source.overrides, *pointer.source.overrides]


def _twice(merged: Merged) -> None:
    for identity, found in merged.entries.items() if merged.together else ():
        if len(found) > 1 and identity in merged.declared.canonical_names:
            merged.problems.append(_same(identity, found, merged.declared.best(found)))


def _same(identity: str, entries: list[Entry], taken: Entry) -> Problem:
    return Problem(
        "name-twice",
        f"{' and '.join(entry.name for entry in entries)} are the same variable, and all are set",
        variable=identity,
        source=str(taken.source),
        hint=f"keep one of them; the application takes {taken.name}",
        severity=WARNING,
    )
