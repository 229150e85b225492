"""Classes and their fields."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import MultiHostUrl, PydanticUndefined, Url

from confcontract.author.pydantic_private.private_names import (
    _BaseMultiHostUrl,
    _BaseUrl,
    _SecretBase,
)
from confcontract.author.release_check import PYDANTIC, lacking

SECRET_CLASS: type = _SecretBase  # of SecretStr, SecretBytes and Secret[T]
URL_CLASSES: tuple[type, ...] = (Url, MultiHostUrl, _BaseUrl, _BaseMultiHostUrl)
EXTRAS = "__pydantic_extra__"  # the annotation of a model that declares the type of its extra members


def declared_fields(cls: type) -> dict[str, FieldInfo] | None:
    """The fields of a model, or of a pydantic dataclass; None for any other class."""
    found: dict[str, FieldInfo] | None = getattr(cls, "__pydantic_fields__", None)
    return found


def declared_config(cls: type) -> Mapping[str, Any]:
    """The configuration of a model, a dataclass or a TypedDict; empty if it has none."""
    return getattr(cls, "model_config", None) or getattr(cls, "__pydantic_config__", {})


def field_validators(cls: type, name: str) -> Iterator[Any]:
    """The functions of `@field_validator` for a field of a class."""
    decorators = getattr(cls, "__pydantic_decorators__", None)
    for decorator in decorators.field_validators.values() if decorators is not None else ():
        if name in decorator.info.fields or "*" in decorator.info.fields:
            yield decorator.func


def _look_at_decorators() -> None:
    class AskedForDecorators(BaseModel):
        value: int = 0

        @field_validator("value")
        @classmethod
        def check(cls, value: int) -> int:
            return value

    try:
        found = [*field_validators(AskedForDecorators, "value")]
    except AttributeError:
        found = []
    if not found:
        raise lacking(PYDANTIC, "the functions of @field_validator in BaseModel.__pydantic_decorators__")


_look_at_decorators()


def core_schema_of(cls: type[BaseModel]) -> dict[str, Any]:
    """The core schema of a model, completed if necessary. Raises what pydantic raises if that fails."""
    if not cls.__pydantic_complete__:
        cls.model_rebuild(raise_errors=True)
    core: Any = cls.__pydantic_core_schema__
    found: dict[str, Any] = core
    return found


def name_in_ref(ref: str) -> str:
    """The class's part of the reference to a core schema: such references end in a memory address."""
    return ref.rsplit(":", 1)[0]


def has_own_post_init(cls: type[BaseModel]) -> bool:
    """Whether `model_post_init` is the application's, not pydantic's own set-up of private attributes."""
    function: Any = inspect.unwrap(cls.model_post_init)
    if function is BaseModel.model_post_init:
        return False
    return not str(getattr(function, "__module__", "")).startswith("pydantic.")


def fill(model: BaseModel, values: dict[str, Any], given: set[str]) -> None:
    """Make an instance from values without validation. given: the fields that count as set."""
    cls = type(model)
    extra: dict[str, Any] | None = {} if cls.model_config.get("extra") == "allow" else None
    private = {name: attribute.get_default() for name, attribute in cls.__private_attributes__.items()}
    private = {name: value for name, value in private.items() if value is not PydanticUndefined}
    for name, value in (
        ("__dict__", values),
        ("__pydantic_fields_set__", given),
        ("__pydantic_extra__", extra),
        ("__pydantic_private__", private or None),
    ):
        object.__setattr__(model, name, value)
