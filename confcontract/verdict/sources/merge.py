"""Merge all sources into one environment, and record the source of every value.

In the order of `order.ORDER`: the files of /etc/confcontract/conf.d, --conf-file, --env-file, secret files, the process
environment; Vault is read later. (The defaults in the image are lower than all of them; they are in the compiled
validator.) Several accepted names of a variable, or spellings that differ only in case if case does not matter, are one
variable: a higher source removes the lower one's spelling, so that the application reads the value of the higher
source.
"""

from __future__ import annotations

from confcontract.contract.declared import Declared
from confcontract.verdict.sources.given_files import read_files
from confcontract.verdict.sources.merged import Merged, same_variable
from confcontract.verdict.sources.order import ENVIRONMENT, RANK, SECRET_FILE
from confcontract.verdict.sources.origin import Entry, Layer, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.verdict.sources.envfile import EnvFile


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
    if conf_dir is not None:
        merged.files.append(conf_dir)
    files = read_files(contract, environ, conf_dir, conf_files, env_files)
    for kind in sorted(RANK, key=RANK.__getitem__):
        if kind in files:
            _lay_files(merged, kind, files[kind])
        elif kind == SECRET_FILE:
            _lay_secret_files(merged, contract.compiled["settings"][0], secret_dirs, environ)
        elif kind == ENVIRONMENT:
            _lay_environ(merged, environ)
    _follow_pointers(merged)
    _twice(merged)
    settle(merged, contract)
    return merged


def settle(merged: Merged, contract: Contract) -> None:
    """Remove from every source the values that a higher one gives. Raises ContractUnusable."""
    if len(merged.laid) < 2:
        return  # usually there is only the process environment
    spellings = merged.spellings
    contested = spellings.contested(merged.laid)
    if contested:
        from confcontract.verdict.sources.settlement import Settlement
        from confcontract.verdict.validator import prepare

        Settlement(merged, prepare(contract).plan, spellings, contested).run()


def _lay_environ(merged: Merged, environ: Mapping[str, str]) -> None:
    layer = Layer(ENVIRONMENT).entries(environ)
    hosts: list[str] = []
    if "_SERVICE_HOST" in "\n".join(environ):  # all at once: there may be thousands
        hosts = [name for name in environ if name.endswith("_SERVICE_HOST")]
    if any(_concerns(merged.declared, name.removesuffix("_SERVICE_HOST")) for name in hosts):
        from confcontract.verdict.sources.servicelinks import find

        merged.links = find(environ)
        words = "set by Kubernetes for the Service {}".format
        layer = [
            Entry(entry.name, entry.value, Source(ENVIRONMENT, entry.name, words(merged.links[entry.name])))
            if entry.name in merged.links
            else entry
            for entry in layer
        ]
    merged.lay(layer)


def _concerns(declared: Declared, service: str) -> bool:
    """Whether the links of a Service look like settings of the application. Those of the Service KUBERNETES are in
    every pod."""
    links = (f"{service}_PORT", f"{service}_SERVICE_HOST", f"{service}_SERVICE_PORT")
    return any(declared.knows(name) or declared.normal(name).startswith(declared.sections) for name in links)


def _lay_files(merged: Merged, kind: str, files: Iterable[EnvFile]) -> None:
    for number, values in enumerate(files):
        merged.problems.extend(values.problems)
        merged.files.append(values.name)
        entries = Layer(kind, values, number).entries(values.values)
        if values.parts or values.strangers:
            _note_parts(merged, kind, values, entries)
        merged.lay(entries)
        merged.earlier += [Entry(name, text, Source(kind, name, values.name)) for name, text in values.earlier]


def _note_parts(merged: Merged, kind: str, file: EnvFile, entries: Sequence[Entry]) -> None:
    """The contents of a config file besides values: the place of each part of a section, and keys that are not
    settings."""
    merged.strangers = [*merged.strangers, *file.strangers]
    for entry in entries:
        parts = file.parts.get(entry.name, {})
        entry.parts = {place: Source(kind, entry.name, file.name, *position) for place, position in parts.items()}


def _lay_secret_files(
    merged: Merged, program: Mapping[str, Any], secret_dirs: Sequence[str], environ: Mapping[str, str]
) -> None:
    if "secretsDirs" in program and merged.laid:
        from confcontract.verdict.sources.settingsfiles import lay_secrets_dirs

        lay_secrets_dirs(merged, program)
    if "SERVICE_BINDING_ROOT" in environ:
        from confcontract.verdict.sources.service_bindings import lay_bindings

        lay_bindings(merged, environ)
    if secret_dirs or "CREDENTIALS_DIRECTORY" in environ:
        from confcontract.verdict.sources.mounted import lay_mounted

        lay_mounted(merged, secret_dirs, environ)


def _follow_pointers(merged: Merged) -> None:
    """NAME_FILE=/run/secrets/x: the value of NAME is in that file."""
    for key in [key for key in merged.entries if key[-1:] in "eE" and key[-5:].upper() == "_FILE"]:
        base = merged.declared.pointed_at(merged.entries[key][-1].name)
        if base is not None:
            from confcontract.verdict.sources.pointers import follow

            follow(merged, key, base)


def _twice(merged: Merged) -> None:
    for identity, found in merged.entries.items() if merged.together else ():
        if len(found) > 1 and identity in merged.declared.canonical_names:
            merged.problems.append(same_variable(identity, found, merged.declared.best(found)))
