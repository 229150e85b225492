"""A settings class of any size: ten types in turn, half of the fields in sections of ten."""

from __future__ import annotations

# name, annotation, default as source text, value in the environment
_KINDS = (
    ("count", "Annotated[int, Field(ge=0, le=100000)]", "1", "{i}"),
    ("enabled", "bool", "False", "true"),
    ("label", "str", '""', "value-{i}"),
    ("ratio", "float", "0.5", "{i}.25"),
    ("patience", "timedelta", "timedelta(seconds=1)", "PT{i}S"),
    ("level", 'Literal["debug", "info"]', '"info"', "debug"),
    ("address", "HttpUrl", 'HttpUrl("http://localhost")', "https://host{i}.example.com/"),
    ("items", "list[str]", "[]", '["a{i}", "b"]'),
    ("token", "SecretStr | None", "None", "token-{i}"),
    ("code", "Annotated[str, Field(min_length=1, max_length=40)]", '"x"', "code-{i}"),
)

_HEAD = """\
from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

"""


def source(size: int) -> str:
    """A module with a class `Settings` that has `size` variables."""
    sections: list[str] = []
    top = ["class Settings(BaseSettings):"]
    top.append('    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")')
    for i in range(size):
        name, annotation, default, _ = _KINDS[i % len(_KINDS)]
        section, is_nested = _section(i)
        if is_nested and i % len(_KINDS) == 0:
            sections.append(f"class Section{section}(BaseModel):")
            top.append(f"    section_{section}: Section{section} = Section{section}()")
        (sections if is_nested else top).append(f"    {name}_{i}: {annotation} = {default}")
    return _HEAD + "\n".join([*sections, *top]) + "\n"


def environ(size: int) -> dict[str, str]:
    """A valid value for each of them."""
    values = {}
    for i in range(size):
        name, _, _, value = _KINDS[i % len(_KINDS)]
        section, is_nested = _section(i)
        prefix = f"SHOP_SECTION_{section}__" if is_nested else "SHOP_"
        values[f"{prefix}{name.upper()}_{i}"] = value.format(i=i)
    return values


def unrelated(size: int) -> dict[str, str]:
    """Variables that are none of the application's business."""
    return {f"NEIGHBOUR_SERVICE_{i}_ADDRESS": f"tcp://10.0.{i // 250}.{i % 250}:8080" for i in range(size)}


def _section(i: int) -> tuple[int, bool]:
    section = i // len(_KINDS)
    return section, section % 2 == 1
