"""A family of annotations, mutations of one another, as the fields of one class: baked once, compared in pairs."""

from __future__ import annotations

import datetime
import enum
import ipaddress
import random
import uuid
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    UUID4,
    AnyHttpUrl,
    AnyUrl,
    BaseModel,
    ByteSize,
    Field,
    PostgresDsn,
    RedisDsn,
    SecretStr,
    StringConstraints,
    create_model,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from confcontract.author.bake import bake
from confcontract.compare.accepted import IndexedPlan, Side
from confcontract.markers import Separated


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Shade(enum.Enum):
    RED = "red"
    GREEN = "green"
    GREY = "Grey"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Rank(enum.IntEnum):
    LOW = 1
    MIDDLE = 3


class Pool(BaseModel):
    host: str = "db"
    size: int = 3


class LargePool(BaseModel):
    host: str = "db"
    size: Annotated[int, Field(ge=1)] = 3
    timeout: float = 1.5


class NeedsHost(BaseModel):
    host: str
    size: int = 3


def text(**limits: Any) -> Any:
    return Annotated[str, Field(**limits)]


def number(kind: Any = int, **limits: Any) -> Any:
    return Annotated[kind, Field(**limits)]


LongKey = Annotated[str, Field(min_length=2)]
NonEmpty = Annotated[str, Field(min_length=1)]
Positive = Annotated[int, Field(ge=1)]

NUMBERS: Sequence[Any] = (
    *(int, float, bool, Decimal, str),
    *(
        number(ge=0),
        number(ge=1),
        number(gt=0),
        number(ge=1, le=10),
        number(ge=1, le=65535),
        number(lt=5),
        number(le=4),
    ),
    *(
        number(multiple_of=5),
        number(multiple_of=10, ge=10),
        number(float, ge=0),
        number(float, gt=0),
        number(float, le=1),
    ),
    *(number(float, ge=0, le=1), number(float, allow_inf_nan=False), number(float, multiple_of=0.5)),
    *(number(Decimal, ge=0), number(Decimal, max_digits=4), number(Decimal, max_digits=5, decimal_places=2)),
    *(Level, Rank, Literal[1, 2], int | None, int | str, int | bool, float | None, bool | None, ByteSize),
    *(number(ByteSize, ge=10), Literal["1", "2"], number(Decimal, gt=0, lt=1), int | float, number(ge=5, le=7)),
)
TEXTS: Sequence[Any] = (
    *(str, text(min_length=1), text(min_length=2), text(max_length=3), text(max_length=4, min_length=1)),
    *(text(pattern="^a+$"), text(pattern="^a*$"), text(pattern="^[ab]+$"), text(pattern="a"), text(pattern="^a")),
    *(text(pattern="^a{1,3}$"), text(pattern="^a+$", max_length=3), text(pattern=r"^\d+$"), text(pattern=r"^[0-9]+$")),
    *(
        text(pattern=r"^\w+$"),
        text(pattern="(?i)^ab?$"),
        text(pattern=r"^[a-z][a-z0-9-]{0,20}$"),
        text(pattern=r"^\S+$"),
    ),
    *(Annotated[str, StringConstraints(strip_whitespace=True)], Annotated[str, StringConstraints(to_lower=True)]),
    *(Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)], Literal["a"], Literal["a", "b"]),
    *(Annotated[str, StringConstraints(strip_whitespace=True, pattern="^a+$")], Literal["b", "c"], Literal["", "a"]),
    *(Annotated[str, StringConstraints(to_upper=True, max_length=3)], Colour, Shade, SecretStr, Path),
    *(Annotated[SecretStr, Field(min_length=3)], Literal["aaa", "aa"], Colour | None, Literal["red", "blue"], bool),
    *(Literal["red"] | int, text(pattern="^(a|b)$"), text(pattern="^red|blue$"), Any, text(pattern=r"^a+(\.a+)*$")),
)
OTHERS: Sequence[Any] = (
    *(
        datetime.date,
        datetime.datetime,
        datetime.time,
        datetime.timedelta,
        uuid.UUID,
        UUID4,
        str,
        int,
        text(max_length=9),
    ),
    *(number(datetime.timedelta, gt=datetime.timedelta(0)), number(datetime.timedelta, le=datetime.timedelta(hours=1))),
    *(number(datetime.date, ge=datetime.date(2020, 1, 1)), number(datetime.date, ge=datetime.date(2021, 1, 1))),
    *(AnyUrl, AnyHttpUrl, PostgresDsn, RedisDsn, ipaddress.IPv4Address, ipaddress.IPv6Address),
    *(ipaddress.IPv4Address | ipaddress.IPv6Address, ipaddress.IPv4Network, ipaddress.IPv4Interface, Path, float),
    *(AnyUrl | None, datetime.timedelta | int, datetime.timedelta | None, datetime.date | datetime.datetime),
)
STRUCTURES: Sequence[Any] = (
    *(list[int], list[float], list[str], list[bool], set[int], set[str], frozenset[str], tuple[int, ...], str, int),
    *(number(list[int], min_length=1), number(list[int], max_length=2), list[Positive], list[NonEmpty]),
    *(Annotated[list[int], Separated(",")], Annotated[list[int], Separated(";")], Annotated[list[str], Separated(",")]),
    *(Annotated[list[str], NoDecode], Annotated[set[int], Separated(",")], list[int] | None, list[int] | int),
    *(
        dict[str, int],
        dict[str, float],
        dict[str, str],
        dict[LongKey, int],
        number(dict[str, int], min_length=1),
    ),
    *(tuple[int, str], tuple[int, int], tuple[int, int, int], list[list[int]], dict[str, list[int]], Pool, LargePool),
    *(NeedsHost, list[Pool], list[LargePool], list[Literal["a", "b"]], list[Colour]),
    *(Annotated[list[Colour], Separated(",")], list[int | None], list[int | str], number(set[int], min_length=2)),
    *(
        dict[str, Any],
        list[Any],
        Annotated[tuple[int, ...], Separated(" / ")],
        list[datetime.timedelta],
        dict[str, Pool],
    ),
)


