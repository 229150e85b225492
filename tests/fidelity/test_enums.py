"""Enums that take more than their members' values: (what the class takes) × (where it stands) × (what is given).

What a class lists is decided by boot as the class decides it; what its code decides is deferred, and nothing of it
is a plain pass.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from .boot import baked, boot_verdict
from .comparison import disagreement
from .oracle import settings_verdict
from .spec import Built, Environment, script

FLAGS = "from enum import CONFORM, EJECT, KEEP, STRICT, EnumMeta, Flag, IntFlag\n"
FURTHER = """class Further(Enum):
    RED = ("red", "r", 7)
    BLUE = ("blue", "b")
    def __new__(cls, value, *more):
        made = object.__new__(cls)
        made._value_ = value
        for each in more:
            cls._value2member_map_[each] = made
        return made
"""

# enum class -> its source; these are decided by boot itself
LISTED = {
    "Further": FURTHER,
    "FurtherText": FURTHER.replace("Further(Enum)", "FurtherText(str, Enum)").replace(
        "object.__new__(cls)", "str.__new__(cls, value)"
    ),
    "Bits": "class Bits(IntFlag):\n    R = 4\n    W = 2\n    RW = 6\n",
    "Strict": "class Strict(IntFlag, boundary=STRICT):\n    R = 4\n    W = 2\n",
    "Conform": "class Conform(IntFlag, boundary=CONFORM):\n    R = 1\n    W = 2\n",
    "Plain": "class Plain(Flag):\n    R = 1\n    W = 2\n    NONE = 0\n",
    "Keep": "class Keep(Flag, boundary=KEEP):\n    R = 1\n    W = 2\n",
    "Used": "class Used(IntFlag):\n    R = 1\n    W = 2\n",
}
# code of the application decides
DECIDED = {
    "Eject": "class Eject(IntFlag, boundary=EJECT):\n    R = 1\n    W = 2\n",
    "Missing": """class Missing(Enum):
    GCS = "gcs"
    LOCAL = "local"
    @classmethod
    def _missing_(cls, value):
        return next((each for each in cls if each.value == str(value).lower()), None)
""",
    "MissingText": """class MissingText(str, Enum):
    GCS = "gcs"
    @classmethod
    def _missing_(cls, value):
        return cls.GCS if value != 5 else None
""",
    "MissingNumber": """class MissingNumber(IntEnum):
    LOW = 1
    @classmethod
    def _missing_(cls, value):
        return cls.LOW if str(value) == "low" else None
""",
    "Called": """class Meta(EnumMeta):
    def __call__(cls, value, *arguments, **named):
        return super().__call__(value.lower() if isinstance(value, str) else value, *arguments, **named)
class Called(Enum, metaclass=Meta):
    GCS = "gcs"
""",
    "Hidden": """class Hidden(Enum):
    GCS = "gcs"
hidden = object.__new__(Hidden)
hidden._name_, hidden._value_ = "OTHER", "other"
Hidden._value2member_map_["x"] = hidden
""",
    "MissingFlag": """class MissingFlag(IntFlag):
    R = 1
    W = 2
    @classmethod
    def _missing_(cls, value):
        return cls.W if value == "w" else super()._missing_(value)
