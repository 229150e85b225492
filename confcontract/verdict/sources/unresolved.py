"""References to secret stores in places where they are not resolved: refused, never passed on as the secret.

A reference is resolved only as the whole value of a variable of its own. In the JSON of a section or a list, in a
member of a mapping, in a file that the application reads itself, or in another spelling (`Vault:`, with blanks or
quotes around it) it would reach the application unchanged. The search covers the gathered data, so the name and the
form in which a reference was given do not matter.
"""

from __future__ import annotations

from confcontract.contract.reference import is_reference, means_reference
from confcontract.contract.schemes import SCHEMES, Scheme, scheme_of
from confcontract.report.problem import Problem
from confcontract.verdict.sources.origin import (
    IN_ENV_FILE,
    IN_ENVIRONMENT,
    IN_SECRETS_DIR,
    SECRET,
    SECRET_FILE,
    as_named,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from confcontract.verdict.resolution import Resolution

    Path = tuple[Any, ...]

_DEEPEST = 100  # levels of JSON within JSON and the like; validation refuses deeper nesting
_INSIDE = "inside of another value"
_SHARED = "by a name that several variables share"


def refuse_unresolved(result: Resolution) -> list[Path]:
    """Add a problem for each reference in the gathered data. Returns their paths: their value is not known."""
    lost: list[Path] = []
    whole = "\n".join(_texts(result.gathered.state)).lower()
    if not any(scheme in whole for scheme in SCHEMES):
        return lost  # the usual case, even if the application has files of its own
    for path, text in _references(result.gathered.state, ()):
        called = _as_declared(result, path)
        place = _Place(result, called)
        # Secret values are never inspected: a password may begin with vault:. But in a secret file that the application
        # reads itself, a text that is a reference as a whole is not a password.
        if place.is_out_of_vault or (place.is_own_secret and not means_reference(text)):
            continue
        result.problems.append(place.problem(text))
        lost += [path, called]
    return lost


def _texts(value: Any) -> list[str]:
    """All texts in a value, in any order: a quick look at thousands of them."""
    found: list[str] = []
    left = [value]
    while left:
        inner = left.pop()
        if isinstance(inner, str):
            found.append(inner)
        elif isinstance(inner, dict):
            left.extend(inner.values())
        elif isinstance(inner, (list, tuple, set, frozenset)):
            left.extend(inner)
    return found


def _as_declared(result: Resolution, path: Path) -> Path:
    """A path of the data, with the field's own name instead of an alias. Data that a nested settings class read is
    stored under its field's name with a NUL, where no variable can lead."""
    from confcontract.verdict.sources.decoding import fields_of

    fields = fields_of(result.contract.compiled["settings"][0])
    first = next((field["name"] for field in fields for key, _, _ in field["names"] if key == path[0]), path[0])
    return tuple(part.removeprefix("\0") if isinstance(part, str) else part for part in (first, *path[1:]))


def _references(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """(path, text) of every reference in a value."""
    if len(path) > _DEEPEST:
        return
    if isinstance(value, str):
        folded = value.lower()
        if any(scheme in folded for scheme in SCHEMES):
            yield from _in_text(value, path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _references(inner, (*path, key))
    elif isinstance(value, (list, tuple, set, frozenset)):
        for number, inner in enumerate(value):
            yield from _references(inner, (*path, number))


def _in_text(text: str, path: Path) -> Iterator[tuple[Path, str]]:
    if is_reference(text) or means_reference(text):
        yield path, text
    elif text.lstrip()[:1] in ("{", "["):
        from confcontract.contract.jsontext import loads

        try:
            inner = loads(text)
        except (ValueError, RecursionError):
            return  # not valid JSON
        yield from _references(inner, path)
    else:
        for separator in (",", ";", "\n"):  # a list in a form of the application's own
            if any(means_reference(item) for item in text.split(separator)[1:]):
                yield path, text
                return


def _meant(text: str) -> Scheme:
    """The store that a text refers to, by its first reference in any spelling; in a list it may be a later item."""
    folded = text.lower()
    first = min((folded.find(prefix), prefix) for prefix in SCHEMES if prefix in folded)
    return scheme_of(first[1])


class _Place:
    """Where a reference was found."""

    def __init__(self, result: Resolution, path: Path) -> None:
        self._result = result
        self._path = path
        names = tuple(part for part in path if isinstance(part, str))
        origins, declared = result.gathered.origins, result.merged.declared
        sizes = range(len(names), 0, -1)
        self._given: Path = next((names[:size] for size in sizes if names[:size] in origins), ())
        # a value without a field, in a class that accepts extra names, comes from a file of the application
        self._name, self._where = origins[self._given] if self._given else (str(path[0]), IN_ENV_FILE)
        entries = result.merged.entries.get(declared.identity(self._name), ())
        self._entry = next((entry for entry in entries if entry.name == self._name), None)
        # parts of a section's JSON may come from a lower source
        self._source = self._entry.source_of(names) if self._entry is not None else None
        variable, rest = result.locator.locate(names)
        self._outer = variable["name"] if variable is not None else self._name
        # the variable of this exact value, whatever gave it; with an alias it has another path
        self._own = variable["name"] if variable is not None and not rest and names == path else None
        if self._given == path and (called := declared.variable(self._name)) is not None:
            self._own = called["name"]

    @property
    def is_own_secret(self) -> bool:
        """Whether it is in the class's own secrets_dir, which boot may have read as well."""
        entry = self._entry
        source = self._source
        by_boot = entry is not None and source is not None and (source.kind, source.name) == (SECRET_FILE, entry.name)
        return by_boot or self._where.is_secrets_dir

    @property
    def is_out_of_vault(self) -> bool:
        """Whether it came from Vault, or from the file that NAME_FILE names."""
        return self._source is not None and self._source.kind in SECRET and not self.is_own_secret

    def problem(self, text: str) -> Problem:
        meant = _meant(text)
        store, form = meant.store, meant.form
        by_itself = self._own is not None and self._given == self._path
        name = self._own or (self._name if self._given == self._path else self._outer) or self._outer
        if self._where is not IN_ENVIRONMENT or self.is_own_secret:
            file = self._where if self._where is not IN_ENVIRONMENT else IN_SECRETS_DIR
            message = f"is a reference to {store} in {file}, where the application would take it for the value"
            hint = f"set {name} in the environment or in an --env-file, where boot reads references"
        elif by_itself and means_reference(text) and not is_reference(text):
            message = f"is a reference to {store} apart from capitals, blanks or quotes, and is not read"
            hint = f"write {form} in lower case, without blanks or quotes around it"
        elif self._own is not None:
            by_name = self._given == self._path
            message = f"is a reference to {store} {_SHARED if by_name else _INSIDE}, where references are not read"
            hint = f"set it as its own variable: {self._own}={form}"
        else:
            message = f"is a reference to {store} {_INSIDE}, where references are not read"
            hint = f"keep the whole value of {self._outer} in {store}: {self._outer}={form}"
        by_where = self._where.is_file or self._source is None
        source = (
            self._where.words_of(self._name, (), name) if by_where else as_named(str(self._source), self._name, name)
        )
        return Problem("reference-unresolved", message, variable=name, source=source, hint=hint)