def drawn(seed: int, count: int) -> list[Any]:
    """Annotations of a few kinds with limits that are drawn, so that they are mutations of one another."""
    draw = random.Random(seed)
    return [_drawn(draw, depth=2) for _ in range(count)]


def _drawn(draw: random.Random, depth: int) -> Any:
    kind = draw.choice(
        ("int", "int", "float", "text", "text", "pattern", "pattern", "literal", "list", "union", "dict")
    )
    if kind in ("int", "float"):
        limits = {draw.choice(("ge", "gt")): draw.randint(-3, 3)} if draw.random() < 0.7 else {}
        limits |= {draw.choice(("le", "lt")): draw.randint(5, 9)} if draw.random() < 0.5 else {}
        return number(int if kind == "int" else float, **limits)
    if kind == "text":
        return text(min_length=draw.choice((0, 1, 2)), max_length=draw.choice((None, 3, 4, 8)))
    if kind == "pattern":
        return text(pattern=pattern(draw), max_length=draw.choice((None, None, 3, 6)))
    if kind == "literal":
        return Literal[tuple(draw.sample(("a", "b", "ab", "1", "true", ""), draw.randint(2, 4)))]
    if depth == 0:
        return draw.choice((str, int, bool))
    inner = _drawn(draw, depth - 1)
    if kind == "union":
        return inner | draw.choice((None, int, bool, Literal["a"], Literal["off", "b"]))
    if kind == "dict":
        return dict.__class_getitem__((str, inner))
    listed: Any = draw.choice((list, list, set))[inner if draw.random() < 0.5 else draw.choice((int, str))]
    listed = Annotated[listed, Field(max_length=draw.choice((None, 2, 3)), min_length=draw.choice((None, 1)))]
    return Annotated[listed, Separated(draw.choice((",", ";")))] if draw.random() < 0.4 else listed


def pattern(draw: random.Random) -> str:
    """Of letters, classes, repeats and branches; as a rule anchored."""
    parts = ("a", "b", "ab", "[ab]", "[a-c]", ".", r"\d", "[^a]", "(a|b)", "(ab)", "(a|bc)")
    repeats = ("", "", "*", "+", "?", "{1,3}", "{2}")
    middle = "".join(draw.choice(parts) + draw.choice(repeats) for _ in range(draw.randint(1, 3)))
    if draw.random() < 0.2:
        middle = f"(?:{middle}|{draw.choice(parts)})"
    return draw.choice(("^", "^", "^", "")) + middle + draw.choice(("$", "$", "$", ""))


FAMILIES = {"numbers": NUMBERS, "texts": TEXTS, "others": OTHERS, "structures": STRUCTURES}


def sides_of(annotations: Sequence[Any], *, required: bool = True, **config: Any) -> list[Side]:
    """One side for each annotation, of one contract."""
    base = type("Base", (BaseSettings,), {"model_config": SettingsConfigDict(**config)})  # type: ignore[typeddict-item]
    fields: dict[str, Any] = {f"v{n}": (each, ... if required else None) for n, each in enumerate(annotations)}
    cls: type[BaseSettings] = create_model("Settings", __base__=base, **fields)
    contract = bake(cls, name="shop", version="1")
    plan = IndexedPlan(contract)
    by_path = {tuple(each["path"]): each for each in contract.variables}
    return [Side(plan, by_path[(f"v{n}",)]) for n in range(len(annotations))]
