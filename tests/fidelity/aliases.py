"""Names of fields: aliases of every kind, and what a configuration does to them."""

from __future__ import annotations

from collections.abc import Callable

from .moods import Draw, pick

# Configuration of nested models: source of one keyword, and what it does to names.
MODEL_FEATURES = (
    "",
    "",
    "",
    'extra="forbid"',
    'extra="allow"',
    "strict=True",
    "populate_by_name=True",
    "alias_generator=to_camel",
    "alias_generator=to_shouting",
    "str_strip_whitespace=True",
    "str_to_lower=True",
    "validate_default=True",
    "validate_by_name=True, validate_by_alias=False",
    "frozen=True",
    "use_enum_values=True",
    "coerce_numbers_to_str=True",
    "allow_inf_nan=False",
    'regex_engine="python-re"',
)

GENERATORS: dict[str, Callable[[str], str]] = {
    "to_camel": lambda name: __import__("pydantic.alias_generators", fromlist=["x"]).to_camel(name),
    "to_shouting": lambda name: "X_" + name.upper(),
}


def names_of(
    draw: Draw, name: str, features: tuple[str, ...], *, aliases: bool
) -> tuple[tuple[str, ...], tuple[tuple[str | int, ...], ...], tuple[str, ...], str]:
    """An alias for a field: arguments of Field, the keys that reach it, those that don't, and a tag."""
    said = " ".join(features)
    by_name = "populate_by_name=True" in said or "validate_by_name=True" in said
    by_alias = "validate_by_alias=False" not in said
    generator = next((made for known, made in GENERATORS.items() if f"alias_generator={known}" in said), None)
    kind = (
        pick(draw, ("none",) * 9 + ("alias", "validation", "choices", "path", "choices-path", "serialization"))
        if aliases
        else "none"
    )
    other = f"{name}_alias"
    arguments: tuple[str, ...]
    keys: tuple[tuple[str | int, ...], ...]
    if kind in ("none", "serialization"):
        arguments = (f'serialization_alias="{other}"',) if kind == "serialization" else ()
        keys = ((generator(name),),) if generator else ((name,),)
    elif kind in ("alias", "validation"):
        argument = "alias" if kind == "alias" else "validation_alias"
        arguments, keys = (f'{argument}="{other}"',), ((other,),)
    elif kind == "choices":
        arguments, keys = (
            (f'validation_alias=AliasChoices("{other}", "{name}", "Third{name}")',),
            ((other,), (name,), (f"Third{name}",)),
        )
    elif kind == "path":
        steps: tuple[str | int, ...] = (0, 1, "k")
        step = pick(draw, steps)
        arguments, keys = (f'validation_alias=AliasPath("{other}", {step!r})',), ((other, step),)
    else:
        arguments = (f'validation_alias=AliasChoices("{other}", AliasPath("{name}_doc", "k", 0))',)
        keys = ((other,), (f"{name}_doc", "k", 0))
    if not by_alias:
        return arguments, ((name,),), tuple(str(key[0]) for key in keys if key != (name,)), f"alias-{kind}"
    if by_name and (name,) not in keys:
        keys = (*keys, (name,))
    strangers = () if (name,) in keys else (name,)
    return arguments, keys, strangers, f"alias-{kind}"