""",
}  # fmt: skip
SOURCES = LISTED | DECIDED

TEXTS = (
    "red",
    "r",
    "RED",
    "7",
    "gcs",
    "GCS",
    "local",
    "x",
    "low",
    "1",
    "2",
    "3",
    "4",
    "6",
    "8",
    "0",
    "-1",
    "",
    " 1",
    "w",
    "true",
)
IN_JSON: tuple[Any, ...] = ("red", "r", "RED", "gcs", "GCS", "x", "low", "w", "6", 7, 1, 2, 3, 6, 8, 0, -1, 6.0, 1.5, True, None, [1], {})  # fmt: skip

# where it stands -> (annotation, what is given)
PLACES = {
    "itself": ("{}", list(TEXTS)),
    "optional": ("Optional[{}] = None", list(TEXTS)),
    "list": ("list[{}]", [json.dumps([value]) for value in IN_JSON]),
    "set": ("set[{}]", [json.dumps([value, value]) for value in IN_JSON]),
    "tuple": ("tuple[{}, int]", [json.dumps([value, 1]) for value in IN_JSON]),
    "key": ("dict[{}, int]", [json.dumps({text: 1}) for text in TEXTS]),
    "value": ("dict[str, {}]", [json.dumps({"k": value}) for value in IN_JSON]),
    "before an integer": ("Union[{}, int]", list(TEXTS)),
    "before text": ("Union[{}, str]", list(TEXTS)),
    "after an integer": ("Union[int, {}]", list(TEXTS)),
    "left to right": ("Annotated[Union[{}, str], Field(union_mode='left_to_right')]", list(TEXTS)),
    "union in a list": ("list[Union[{}, int]]", [json.dumps([value]) for value in IN_JSON]),
    "JSON text": ("Json[{}]", [json.dumps(value) for value in IN_JSON]),
    "model": ("Inner", [json.dumps({"v": value}) for value in IN_JSON]),
}
CONFIGURED = ("", "use_enum_values=True", "strict=True", "env_parse_enums=True")


def source_of(name: str, place: str, configured: str) -> str:
    inner = f"class Inner(BaseModel):\n    v: {name}\n"
    config = f"    model_config = SettingsConfigDict({configured})\n" if configured else ""
    field = PLACES[place][0].format(name)
    return f"{FLAGS}{SOURCES[name]}{inner}class Settings(BaseSettings):\n{config}    v: {field}\n"


def _places(name: str, configured: str) -> list[str]:
    """All of them where nothing is configured, else a third: each enum and each place with each configuration."""
    others = CONFIGURED[1:]
    if configured not in others:
        return list(PLACES)
    first = (list(SOURCES).index(name) + others.index(configured)) % len(others)
    return list(PLACES)[first :: len(others)]


@pytest.mark.parametrize("configured", CONFIGURED)
@pytest.mark.parametrize("name", SOURCES)
def test_boot_says_of_an_enum_what_the_class_says(name: str, configured: str) -> None:
    for place in _places(name, configured):
        texts = PLACES[place][1]
        source = source_of(name, place, configured)
        with Built(source) as settings:
            made = baked(settings)
            assert made.contract is not None, f"{made.refusal or made.crash}\n{source}"
            if name in LISTED:
                assert not made.kinds, source
            else:
                assert ("v",) in {path[:1] for path in made.kinds}, source
            for text in texts:
                environment = Environment((("V", text),))
                theirs = settings_verdict(settings, environment)
                ours = boot_verdict(made.contract, environment)
                wrong = disagreement(settings, theirs, ours)
                assert not wrong, f"{wrong}\n\n{script(source, environment)}"


@pytest.mark.parametrize(
    ("name", "words", "kind", "choices"),
    [
        ("Further", "one of red, blue, b, r", "enum", ["red", "blue", "b", "r"]),
        ("Bits", "integer, of 4 (R), 2 (W), 6 (RW), in JSON also a sum of them", "integer", None),
        ("Missing", "one of gcs, local, or another form that the application accepts", "any", None),
    ],
)
def test_choices_are_all_that_can_be_given(name: str, words: str, kind: str, choices: list[str] | None) -> None:
    with Built(source_of(name, "itself", "")) as settings:
        contract = baked(settings).contract
    assert contract is not None
    (variable,) = contract.variables
    assert variable["type"] == {"text": words, "kind": kind}
    assert variable.get("constraints", {}).get("enum") == choices


def test_a_contract_is_the_same_whatever_flags_were_put_together_before() -> None:
    with Built(source_of("Used", "itself", "")) as used, Built(source_of("Used", "itself", "")) as again:
        assert again.model_fields["v"].annotation(3).name == "R|W"
        first, second = baked(used).contract, baked(again).contract
    assert first is not None
    assert second is not None
    assert first.compiled == second.compiled
