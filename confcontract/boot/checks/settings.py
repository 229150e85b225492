"""Where a check finds the value of its target, and which values must not be shown."""

from __future__ import annotations

from confcontract.boot.checks.address import urls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any


class Skipped(Exception):
    """The target is an optional variable that is not set."""


class Settings:
    """What the application gets, from the point of view of a check.

    environ: what the application gets. values: the resolved settings as JSON data.
    variables: those of the contract; without them, a target in capitals that `environ` has is a variable.
    hidden: the names in `environ` whose value is secret for another reason, or by another spelling.
    """

    __slots__ = ("_hidden", "_named", "_variables", "environ", "values")

    def __init__(
        self,
        environ: Mapping[str, str],
        values: Mapping[str, Any],
        variables: Sequence[Mapping[str, Any]],
        hidden: Sequence[str] = (),
    ) -> None:
        self.environ = environ
        self._hidden = hidden
        self.values = values
        self._variables = variables
        self._named = {
            name: variable for variable in variables for name in (variable["name"], *variable.get("aliases", ()))
        }

    def variable(self, target: str) -> str | None:
        """The canonical name of the variable that a target names; None for a literal."""
        declared = self._named.get(target)
        if declared is not None:
            return str(declared["name"])
        return target if target in self.environ and target.isupper() and target.isidentifier() else None

    def is_secret(self, name: str | None) -> bool:
        """Whether a variable's value is never to be shown."""
        from confcontract.contract.artifact import is_hidden  # probes don't need it

        return name is not None and is_hidden(self._named.get(name, {}))

    def value(self, name: str) -> str:
        """As text. Raises Skipped if the variable is not set."""
        declared = self._named.get(name, {})
        given = (self.environ[one] for one in (name, *declared.get("aliases", ())) if one in self.environ)
        # the validated value comes first; it also has defaults, and values from the JSON of a whole section
        found, value = self._at(declared.get("path", ()))
        if not found:
            value = next(given, None)
        elif isinstance(value, list) and all(isinstance(item, str) for item in value):
            value = ",".join(value)
        elif value is not None and not isinstance(value, str):
            import json

            value = next(given, json.dumps(value))  # a number, as it was written
        if not value:
            raise Skipped(name)
        return str(value)

    def secrets(self) -> Iterator[str]:
        """Every text that is secret: the values of secret variables, and the passwords in all others."""
        from confcontract.contract.artifact import is_hidden

        for name in self._hidden:
            yield from _in_text(self.environ[name])
        for variable in self._variables:
            if not (is_hidden(variable) or variable.get("credentials")):
                continue
            values: list[Any] = [self._at(variable.get("path", ()))[1]]
            values += [self.environ.get(name) for name in (variable["name"], *variable.get("aliases", ()))]
            for text in _texts(values):
                if is_hidden(variable):
                    yield from _in_text(text)
                yield from passwords(text)

    def parted(self) -> tuple[dict[str, str], dict[str, str]]:
        """The environment without any secret, and the rest of it."""
        secrets = {secret for secret in self.secrets() if secret}
        hidden = {
            name: value
            for name, value in self.environ.items()
            if name in self._hidden or any(secret in value for secret in secrets)
        }
        return {name: value for name, value in self.environ.items() if name not in hidden}, hidden

    def _at(self, path: Sequence[str]) -> tuple[bool, Any]:
        node: Any = self.values
        for step in path:
            if not isinstance(node, dict) or step not in node:
                return False, None
            node = node[step]
        return bool(path), node


def passwords(text: str) -> Iterator[str]:
    """The passwords of a URL (or its user, if there is no password), as written and decoded.

    Of several URLs, those of each.
    """
    if "://" in text:
        for url in {text, *urls(text)}:
            yield from _passwords_of(url)


def _passwords_of(url: str) -> Iterator[str]:
    from urllib.parse import parse_qsl, unquote

    rest = url.partition("://")[2]
    for part in (rest, rest.partition("/")[0]):  # a password may contain an unescaped /, and the rest may contain an @
        user, colon, password = part.rpartition("@")[0].partition(":")
        secret = password if colon else user
        yield from (secret, unquote(secret))
    for key, value in parse_qsl(url.partition("?")[2]):
        if "pass" in key.lower():
            yield value


def _in_text(text: str) -> Iterator[str]:
    """A text and, if it is JSON, the texts in it."""
    yield text
    if text[:1] in ("{", "["):
        from confcontract.contract.jsontext import loads

        try:
            inner = loads(text)
        except (ValueError, RecursionError):
            return
        yield from _texts(inner)


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value, with the texts of what is not text."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
