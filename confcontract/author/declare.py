"""declare(): facts about an image that a settings class can't express."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from confcontract.author.declare_calls import note

if TYPE_CHECKING:
    from pydantic_settings import BaseSettings

    from confcontract.checks import Check


Deliver = Literal["env", "files", "memfd"]


@dataclass(frozen=True)
class Role:
    """A process type of the image.

    command: the command that starts it, used by `boot --role NAME` when no command follows `--`.
    needs: the environment variables that it requires; None means all.
    """

    command: Sequence[str] = ()
    needs: Sequence[str] | None = None
    description: str = ""

    def as_data(self) -> dict[str, Any]:
        return {
            "command": list(self.command),
            "description": self.description,
            "needs": None if self.needs is None else sorted(self.needs),
        }


@dataclass(frozen=True)
class Declaration:
    """A settings class together with the facts about its image. `declare()` makes it, `bake()` takes it."""

    settings: type[BaseSettings]
    name: str | None = None
    version: str | None = None
    description: str | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    checks: Sequence[Check] = ()
    deliver: Deliver = "env"
    given: Mapping[str, Any] = field(default_factory=dict)


def declare(
    settings: type[BaseSettings],
    *,
    name: str | None = None,
    version: str | None = None,
    description: str | None = None,
    roles: Mapping[str, Role | Mapping[str, Any]] | None = None,
    checks: Sequence[Check] = (),
    deliver: Deliver = "env",
    given: Iterable[str] | Mapping[str, Any] = (),
) -> Declaration:
    """Declare an image's settings, roles and checks.

    name, version: of the application; `bake` may override both. roles: process types by name.
    checks: conditions for the start; each has a name and a target. They come after the checks on variables.
    deliver: how the application gets its secrets, unless boot is configured otherwise: in its environment, as files in
    memory ("files"), or as one inherited file without a name ("memfd").
    given: the arguments that the application's code passes to the constructor, `given={"secret"}` if it calls
    `Settings(secret=…)`. The environment need not provide these, and can't change them. For options of
    pydantic-settings, a mapping with their values: `{"_env_file": ".env"}`.
    Raises TypeError if `settings` is not a BaseSettings subclass or a role is neither a Role nor a mapping of its
    fields, ValueError if a check has no name or no target, if `deliver` has another value, or if the constructor takes
    no argument of a name in `given`.
    """
    from pydantic_settings import BaseSettings

    named: object = settings
    if not (isinstance(named, type) and issubclass(named, BaseSettings)):
        raise TypeError(f"declare() takes a BaseSettings subclass, not {type(settings).__name__}")
    for check in checks:
        if not getattr(check, "stands_alone", False):
            what = "a check in declare() needs a name and a target"
            raise ValueError(f'{what}, as in {type(check).__name__}("database", "SHOP_DATABASE_URL"): {check!r}')
    if deliver not in get_args(Deliver):
        raise ValueError(f"deliver is one of {', '.join(get_args(Deliver))}, not {deliver!r}")
    made = {key: _role(key, value) for key, value in (roles or {}).items()}
    arguments: Mapping[str, Any] = {}
    if given:
        from confcontract.author.factory_arguments import arguments_of

        arguments = arguments_of(settings, given)
    declaration = Declaration(settings, name, version, description, made, tuple(checks), deliver, arguments)
    note(settings, declaration)
    return declaration


def _role(name: str, given: Any) -> Role:
    if isinstance(given, Role):
        role = given
    elif isinstance(given, Mapping) and set(given) <= {"command", "needs", "description"}:
        role = Role(**given)
    else:
        raise TypeError(f"role {name!r} takes Role(command=[...], needs=[...], description=...) or a mapping of these")
    for what, words in (("command", role.command), ("needs", role.needs)):
        given_words: object = words
        if isinstance(given_words, str) or not all(type(word) is str for word in words or ()):
            raise TypeError(f"role {name!r}: {what} is a list of texts")
    return role
