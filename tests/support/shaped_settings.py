"""Settings of many shapes; in each a place `url` or `value`, and most have one beside it, `spare`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    SkipValidation,
    Tag,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict
from typing_extensions import TypedDict

from confcontract import Secret

PREFIXED = SettingsConfigDict(env_prefix="S_", env_nested_delimiter="__", extra="ignore")


class Db(BaseModel):
    model_config = ConfigDict(extra="allow")

    url: str = Field("default", validation_alias=AliasChoices("url", "uri"))
    spare: str = "default"


class Outer(BaseModel):
    db: Db = Db()  # type: ignore[call-arg]


class Scalar(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_")

    value: str = Field("default", validation_alias=AliasChoices("S_VALUE", "old-value"))


class Section(BaseSettings):
    model_config = PREFIXED

    outer: Outer = Outer()


class OptionalSection(BaseSettings):
    model_config = PREFIXED

    outer: Outer | None = None


class Mapping(BaseSettings):
    model_config = PREFIXED

    names: dict[str, str] = {}


class Sections(BaseSettings):
    model_config = PREFIXED

    many: dict[str, Db] = {}


class Inner(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="INNER_")

    url: str = "default"
    spare: str = "default"


class Nested(BaseSettings):
    model_config = PREFIXED

    inner: Inner = Field(default_factory=Inner)


class Path(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="S_", env_prefix_target="all", env_nested_delimiter="__", extra="ignore"
    )

    token: Annotated[str, Secret(False)] = Field("default", validation_alias=AliasPath("doc", "k", "j"))
    spare: str = Field("default", validation_alias=AliasPath("doc", "spare"))


class Indexed(BaseModel):
    token: Annotated[str, Secret(False)] = Field(
        "default", validation_alias=AliasChoices("token", AliasPath("creds", 0))
    )
    spare: str = "default"


class InList(BaseSettings):
    model_config = PREFIXED

    auth: Indexed = Indexed()  # type: ignore[call-arg]


class Split(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", env_nested_delimiter="_", env_nested_max_split=1, extra="ignore")

    auth: Db = Db()  # type: ignore[call-arg]


class Sensitive(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", env_nested_delimiter="__", case_sensitive=True, extra="ignore")

    outer: Outer = Outer()


class Pair(NamedTuple):
    url: str = "default"
    spare: str = "default"


class Tuple(BaseSettings):
    model_config = PREFIXED

    pair: Pair = Pair()


class Postgres(BaseModel):
    kind: Literal["pg"] = "pg"
    url: str = "default"
    spare: str = "default"


class Sqlite(BaseModel):
    kind: Literal["lite"] = "lite"


class Union(BaseSettings):
    model_config = PREFIXED

    store: Postgres | Sqlite = Postgres()


class Aliased(BaseSettings):
    model_config = PREFIXED

    db: Db = Field(Db(), alias="database")  # type: ignore[call-arg]


class ByName(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    url: str = Field("default", alias="link")
    spare: str = "default"


class AliasedSection(BaseSettings):
    model_config = PREFIXED

    db: ByName = ByName()  # type: ignore[call-arg]


class Before(BaseSettings):
    model_config = PREFIXED

    outer: Outer = Outer()

    @model_validator(mode="before")
    @classmethod
    def whole(cls, data: Any) -> Any:
        return data


class BeforeSection(BaseSettings):
    model_config = PREFIXED

    outer: Annotated[Outer, BeforeValidator(lambda value: value)] = Outer()


class Made(BaseModel):
    """A model that makes itself: nothing of it is in the plan."""

    url: str = Field("default", validation_alias=AliasChoices("url", "uri"))
    spare: str = "default"

    def __init__(self, **data: Any) -> None:
        super().__init__(**data)


class MadeByName(BaseModel):
    model_config = ConfigDict(populate_by_name=True, alias_generator=lambda name: name.title())

    url: str = "default"
    spare: str = "default"

    def __init__(self, **data: Any) -> None:
        super().__init__(**data)


class MadeSection(BaseSettings):
    model_config = PREFIXED

    made: Made = Made()


class MadeByNameSection(BaseSettings):
    model_config = PREFIXED

    made: MadeByName = MadeByName()


class MadeInside(BaseModel):
    made: Made = Field(Made(), validation_alias=AliasChoices("made", "build"))


class MadeAsJson(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", extra="ignore")

    outer: MadeInside = MadeInside()  # type: ignore[call-arg]


class MadeInMapping(BaseSettings):
    model_config = PREFIXED

    many: dict[str, Made] = {}


class Left(BaseModel):
    kind: Literal["left"] = "left"
    url: str = Field("default", validation_alias=AliasChoices("url", "uri"))
    spare: str = "default"


class Right(BaseModel):
    kind: Literal["right"] = "right"
    url: str = Field("default", validation_alias=AliasChoices("url", "uri"))
    spare: str = "default"


class Chosen(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", extra="ignore")

    store: Annotated[
        Annotated[Left, Tag("left")] | Annotated[Right, Tag("right")], Discriminator(lambda value: "left")
    ] = Left()  # type: ignore[call-arg]


class BeforeAsJson(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", extra="ignore")

    outer: Annotated[Outer, BeforeValidator(lambda value: value)] = Outer()


class WholeAsJson(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", extra="ignore")

    outer: Outer = Outer()

    @model_validator(mode="before")
    @classmethod
    def whole(cls, data: Any) -> Any:
        return data


@dataclass
class Computed:
    url: Annotated[str, Field(validation_alias=AliasChoices("url", "uri"))] = "default"
    spare: str = "default"
    whole: str = field(default="", init=False)


class InDataclass(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", extra="ignore")

    made: Computed = Computed()


class Table(TypedDict, total=False):
    url: Annotated[str, Field(validation_alias=AliasChoices("url", "uri"))]
    spare: str


class InTypedDict(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", extra="ignore")

    table: Annotated[Table, BeforeValidator(lambda value: value)] = {}


class Tree(BaseModel):
    value: str = Field("default", validation_alias=AliasChoices("value", "worth"))
    spare: str = "default"
    inside: dict[str, Tree] = Field({}, validation_alias=AliasChoices("inside", "within"))

    def __init__(self, **data: Any) -> None:
        super().__init__(**data)


class Recursive(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", extra="ignore")

    tree: Tree = Tree()


class Skipped(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", extra="ignore")

    db: Annotated[Db, PlainValidator(Db.model_validate)] = Db()  # type: ignore[call-arg]


class TwoNames(BaseModel):
    db: Db = Field(Db(), validation_alias=AliasChoices("db", "database"))  # type: ignore[call-arg]


class TwoNamed(BaseSettings):
    model_config = PREFIXED

    outer: TwoNames = TwoNames()  # type: ignore[call-arg]


class Unvalidated(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="S_", extra="ignore")

    db: Annotated[SkipValidation[Db], AfterValidator(Db.model_validate)] = Db()  # type: ignore[call-arg]
