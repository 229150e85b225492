"""From a check of the contract to something that can be attempted."""

from __future__ import annotations

from confcontract.boot.checks.address import NotAnAddress, parse
from confcontract.boot.checks.attempt import NotYet, tcp_attempt
from confcontract.checks import DEADLINE, INTERVAL, TIMEOUT
from confcontract.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from confcontract.boot.checks.attempt import Attempt


class Plan:
    """A check that can be run. where: the target in words. verb: what it isn't, when it fails. Seconds."""

    __slots__ = ("attempt", "deadline", "interval", "name", "timeout", "variable", "verb", "where")

    def __init__(self, check: Mapping[str, Any], variable: str | None, attempt: Attempt, where: str) -> None:
        self.name: str = check["name"]
        self.variable = variable
        self.attempt = attempt
        self.where = where
        self.verb = "not reachable" if check["kind"] == "tcp" else "not ready"
        self.timeout = float(check.get("timeout", TIMEOUT))
        self.interval = float(check.get("interval", INTERVAL))
        self.deadline = float(check.get("deadline", DEADLINE))


class Skipped(Exception):
    """The target is a variable that is not set, and need not be."""


class Settings:
    """Where a check finds the value of its target.

    environ: what the application gets. values: the resolved settings as JSON data.
    variables: those of the contract; without them, a target in capitals that `environ` has is a variable.
    """

    __slots__ = ("_named", "environ", "values")

    def __init__(
        self, environ: Mapping[str, str], values: Mapping[str, Any], variables: Sequence[Mapping[str, Any]]
    ) -> None:
        self.environ = environ
        self.values = values
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
        return name is not None and bool(self._named.get(name, {}).get("secret"))

    def value(self, name: str) -> str:
        """Raises Skipped where the variable is not set, NotAnAddress where it holds no text."""
        declared = self._named.get(name, {})
        # what was validated comes first; it also has defaults, and what was set by the JSON of a whole section
        found, value = self._at(declared.get("path", ()))
        if found:
            return self._text(name, value)
        for spelling in (name, *declared.get("aliases", ())):
            if spelling in self.environ:
                return self._text(name, self.environ[spelling])
        raise Skipped(name)

    def _at(self, path: Sequence[str]) -> tuple[bool, Any]:
        node: Any = self.values
        for step in path:
            if not isinstance(node, dict) or step not in node:
                return False, None
            node = node[step]
        return bool(path), node

    @staticmethod
    def _text(name: str, value: Any) -> str:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            value = ",".join(value)
        if value is None or value == "":
            raise Skipped(name)
        if not isinstance(value, str):
            raise NotAnAddress("holds no text")
        return value


def plan(check: Mapping[str, Any], settings: Settings) -> Plan | Problem:
    """The plan, or what is wrong with the target. Raises Skipped."""
    variable = settings.variable(check["target"])
    try:
        text = settings.value(variable) if variable else check["target"]
        if check["kind"] == "tcp":
            address = parse(text)
            hidden = settings.is_secret(variable) and "://" not in text  # of a URL, host and port are no secret
            where = _unshown(variable) if hidden else address.where or _unshown(variable)
            return Plan(check, variable, tcp_attempt(address.endpoints), where)
        if check["kind"] == "http":
            return _http(check, variable, text, settings.environ)
        if check["kind"] == "file":
            where = text if text.isprintable() and not settings.is_secret(variable) else f"the path in {variable}"
            return _file(check, variable, text, where)
    except NotAnAddress as error:
        target = f"the value of {variable}" if variable else "its target"
        hint = f"correct {variable}" if variable else "correct the check where it is declared, and bake again"
        message = f"{check['name']}: can't be checked, because {target} {error}"
        return Problem("check-failed", message, variable=variable, hint=hint)
    message = f"{check['name']}: this release knows no check of kind {check['kind']!r}"
    return Problem("check-failed", message, hint="boot with the release that baked the contract")


def _unshown(variable: str | None) -> str:
    return f"the address in {variable}" if variable else "the address"


def _http(check: Mapping[str, Any], variable: str | None, text: str, environ: Mapping[str, str]) -> Plan:
    from confcontract.boot.checks.http import http_attempt

    path: str = check.get("path") or ""
    attempt, origin = http_attempt(text, path, check.get("status") or [200], check.get("headers") or {}, environ)
    # of a variable's URL only host and port are shown: web hooks have their secret in the path
    where = f"{origin}{path.partition('?')[0]}" if origin else _unshown(variable)
    return Plan(check, variable, attempt, where)


def _file(check: Mapping[str, Any], variable: str | None, path: str, where: str) -> Plan:
    import os

    require = check.get("require") or ["exists"]
    effective = os.access in os.supports_effective_ids

    def attempt(_until: float) -> None:
        try:
            os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            raise NotYet("does not exist") from None
        except (OSError, ValueError) as error:
            raise NotYet(getattr(error, "strerror", None) or "is no path") from None
        for word, mode in (("readable", os.R_OK), ("writable", os.W_OK)):
            if word in require and not os.access(path, mode, effective_ids=effective):
                raise NotYet(f"is not {word} by user {os.geteuid()}")

    return Plan(check, variable, attempt, where)
