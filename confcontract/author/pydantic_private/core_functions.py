"""The functions that pydantic puts into core schemas."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from pydantic import ByteSize, Secret, SecretBytes, SecretStr, TypeAdapter

from confcontract.author.introspection import origin_of
from confcontract.author.release_check import PYDANTIC, lacking


class Does(Enum):
    """What a function of pydantic does with a value."""

    WRAPS_SECRET = auto()  # SecretStr and similar types
    WRAPS_URL = auto()
    KEEPS_CONTAINER = auto()  # Sequence[T], defaultdict, before 2.14 deque: a list, or a mapping, of another class
    TAKES_VALUE = auto()  # of an enum's member, with use_enum_values
    MAKES_PATH = auto()
    MAKES_SIZE = auto()
    MAKES_PATTERN = auto()
    MAKES_ADDRESS = auto()
    COMPARES = auto()
    LIMITS_LENGTH = auto()
    REFUSES_INFINITY = auto()
    ASKS_MACHINE = auto()  # checks for files or for modules


@dataclass(frozen=True)
class OwnFunction:
    """A function of pydantic. word: the argument of a bound, such as "gt", or "address", "network", "interface".

    version: of IP; 0 for both.
    """

    does: Does
    word: str = ""
    version: int = 0


def _addresses() -> Iterator[tuple[str, OwnFunction]]:
    for kind in ("address", "network", "interface"):
        yield f"IPvAny{kind.capitalize()}._validate", OwnFunction(Does.MAKES_ADDRESS, kind)
        for version in (4, 6):
            own = OwnFunction(Does.MAKES_ADDRESS, kind, version)
            yield f"IPv{version}{kind.capitalize()}", own  # the class of the standard library
            yield f"ip_v{version}_{kind}_validator", own


OWN_FUNCTIONS: dict[str, OwnFunction] = {
    "SecretBytes": OwnFunction(Does.WRAPS_SECRET),
    "SecretStr": OwnFunction(Does.WRAPS_SECRET),
    "Secret.__get_pydantic_core_schema__.<locals>.<lambda>": OwnFunction(Does.WRAPS_SECRET),
    "Secret.__get_pydantic_core_schema__.<locals>.validate_secret_value": OwnFunction(Does.WRAPS_SECRET),
    "_BaseUrl.__get_pydantic_core_schema__.<locals>.wrap_val": OwnFunction(Does.WRAPS_URL),
    "_BaseMultiHostUrl.__get_pydantic_core_schema__.<locals>.wrap_val": OwnFunction(Does.WRAPS_URL),
    "sequence_validator": OwnFunction(Does.KEEPS_CONTAINER),
    "defaultdict_validator": OwnFunction(Does.KEEPS_CONTAINER),
    "deque_validator": OwnFunction(Does.KEEPS_CONTAINER),
    "GenerateSchema._path_schema.<locals>.path_validator": OwnFunction(Does.MAKES_PATH),
    "ByteSize._validate": OwnFunction(Does.MAKES_SIZE),
    "pattern_either_validator": OwnFunction(Does.MAKES_PATTERN),
    "pattern_str_validator": OwnFunction(Does.MAKES_PATTERN),
    **dict(_addresses()),
    "greater_than_validator": OwnFunction(Does.COMPARES, "gt"),
    "greater_than_or_equal_validator": OwnFunction(Does.COMPARES, "ge"),
    "less_than_validator": OwnFunction(Does.COMPARES, "lt"),
    "less_than_or_equal_validator": OwnFunction(Does.COMPARES, "le"),
    "multiple_of_validator": OwnFunction(Does.COMPARES, "multiple_of"),
    "min_length_validator": OwnFunction(Does.LIMITS_LENGTH, "min_length"),
    "max_length_validator": OwnFunction(Does.LIMITS_LENGTH, "max_length"),
    "forbid_inf_nan_check": OwnFunction(Does.REFUSES_INFINITY),
    "import_string": OwnFunction(Does.ASKS_MACHINE),
}
_PATH_TESTS = "PathType.validate_"  # FilePath, DirectoryPath, NewPath, SocketPath
_SERIALIZERS_OF_SECRETS = ("_serialize_secret_field", "_serialize_secret")


def own_function(function: Any) -> OwnFunction | None:
    """Identify a function in a core schema; None if it is the application's, or one of pydantic's that is not known."""
    module, name = origin_of(function)
    if isinstance(function, operator.attrgetter):
        return OwnFunction(Does.TAKES_VALUE)
    if function is OrderedDict:
        return OwnFunction(Does.KEEPS_CONTAINER)
    if not module.startswith(("pydantic.", "ipaddress")):
        return None
    return OwnFunction(Does.ASKS_MACHINE) if name.startswith(_PATH_TESTS) else OWN_FUNCTIONS.get(name)


def is_of_pydantic(function: Any) -> bool:
    """Whether a function in a core schema belongs to pydantic, known or not."""
    return function is OrderedDict or origin_of(function)[0].startswith(("pydantic.", "ipaddress", "operator"))


def is_secret_core(schema: dict[str, Any]) -> bool:
    """Whether a core schema is that of SecretStr, SecretBytes or Secret[T]."""
    serializer = schema.get("serialization") or schema.get("lax_schema", {}).get("serialization") or {}
    return getattr(serializer.get("function"), "__name__", "") in _SERIALIZERS_OF_SECRETS


def _look_at_secrets() -> None:
    """Check that secrets are recognized: a secret that is not recognized would be shown."""
    kinds: tuple[Any, ...] = (SecretStr, SecretBytes, Secret[int])
    for kind in kinds:
        if not is_secret_core(dict(TypeAdapter(kind).core_schema)):
            raise lacking(PYDANTIC, f"the serializer of {kind.__name__} in its core schema")


_look_at_secrets()


def is_secret_text_core(schema: dict[str, Any]) -> bool:
    """Whether a core schema is that of SecretStr, which accepts its own instances without checking their text."""
    inner = schema.get("lax_schema", {}).get("json_schema", {}).get("schema", {})
    return is_secret_core(schema) and inner.get("type") == "str"


def byte_units() -> dict[str, float]:
    """Unit → its factor, in lower case, as ByteSize accepts them."""
    return dict(sorted(ByteSize.byte_sizes.items()))
