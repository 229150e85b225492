"""Settings classes whose secrets are not to be seen in the lowered schema: each has what lies between it and boot."""

from __future__ import annotations

import dataclasses
from collections import namedtuple
from collections.abc import Callable, Mapping
from typing import (
    Annotated,
    Any,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    NotRequired,
    TypeVar,
)

import pydantic.dataclasses
from pydantic import (
    AfterValidator,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetPydanticSchema,
    InstanceOf,
    Json,
    PlainSerializer,
    PlainValidator,
    RootModel,
    SecretBytes,
    SecretStr,
    SkipValidation,
    Tag,
    WrapValidator,
    create_model,
    field_validator,
    model_validator,
)
from pydantic import Secret as Wrapped
from pydantic_core import MISSING, core_schema
from pydantic_settings import BaseSettings, SettingsConfigDict
from typing_extensions import TypeAliasType, TypedDict

from confcontract import Secret

T = TypeVar("T")
Bound = TypeVar("Bound", bound=SecretStr)


class Pg(BaseModel):
    kind: Literal["pg"] = "pg"
    hush: SecretStr


class Lite(BaseModel):
    kind: Literal["lite"] = "lite"


def which(value: Any) -> Any:
    return value.get("kind") if isinstance(value, dict) else value.kind


class Own(BaseModel):
    hush: SecretStr

    def __init__(self, **data: Any) -> None:
        super().__init__(**data)


class OwnArguments(BaseModel):
    port: int = 0

    def __init__(self, hush: SecretStr | None = None, **data: Any) -> None:
        super().__init__(**data)


class Inner(BaseSettings):
    hush: SecretStr


class StrKind(SecretStr):
    """A subclass."""


class BytesKind(SecretBytes):
    """A subclass."""


class IntKind(Wrapped[int]):
    """A subclass."""


class Root(RootModel[SecretStr]):
    pass


class RootOfList(RootModel[list[Pg]]):
    pass


class Extras(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, SecretStr]


class OpenExtras(BaseModel):
    model_config = ConfigDict(extra="allow")
    port: int = 0


@dataclasses.dataclass
class Standard:
    hush: SecretStr
    port: int = 0


@pydantic.dataclasses.dataclass
class WithInitVar:
    hush: dataclasses.InitVar[SecretStr]
    port: int = 0


class Keys(TypedDict):
    hush: NotRequired[SecretStr]


def hushed(value: str) -> SecretStr:
    return SecretStr(value)


class Pair(NamedTuple):
    name: str
    hush: SecretStr


Untyped = namedtuple("Untyped", ["name", "hush"])


class Box(BaseModel, Generic[T]):
    inside: T


class KeysOf(TypedDict, Generic[T]):
    inside: T


@dataclasses.dataclass
class DataOf(Generic[T]):
    inside: T


class Tree(BaseModel):
    hush: SecretStr | None = None
    children: list[Tree] = []


New = NewType("New", SecretStr)
Alias = TypeAliasType("Alias", SecretStr)
ListOf = TypeAliasType("ListOf", list[T], type_params=(T,))
Deep = TypeAliasType("Deep", "dict[str, Deep] | SecretStr")


class Arbitrary:
    """Nothing of pydantic's."""

    def __init__(self, value: object) -> None:
        self.value = value


class Opaque:
    """With a core schema that says nothing."""

    def __init__(self, value: object) -> None:
        self.value = value

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return core_schema.no_info_plain_validator_function(cls)


class AroundText(Opaque):
    """With a core schema that takes text, and hides it."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


class TextAroundSecret(str):
    """Text by its class, a secret by its core schema."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return core_schema.no_info_after_validator_function(
            lambda value: cls(value.get_secret_value()), handler.generate_schema(SecretStr)
        )


class Duck:
    """A secret of its own kind."""

    def __init__(self, value: str) -> None:
        self._value = value

    def get_secret_value(self) -> str:
        return self._value

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


def as_it_is(value: Any) -> Any:
    return value


class Before(BaseModel):
    hush: SecretStr | None = None

    @model_validator(mode="before")
    @classmethod
    def unpack(cls, value: Any) -> Any:
        return {"hush": value} if isinstance(value, str) else value


