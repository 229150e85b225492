"""Several settings classes of one application as one: each is a section that reads its environment separately.

`Together` has a field for each class. The field's value is what the class itself reads, like `Settings()` and
`PostgresSettings()` side by side in the application. The field has a name that no environment can hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from pydantic import Field, create_model
from pydantic_settings import BaseSettings

from confcontract.author.declare import Declaration
from confcontract.author.refusals import warning
from confcontract.contract.secretnames import words_of
from confcontract.report.errors import BakeRefused
from confcontract.report.problem import Problem

# How boot reads names, for all classes together: the setting must be the same in each.
_ALIKE = ("case_sensitive", "env_ignore_empty")
# Options that are taken over if all classes agree.
_SHARED = (*_ALIKE, "env_nested_delimiter", "env_nested_max_split")


class Together(BaseSettings):
    """The base class of what `together` makes."""

    @classmethod
    def _author_s_own(cls, section: str) -> type[BaseSettings]:
        """The class that defines the section; problems with a field are reported for that class."""
        return classes_of(cls)[section]


def together(declared: Sequence[Declaration]) -> Declaration:
    """One declaration of several classes. Raises BakeRefused if they can't be read side by side."""
    classes = [each.settings for each in declared]
    if len({*classes}) < len(classes):
        name = next(cls.__qualname__ for cls, count in Counter(classes).items() if count > 1)
        raise BakeRefused(Problem("bake-refused", f"{name} is named twice", hint="name each class once"))
    fields: dict[str, Any] = {
        name: (cls, Field(default_factory=cls, validation_alias=f"\0{name}"))
        for name, cls in zip(_names(classes), classes, strict=True)
    }
    made = create_model(
        "And".join(dict.fromkeys(cls.__name__ for cls in classes)),
        __base__=_parent(classes),
        __module__=classes[0].__module__,
        **fields,
    )
    return Declaration(
        made,
        _only(declared, "name"),
        _only(declared, "version"),
        _only(declared, "description"),
        {key: role for each in declared for key, role in each.roles.items()},
        [check for each in declared for check in each.checks],
        _only(declared, "deliver", "env"),
    )


def classes_of(cls: type[BaseSettings]) -> dict[str, type[BaseSettings]]:
    """The merged classes, by the name of their section; empty for any other class."""
    if not issubclass(cls, Together):
        return {}
    sections: dict[str, Any] = {name: field.annotation for name, field in cls.model_fields.items()}
    return sections


def read_by_several(cls: type[BaseSettings], entries: Sequence[dict[str, Any]], *, sensitive: bool) -> list[Problem]:
    """A warning for each variable that several of the classes read with different meanings."""
    sections = classes_of(cls)
    first: dict[str, dict[str, Any]] = {}
    problems = []
    for entry in entries if sections else ():
        for name in (entry["name"], *entry.get("aliases", ())):
            other = first.setdefault(name if sensitive else name.lower(), entry)
            if other["path"][0] == entry["path"][0] or _sense(other) == _sense(entry):
                continue
            readers = f"{_said(sections, other)}, and {_said(sections, entry)}"
            unlike = [word for word, keys in _SENSE.items() if _of(other, keys) != _of(entry, keys)]
            what = f"{name} is read by both: {readers}. They differ in: {', '.join(unlike)}"
            remedy = "give one of them a prefix or an alias of its own; otherwise a value must be valid for both"
            problems.append(warning(sections[entry["path"][0]], tuple(entry["path"][1:]), what, remedy))
    return problems


def _parent(classes: Sequence[type[BaseSettings]]) -> type[Together]:
    config: dict[str, Any] = {}
    for key in _SHARED:
        values = [cls.model_config.get(key) or None for cls in classes]
        if values.count(values[0]) == len(values):
            config[key] = values[0]
        elif key in _ALIKE:
            names = " and ".join(cls.__qualname__ for cls in classes)
            what = f"{names} differ in {key}, and boot reads the names of a contract in one way"
            raise BakeRefused(Problem("bake-refused", what, hint=f"give them the same {key}, or bake them apart"))

    shared: Any = {key: value for key, value in config.items() if value is not None}

    class Parent(Together):
        model_config = shared

    return Parent


def _names(classes: Sequence[type[BaseSettings]]) -> list[str]:
    """postgres_settings for PostgresSettings; with its module if two classes have the same name."""
    plain = ["_".join(words_of(cls.__name__)) for cls in classes]
    long = ["_".join([*words_of(cls.__module__), *words_of(cls.__qualname__)]) for cls in classes]
    return [name if plain.count(name) == 1 else other for name, other in zip(plain, long, strict=True)]


def _only(declared: Sequence[Declaration], what: str, ordinary: Any = None) -> Any:
    """The value that one of the declarations has, or several share."""
    said = [getattr(each, what) for each in declared if getattr(each, what) != ordinary]
    if any(other != said[0] for other in said):
        told = f"two of the declarations give different values of {what}"
        raise BakeRefused(Problem("bake-refused", told, hint=f"leave {what} to one of them"))
    return said[0] if said else ordinary


# The facts about a variable, in words, and the keys of its entry that contain them.
_SENSE = {
    "type": ("type",),
    "limits": ("constraints",),
    "whether it is required": ("required",),
    "how it is written": ("encoding", "separator"),
    "default": ("default", "defaultInCode"),
    "whether it is a secret": ("secret",),
}


def _sense(entry: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [_of(entry, keys) for keys in _SENSE.values()]


def _of(entry: dict[str, Any], keys: Sequence[str]) -> tuple[Any, ...]:
    return tuple(entry.get(key) for key in keys)


def _said(sections: dict[str, type[BaseSettings]], entry: dict[str, Any]) -> str:
    need = "required" if entry["required"] else "with a default" if "default" in entry else "optional"
    cls = sections[entry["path"][0]]
    twice = [each.__qualname__ for each in sections.values()].count(cls.__qualname__) > 1
    where = ".".join((f"{cls.__module__}:{cls.__qualname__}" if twice else cls.__qualname__, *entry["path"][1:]))
    return f"{where} ({entry['type']['text']}, {need})"