# what stands between · annotation · the text of a value
SHAPES: dict[str, tuple[Any, str]] = {
    "own constructor": (Own, '{"hush": "@"}'),
    "own constructor's argument": (OwnArguments, '{"hush": "@"}'),
    "discriminating function": (
        Annotated[Annotated[Pg, Tag("pg")] | Annotated[Lite, Tag("lite")], Discriminator(which)],
        '{"kind": "pg", "hush": "@"}',
    ),
    "settings class in a list": (list[Inner], '[{"hush": "@"}]'),
    "settings class in a union": (Inner | int, '{"hush": "@"}'),
    "settings class in a mapping": (dict[str, Inner], '{"a": {"hush": "@"}}'),
    "SkipValidation": (SkipValidation[SecretStr], "@"),
    "SkipValidation in a list": (list[SkipValidation[SecretStr]], '["@"]'),
    "SkipValidation of a model": (SkipValidation[Pg], '{"kind": "pg", "hush": "@"}'),
    "InstanceOf": (InstanceOf[SecretStr] | str, "@"),
    "subclass of SecretStr": (StrKind, "@"),
    "subclass of SecretBytes": (BytesKind, "@"),
    "subclass of Secret": (IntKind, "@"),
    "Secret of a model": (Wrapped[Lite], '{"kind": "lite", "x": "@"}'),
    "beside MISSING": (SecretStr | MISSING, "@"),
    "Optional": (SecretStr | None, "@"),
    "root model": (Root, "@"),
    "root model of a list": (RootOfList, '[{"hush": "@"}]'),
    "further members": (Extras, '{"x": "@"}'),
    "further members of any type": (OpenExtras, '{"x": "@"}'),
    "dataclass": (Standard, '{"hush": "@"}'),
    "InitVar": (WithInitVar, '{"hush": "@"}'),
    "TypedDict": (Keys, '{"hush": "@"}'),
    "list of TypedDict": (list[Keys], '[{"hush": "@"}]'),
    "made by a class of secrets": (Annotated[str, AfterValidator(SecretStr)], "@"),
    "made by a function that says so": (Annotated[str, AfterValidator(hushed)], "@"),
    "made by a plain validator that says so": (Annotated[str, PlainValidator(hushed)], "@"),
    "named tuple": (Pair, '["n", "@"]'),
    "named tuple without types": (Untyped, '["n", "@"]'),
    "list of named tuples": (list[Pair], '[["n", "@"]]'),
    "generic model": (Box[SecretStr], '{"inside": "@"}'),
    "generic model without a type": (Box, '{"inside": "@"}'),
    "generic TypedDict": (KeysOf[SecretStr], '{"inside": "@"}'),
    "generic dataclass": (DataOf[list[SecretStr]], '{"inside": ["@"]}'),
    "recursive model": (Tree, '{"children": [{"hush": "@"}]}'),
    "NewType": (New, "@"),
    "alias": (Alias, "@"),
    "alias with a parameter": (ListOf[SecretStr], '["@"]'),
    "recursive alias": (Deep, '{"a": {"b": "@"}}'),
    "type variable with a bound": (Bound, "@"),
    "type variable without": (T, "@"),
    "Any": (Any, "@"),
    "object": (object, "@"),
    "mapping to Any": (dict[str, Any], '{"x": "@"}'),
    "list without a type": (list, '["@"]'),
    "class of the application": (Arbitrary, "@"),
    "opaque core schema": (Opaque, "@"),
    "core schema around text": (AroundText, "@"),
    "core schema around a secret": (TextAroundSecret, "@"),
    "GetPydanticSchema": (
        Annotated[str, GetPydanticSchema(lambda source, handler: handler.generate_schema(SecretStr))],
        "@",
    ),
    "a secret of another kind": (Duck, "@"),
    "JSON": (Json[SecretStr], '"@"'),
    "JSON of a list": (Json[list[SecretStr]], '["@"]'),
    "JSON of anything": (Json, '["@"]'),
    "plain validator": (Annotated[SecretStr, PlainValidator(as_it_is)], "@"),
    "plain validator over Any": (Annotated[Any, PlainValidator(as_it_is)], "@"),
    "plain validator that takes a secret": (
        Annotated[str, PlainValidator(as_it_is, json_schema_input_type=SecretStr)],
        "@",
    ),
    "wrap validator": (Annotated[SecretStr, WrapValidator(lambda value, handler: handler(value))], "@"),
    "before validator": (Annotated[list[SecretStr], BeforeValidator(as_it_is)], '["@"]'),
    "after validator": (Annotated[dict[str, SecretStr], AfterValidator(as_it_is)], '{"a": "@"}'),
    "serializer of its own": (Annotated[SecretStr, PlainSerializer(str)], "@"),
    "before validator of a model": (Before, '"@"'),
    "keys": (dict[SecretStr, int], '{"@": 1}'),
    "callable": (Callable[[SecretStr], int], "@"),
    "marker, deep inside": (dict[str, list[Annotated[str, Secret()]]], '{"a": ["@"]}'),
    "model in a mapping of lists": (dict[str, list[Pg]], '{"a": [{"hush": "@"}]}'),
    "tuple": (tuple[int, SecretStr], '[1, "@"]'),
    "union of models and mappings": (Pg | dict[str, str], '{"hush": "@", "kind": "pg"}'),
    "text called a secret, in a list of models": (
        list[create_model("Login", user=(str, ...), password=(str, ...))],  # type: ignore[misc]
        '[{"user": "u", "password": "@"}]',
    ),
    "NewType called a secret": (NewType("Password", str), "@"),
}


def made(types: Mapping[str, Any]) -> type[BaseSettings]:
    """A settings class with a field for each type, whose name says nothing."""
    config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__", arbitrary_types_allowed=True)
    return create_model(  # type: ignore[call-overload, no-any-return]
        "Settings",
        __base__=type("Base", (BaseSettings,), {"model_config": config}),
        **{f"value{number:02}": (annotation, ...) for number, annotation in enumerate(types.values())},
    )


class ByValidator(BaseSettings):
    """Validators stand beside the field here, and a path leads to one of them."""

    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    value: SecretStr
    by_path: SecretStr | None = Field(None, validation_alias=AliasPath("SHOP_HEAD", 0))

    @field_validator("value", mode="plain")
    @classmethod
    def check(cls, value: Any) -> Any:
        return SecretStr(value)
