"""Traps of names: which variable reaches which field. Every expectation is what `Settings()` does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class _Rejected:
    def __repr__(self) -> str:
        return "REJECTED"


REJECTED = _Rejected()


@dataclass(frozen=True)
class Try:
    """One environment and what `Settings()` makes of it: its values, or REJECTED."""

    environ: dict[str, str]
    expected: Any
    files: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Trap:
    """A sentence, the class it is about, and environments; `refused`: words of bake's refusal, where it must refuse.

    since: the release, such as "pydantic-settings 2.16", since which the sentence is true.
    judged_since: the release since which boot judges it. Before, the field is left to the application.
    """

    sentence: str
    source: str
    tries: tuple[Try, ...]
    refused: str = ""
    since: str = ""
    judged_since: str = ""


def trap(sentence: str, source: str, *tries: Try, refused: str = "", since: str = "", judged_since: str = "") -> Trap:
    return Trap(sentence, source, tries, refused, since, judged_since)


def settings(*lines: str, before: str = "", **config: Any) -> str:
    """Source of a settings class with these fields."""
    said = ", ".join(f"{key}={value!r}" for key, value in config.items())
    configured = f"    model_config = SettingsConfigDict({said})\n" if said else ""
    return f"{before}\nclass Settings(BaseSettings):\n{configured}" + "".join(f"    {line}\n" for line in lines)


SUB = "class Sub(BaseModel):\n    x: int = 1\n    y: int = 2\n"
ALIASED = "class Sub(BaseModel):\n    x: int = Field(1, alias='ex')\n    y: int = 2\n"

# fmt: off
NAMES: tuple[Trap, ...] = (
    # --- Matching is lowercased by default; in case-sensitive mode the exact prefix and field
    trap("names match in any case", settings("a: int", env_prefix="APP_"),
         Try({"APP_A": "1"}, {"a": 1}), Try({"app_a": "1"}, {"a": 1}), Try({"App_A": "1"}, {"a": 1}), Try({"A": "1"}, REJECTED)),
    trap("of two cases of one name the last in the environment wins", settings("a: int", env_prefix="APP_"),
         Try({"APP_A": "1", "app_a": "2"}, {"a": 2}), Try({"app_a": "2", "APP_A": "1"}, {"a": 1}), Try({"APP_A": "x", "app_a": "2"}, {"a": 2}),
         Try({"app_a": "2", "APP_A": ""}, REJECTED)),
    trap("a lowercase prefix matches uppercase variables", settings("Port: int = 1", env_prefix="app_"), Try({"APP_PORT": "2"}, {"Port": 2})),
    trap("case-sensitive mode needs the exact prefix and field", settings("Port: int = 1", env_prefix="APP_", case_sensitive=True),
         Try({"APP_Port": "2"}, {"Port": 2}), Try({"APP_PORT": "2"}, {"Port": 1}), Try({"app_Port": "2"}, {"Port": 1})),
    trap("case-sensitive mode needs the exact nested segment", settings("sub: Sub = Sub()", before=SUB, env_nested_delimiter="__", case_sensitive=True),
         Try({"sub__x": "5"}, {"sub": {"x": 5, "y": 2}}), Try({"sub__X": "5"}, {"sub": {"x": 1, "y": 2}}), Try({"SUB__x": "5"}, {"sub": {"x": 1, "y": 2}})),
    # --- alias drops both prefix and field name
    trap("an alias drops both the prefix and the field name", settings("a: int = Field(0, alias='other')", env_prefix="APP_"),
         Try({"other": "1"}, {"a": 1}), Try({"OTHER": "1"}, {"a": 1}), Try({"APP_OTHER": "1"}, {"a": 0}), Try({"APP_A": "1"}, {"a": 0}), Try({"a": "1"}, {"a": 0})),
    trap("a validation alias drops both the prefix and the field name", settings("a: int = Field(0, validation_alias='other')", env_prefix="APP_"),
         Try({"OTHER": "1"}, {"a": 1}), Try({"APP_OTHER": "1"}, {"a": 0}), Try({"APP_A": "1"}, {"a": 0})),
    trap("a serialization alias plays no part", settings("a: int = Field(0, serialization_alias='other')", env_prefix="APP_"),
         Try({"APP_A": "1"}, {"a": 1}), Try({"other": "1"}, {"a": 0}), Try({"APP_OTHER": "1"}, {"a": 0})),
    trap("an alias generator drops the prefix",
         "def gen(name):\n    return 'x_' + name\n\n" + settings("a: int = 0").replace("    a:", "    model_config = SettingsConfigDict(env_prefix='APP_', alias_generator=gen)\n    a:"),
         Try({"X_A": "1"}, {"a": 1}), Try({"APP_X_A": "1"}, {"a": 0}), Try({"APP_A": "1"}, {"a": 0})),
    trap("env_prefix_target=alias puts the prefix before aliases only", settings("a: int = Field(0, alias='other')", "b: int = 0", env_prefix="APP_", env_prefix_target="alias"),
         Try({"APP_OTHER": "1"}, {"a": 1, "b": 0}), Try({"OTHER": "1"}, {"a": 0, "b": 0}), Try({"B": "1"}, {"a": 0, "b": 1}), Try({"APP_B": "1"}, {"a": 0, "b": 0})),
    trap("env_prefix_target=all puts the prefix before everything", settings("a: int = Field(0, alias='other')", "b: int = 0", env_prefix="APP_", env_prefix_target="all"),
         Try({"APP_OTHER": "1", "APP_B": "2"}, {"a": 1, "b": 2}), Try({"OTHER": "1", "B": "2"}, {"a": 0, "b": 0})),
    trap("populate_by_name adds prefix and field name, after the alias", settings("a: int = Field(0, alias='other')", env_prefix="APP_", populate_by_name=True),
         Try({"APP_A": "1"}, {"a": 1}), Try({"OTHER": "2"}, {"a": 2}), Try({"APP_A": "1", "OTHER": "2"}, {"a": 2}), Try({"A": "1"}, {"a": 0})),
    trap("validate_by_name adds prefix and field name", settings("a: int = Field(0, alias='other')", env_prefix="APP_", validate_by_name=True),
         Try({"APP_A": "1"}, {"a": 1}), Try({"OTHER": "2"}, {"a": 2})),
    trap("validate_by_alias=False uses the field only", settings("a: int = Field(0, alias='other')", env_prefix="APP_", validate_by_name=True, validate_by_alias=False),
         Try({"APP_A": "1"}, {"a": 1}), Try({"OTHER": "2"}, {"a": 0}), Try({"APP_A": "1", "OTHER": "2"}, {"a": 1}), since="pydantic-settings 2.16"),
    # --- AliasChoices, AliasPath
    trap("of several choices the first that is set wins", settings("a: int = Field(0, validation_alias=AliasChoices('one', 'two', 'three'))", env_prefix="APP_"),
         Try({"TWO": "2", "THREE": "3"}, {"a": 2}), Try({"THREE": "3", "ONE": "1"}, {"a": 1}), Try({"APP_A": "1"}, {"a": 0})),
    trap("the first choice that is set wins even if it is empty", settings("a: int = Field(0, validation_alias=AliasChoices('one', 'two'))"),
         Try({"ONE": "", "TWO": "2"}, REJECTED)),
    trap("an empty first choice of a text field is its value", settings("a: str = Field('d', validation_alias=AliasChoices('one', 'two'))"),
         Try({"ONE": "", "TWO": "2"}, {"a": ""})),
    trap("a choice that is wrong is rejected under any of its names", settings("a: int = Field(validation_alias=AliasChoices('one', 'two'))"),
         Try({"TWO": "x"}, REJECTED), Try({}, REJECTED)),
    trap("an alias path decodes its head as JSON", settings("a: int = Field(0, validation_alias=AliasPath('doc', 'k', 0))"),
         Try({"DOC": '{"k": [7]}'}, {"a": 7}), Try({"DOC": '{"k": []}'}, REJECTED), Try({"DOC": "{}"}, REJECTED), Try({"DOC": '{"k": ["x"]}'}, REJECTED), Try({"DOC": "{"}, REJECTED)),
    trap("a path that has no target leaves its head an extra, which may be ignored", settings("a: int = Field(0, validation_alias=AliasPath('doc', 'k', 0))", extra="ignore"),
         Try({"DOC": '{"k": []}'}, {"a": 0}), Try({"DOC": "5"}, {"a": 0}), Try({"DOC": "{"}, REJECTED)),
    trap("a head that is not a container is an extra and forbidden", settings("a: int = Field(0, validation_alias=AliasPath('doc', 0))"),
         Try({"DOC": "5"}, REJECTED), Try({"DOC": '"text"'}, REJECTED), Try({"DOC": "null"}, {"a": 0})),
    trap("a path among choices comes after the plain name", settings("a: int = Field(0, validation_alias=AliasChoices('one', AliasPath('doc', 'k')))"),
         Try({"DOC": '{"k": 3}'}, {"a": 3}), Try({"ONE": "1", "DOC": '{"k": 3}'}, {"a": 1})),
    trap("two fields share the head of a path", settings("a: int = Field(validation_alias=AliasPath('doc', 0))", "b: int = Field(validation_alias=AliasPath('doc', 1))"),
         Try({"DOC": "[1, 2]"}, {"a": 1, "b": 2}), Try({"DOC": "[1]"}, REJECTED)),
    trap("nested segments match aliases, not names, where an alias exists", settings("sub: Sub = Sub()", before=ALIASED, env_nested_delimiter="__"),
         Try({"SUB__EX": "5"}, {"sub": {"x": 5, "y": 2}}), Try({"SUB__X": "5"}, {"sub": {"x": 1, "y": 2}}), Try({"SUB": '{"ex": 6}'}, {"sub": {"x": 6, "y": 2}}),
         Try({"SUB": '{"x": 6}'}, {"sub": {"x": 1, "y": 2}}), Try({"SUB": '{"EX": 6}'}, {"sub": {"x": 6, "y": 2}})),
    trap("an extra-forbidding nested model rejects the field's name where an alias exists",
         settings("sub: Sub = Sub()", before=ALIASED.replace("    x", "    model_config = ConfigDict(extra='forbid')\n    x"), env_nested_delimiter="__"),
         Try({"SUB__X": "5"}, REJECTED), Try({"SUB__EX": "5"}, {"sub": {"x": 5, "y": 2}})),
    # --- instances of settings classes
    trap("a default that is made on import reads the environment though it is not used",
         "class Cache(BaseSettings):\n    size: float = 1.5\n\n"
         + settings("a: Cache = Cache()", "b: Optional[Cache] = Cache(size=3)", env_prefix="APP_", env_nested_delimiter="__"),
         Try({"APP_A": '{"size": 2}', "SIZE": "x"}, None), Try({"APP_A__SIZE": "2", "APP_B__SIZE": "2", "SIZE": "x"}, None),
         Try({"APP_A__SIZE": "2", "APP_B__SIZE": "4", "SIZE": "5"}, {"a": {"size": 2.0}, "b": {"size": 4.0}})),
    # --- the default object
    trap("one nested variable throws away the default object", settings("sub: Sub = Sub(x=10, y=20)", before=SUB, env_nested_delimiter="__", env_prefix="P_"),
         Try({}, {"sub": {"x": 10, "y": 20}}), Try({"P_SUB__X": "5"}, {"sub": {"x": 5, "y": 2}})),
    trap("an unknown nested key still throws away the default object", settings("sub: Sub = Sub(x=10, y=20)", before=SUB, env_nested_delimiter="__", env_prefix="P_"),
         Try({"P_SUB__NOPE": "1"}, {"sub": {"x": 1, "y": 2}}), Try({"P_SUB": "{}"}, {"sub": {"x": 1, "y": 2}})),
    trap("with partial update what stays of a default is objects, not their text",
         settings("sub: Sub = Sub(x=1)", env_nested_delimiter="__", nested_model_default_partial_update=True,
                  before="class Pair(Enum):\n    AB = (1, 2)\n\nclass Sub(BaseModel):\n    x: int\n    pair: Pair = Pair.AB\n    day: Annotated[date, Strict()] = date(2024, 1, 2)\n"
                         "    ratio: Annotated[Decimal, Strict()] = Decimal('1.5')\n    wait: Annotated[timedelta, Strict()] = timedelta(seconds=1)\n"),
         Try({"SUB__X": "5"}, {"sub": {"x": 5, "pair": [1, 2], "day": "2024-01-02", "ratio": "1.5", "wait": "PT1S"}}), Try({"SUB": '{"nope": 1}'}, None)),
    trap("with partial update a settings class's default instance stays",
         "class Pair(Enum):\n    AB = (1, 2)\n\nclass Nested(BaseSettings):\n    pair: Pair\n    size: int\n\n"
         + settings("sub: Nested = Nested(pair=Pair.AB, size=5)", env_prefix="P_", env_nested_delimiter="__", nested_model_default_partial_update=True, strict=True),
         Try({"P_SUB__SIZE": "6"}, None), Try({}, None)),
    trap("with partial update the default object stays", settings("sub: Sub = Sub(x=10, y=20)", before=SUB, env_nested_delimiter="__", env_prefix="P_", nested_model_default_partial_update=True),
         Try({"P_SUB__X": "5"}, {"sub": {"x": 5, "y": 20}}), Try({"P_SUB__NOPE": "1"}, {"sub": {"x": 10, "y": 20}}), Try({"P_SUB": '{"y": 3}'}, {"sub": {"x": 10, "y": 3}}),
         Try({}, {"sub": {"x": 10, "y": 20}})),
    trap("an unknown nested key of a required model makes it", settings("sub: Sub", before=SUB, env_nested_delimiter="__"),
         Try({"SUB__NOPE": "1"}, {"sub": {"x": 1, "y": 2}}), Try({}, REJECTED)),
    # --- JSON and exploded
    trap("JSON and exploded variables merge deeply, the exploded one winning",
         settings("sub: Outer", before=SUB + "\n\nclass Outer(BaseModel):\n    inner: Sub\n    z: int = 3\n", env_nested_delimiter="__"),
         Try({"SUB": '{"inner": {"x": 5, "y": 6}, "z": 7}', "SUB__INNER__X": "50"}, {"sub": {"inner": {"x": 50, "y": 6}, "z": 7}}),
         Try({"SUB__INNER": '{"x": 5}', "SUB__INNER__Y": "60"}, {"sub": {"inner": {"x": 5, "y": 60}, "z": 3}}),
         Try({"SUB__INNER__Y": "60", "SUB__INNER": '{"x": 5}'}, {"sub": {"inner": {"x": 5, "y": 2}, "z": 3}}),
         Try({"SUB": "5", "SUB__INNER__X": "50"}, REJECTED)),
    trap("across sources dicts merge and lists replace", settings("m: dict[str, int] = {}", "many: list[int] = []", env_file=".env"),
         Try({"M": '{"a": 1}', "MANY": "[1]"}, {"m": {"a": 1, "b": 2}, "many": [1]}, {".env": "M='{\"b\": 2, \"a\": 9}'\nMANY=[2,3]\n"})),
    trap("map keys are lowercased when exploded and kept in JSON", settings("m: dict[str, int]", env_nested_delimiter="__"),
         Try({"M__Key": "1"}, {"m": {"key": 1}}), Try({"M": '{"Key": 1}'}, {"m": {"Key": 1}}), Try({"M": '{"Key": 1}', "M__KEY": "2"}, {"m": {"Key": 1, "key": 2}})),
    trap("map keys keep their case in case-sensitive mode", settings("m: dict[str, int]", env_nested_delimiter="__", case_sensitive=True), Try({"m__Key": "1"}, {"m": {"Key": 1}})),
    trap("list indexes are not supported", settings("many: list[int] = [9]", env_nested_delimiter="__"),
         Try({"MANY__0": "1"}, REJECTED), Try({"MANY": "[1]", "MANY__0": "2"}, {"many": [1]})),
    trap("with delimiter _ one variable can feed two fields", settings("a: Sub = Sub()", "a_x: int = 0", before=SUB, env_nested_delimiter="_"),
         Try({"A_X": "5"}, {"a": {"x": 5, "y": 2}, "a_x": 5})),
    # --- null and the empty string
    trap("JSON null means unset, even for a field that is not optional", settings("many: list[int] = [1]", "sub: Sub = Sub(x=5)", before=SUB),
         Try({"MANY": "null"}, {"many": [1], "sub": {"x": 5, "y": 2}}), Try({"SUB": "null"}, {"many": [1], "sub": {"x": 5, "y": 2}})),
    trap("JSON null leaves a required field missing", settings("many: list[int]"), Try({"MANY": "null"}, REJECTED)),
    trap("JSON null for an optional list keeps its default", settings("many: list[int] | None = [1]"), Try({"MANY": "null"}, {"many": [1]})),
    trap("the empty string for a list is an error", settings("many: list[int] = [1]"), Try({"MANY": ""}, REJECTED)),
    trap("the empty string for an optional list is not a list", settings("many: list[int] | None = [1]"), Try({"MANY": ""}, REJECTED)),
    trap("a union with a complex member tries JSON and falls back to the raw string", settings("v: list[int] | str"),
         Try({"V": "[1, 2]"}, {"v": [1, 2]}), Try({"V": "plain"}, {"v": "plain"}), Try({"V": "[1"}, {"v": "[1"}), Try({"V": '"quoted"'}, {"v": "quoted"}), Try({"V": '["x"]'}, REJECTED)),
    trap("5 for Sub | None | str decodes to an int and fails", settings("v: Sub | None | str = None", before=SUB),
         Try({"V": "5"}, REJECTED), Try({"V": "five"}, {"v": "five"}), Try({"V": '{"x": 5}'}, {"v": {"x": 5, "y": 2}}), Try({"V": "true"}, REJECTED), Try({"V": '"5"'}, {"v": "5"}),
         Try({"V": "null"}, {"v": None})),
    # --- decoding switched off
    trap("Json[T] skips decoding, pydantic decodes it", settings("v: Json[list[int]]"), Try({"V": "[1]"}, {"v": [1]}), Try({"V": "[1"}, REJECTED), Try({"V": '["1"]'}, {"v": [1]})),
    trap("NoDecode skips decoding", settings("v: Annotated[list[int], NoDecode] = []", "w: Annotated[list[str], NoDecode, BeforeValidator(split_commas)] = []"),
         Try({"V": "[1]"}, REJECTED), Try({"W": "a,b"}, {"v": [], "w": ["a", "b"]})),
    trap("enable_decoding=False skips decoding everywhere, ForceDecode restores it", settings("v: list[int] = []", "w: Annotated[list[int], ForceDecode] = []", enable_decoding=False),
         Try({"V": "[1]"}, REJECTED), Try({"W": "[1]"}, {"v": [], "w": [1]})),
    trap("enable_decoding=False reaches submodels",
         settings("sub: Box", before="class Box(BaseModel):\n    many: list[int] = []\n    forced: Annotated[list[int], ForceDecode] = []\n", enable_decoding=False, env_nested_delimiter="__"),
         Try({"SUB__MANY": "[1]"}, REJECTED), Try({"SUB__FORCED": "[1]"}, {"sub": {"many": [], "forced": [1]}}), Try({"SUB": '{"many": [1]}'}, REJECTED)),
    # --- env_nested_max_split
    trap("env_nested_max_split bounds the splitting after the prefix is removed",
         settings("db: Conn = Conn()", before="class Conn(BaseModel):\n    host_name: str = 'h'\n    url: str = 'u'\n", env_prefix="APP_", env_nested_delimiter="_", env_nested_max_split=1),
         Try({"APP_DB_HOST_NAME": "x"}, {"db": {"host_name": "x", "url": "u"}}), Try({"APP_DB_URL": "y"}, {"db": {"host_name": "h", "url": "y"}})),
    trap("without it a field with the delimiter in its name can't be reached", settings("db: Conn = Conn()", before="class Conn(BaseModel):\n    host_name: str = 'h'\n", env_nested_delimiter="_"),
         Try({"DB_HOST_NAME": "x"}, {"db": {"host_name": "h"}})),
    # --- env_parse_none_str
    trap("env_parse_none_str is the whole value, case-sensitive", settings("a: int | None = 1", "b: str | None = 'x'", env_parse_none_str="null"),
         Try({"A": "null"}, {"a": None, "b": "x"}), Try({"A": "NULL"}, REJECTED), Try({"B": "nullable"}, {"a": 1, "b": "nullable"}), Try({"B": "Null"}, {"a": 1, "b": "Null"})),
    trap("env_parse_none_str plays no part inside JSON", settings("many: list[str | None] = []", "m: dict[str, str | None] = {}", env_parse_none_str="none", env_nested_delimiter="__"),
         Try({"MANY": '["none"]'}, {"many": ["none"], "m": {}}), Try({"M": '{"k": "none"}'}, {"many": [], "m": {"k": "none"}}), Try({"M__K": "none"}, {"many": [], "m": {"k": None}})),
    trap("env_parse_none_str for a field that is not optional is none", settings("a: int = 1", "many: list[int] = [1]", env_parse_none_str="null"),
         Try({"A": "null"}, None), Try({"MANY": "null"}, None)),
    trap("an empty env_parse_none_str makes the empty string none", settings("a: int | None = 1", env_parse_none_str=""), Try({"A": ""}, None)),
    # --- env_parse_enums
    trap("env_parse_enums: name beats value, case-sensitive",
         settings("e: Swap = Swap.A", before="class Swap(Enum):\n    A = 'B'\n    B = 'A'\n    C = 'c'\n", env_parse_enums=True),
         Try({"E": "A"}, {"e": "B"}), Try({"E": "B"}, {"e": "A"}), Try({"E": "C"}, {"e": "c"}), Try({"E": "c"}, {"e": "c"}), Try({"E": "a"}, REJECTED)),
    trap("env_parse_enums plays no part inside JSON",
         settings("many: list[Swap] = []", "sub: Box | None = None", before="class Swap(Enum):\n    A = 'x'\n    B = 'y'\n\n\nclass Box(BaseModel):\n    e: Swap\n", env_parse_enums=True, env_nested_delimiter="__"),
         Try({"MANY": '["A"]'}, REJECTED), Try({"MANY": '["x"]'}, {"many": ["x"], "sub": None}), Try({"SUB__E": "A"}, {"many": [], "sub": {"e": "x"}}), Try({"SUB": '{"e": "A"}'}, REJECTED)),
    # --- env_ignore_empty
    trap("env_ignore_empty removes variables before names are resolved", settings("a: int = Field(0, validation_alias=AliasChoices('one', 'two'))", "b: str = 'd'", env_ignore_empty=True),
         Try({"ONE": "", "TWO": "2"}, {"a": 2, "b": "d"}), Try({"B": ""}, {"a": 0, "b": "d"}), Try({"b": "x", "B": ""}, {"a": 0, "b": "x"})),
    trap("env_ignore_empty does not remove empty secret files", settings("b: str = 'd'", env_ignore_empty=True, secrets_dir="secrets"),
         Try({}, {"b": ""}, {"secrets/b": ""}), Try({"B": ""}, {"b": ""}, {"secrets/b": ""})),
    trap("an empty string for a text field is its value, for a number an error", settings("a: int = 1", "b: str = 'd'"), Try({"B": ""}, {"a": 1, "b": ""}), Try({"A": ""}, REJECTED)),
    # --- extra
    trap("extra=forbid never rejects an unknown variable", settings("a: int = 1", env_prefix="APP_", extra="forbid"), Try({"APP_NOPE": "1", "NOPE": "2"}, {"a": 1})),
    trap("extra=forbid rejects every unknown key of an env file that is not empty", settings("a: int = 1", env_prefix="APP_", extra="forbid", env_file=".env"),
         Try({}, REJECTED, {".env": "APP_NOPE=1\n"}), Try({}, REJECTED, {".env": "NOPE=1\n"}), Try({}, {"a": 1}, {".env": "NOPE=\nAPP_NOPE=\n"}), Try({}, {"a": 2}, {".env": "APP_A=2\n"})),
    trap("extra=ignore takes any key of an env file", settings("a: int = 1", env_prefix="APP_", extra="ignore", env_file=".env"), Try({}, {"a": 1}, {".env": "APP_NOPE=1\nNOPE=1\n"})),
    trap("extra=allow keeps unknown keys of an env file", settings("a: int = 1", env_prefix="APP_", extra="allow", env_file=".env"),
         Try({}, {"a": 1, "nope": "1"}, {".env": "APP_NOPE=1\n"}), Try({"APP_OTHER": "1"}, {"a": 1}), since="pydantic-settings 2.16"),
    # --- secrets_dir
    trap("a secrets directory is the lowest source", settings("a: int = 1", secrets_dir="secrets", env_file=".env"),
         Try({}, {"a": 5}, {"secrets/a": "5"}), Try({"A": "6"}, {"a": 6}, {"secrets/a": "5"}), Try({}, {"a": 7}, {"secrets/a": "5", ".env": "A=7\n"})),
    trap("a secret file's name matches in any case and its content is stripped", settings("Label: str = 'd'", env_prefix="APP_", secrets_dir="secrets"),
         Try({}, {"Label": "s3"}, {"secrets/APP_LABEL": " s3 \n"}), Try({}, {"Label": "s3"}, {"secrets/app_label": "s3"}), Try({}, {"Label": "d"}, {"secrets/label": "s3"})),
    trap("secret files do not nest", settings("sub: Sub = Sub()", before=SUB, secrets_dir="secrets", env_nested_delimiter="__"),
         Try({}, {"sub": {"x": 1, "y": 2}}, {"secrets/sub__x": "5"}), Try({}, {"sub": {"x": 5, "y": 2}}, {"secrets/sub": '{"x": 5}'})),
    trap("the last secrets directory wins", settings("a: int = 1", secrets_dir=["one", "two"]),
         Try({}, {"a": 2}, {"one/a": "1", "two/a": "2"}), Try({}, {"a": 1}, {"one/a": "1", "two/b": "2"})),
    trap("a missing secrets directory is not an error", settings("a: int = 1", secrets_dir="nowhere"), Try({}, {"a": 1})),
    trap("a secrets directory that is a file is an error", settings("a: int = 1", secrets_dir="secrets"), Try({}, REJECTED, {"secrets": "x"})),
    # --- nested BaseSettings
    trap("nested settings read their own environment",
         settings("sub: Inner", before="class Inner(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='IN_')\n    x: int = 1\n    y: int = 2\n", env_nested_delimiter="__"),
         Try({"SUB__X": "5"}, {"sub": {"x": 5, "y": 2}}), Try({"SUB": "{}", "IN_Y": "7"}, {"sub": {"x": 1, "y": 7}}), Try({"SUB__X": "5", "IN_X": "6"}, {"sub": {"x": 5, "y": 2}}),
         Try({"IN_X": "6"}, REJECTED), Try({"SUB__X": "5", "IN_Y": "bad"}, REJECTED)),
    trap("nested settings made by a factory read their own environment",
         settings("sub: Inner = Field(default_factory=Inner)", before="class Inner(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='IN_')\n    x: int = 1\n"),
         Try({"IN_X": "6"}, {"sub": {"x": 6}}), Try({}, {"sub": {"x": 1}}), Try({"IN_X": "bad"}, REJECTED)),
    trap("defaults are validated", settings("a: int = '7'", "t: timedelta = 30"), Try({}, {"a": 7, "t": "PT30S"})),
    trap("with validate_default=False they are taken as they are", settings("a: int = '7'", validate_default=False), Try({}, {"a": "7"}), Try({"A": "8"}, {"a": 8})),
    # --- dotenv
    trap("dotenv: ${X} expands even inside single quotes, $X does not", settings("a: str = ''", "b: str = ''", "c: str = ''", "x: str = ''", env_file=".env"),
         Try({"X": "env"}, {"a": "env", "b": "env", "c": "$X", "x": "env"}, {".env": "A=${X}\nB='${X}'\nC=$X\n"}),
         Try({}, {"a": "file", "b": "dflt", "c": "", "x": "file"}, {".env": "X=file\nA=${X}\nB=${Y:-dflt}\n"})),
    trap("dotenv: x#c keeps #c, x #c does not", settings("a: str = ''", "b: str = ''", env_file=".env"), Try({}, {"a": "x#c", "b": "x"}, {".env": "A=x#c\nB=x #c\n"})),
    trap("dotenv: a bare name is unset", settings("a: str = 'd'", "b: int", env_file=".env"),
         Try({"B": "1"}, {"a": "d", "b": 1}, {".env": "A\n"}), Try({}, REJECTED, {".env": "B\n"})),
    trap("dotenv: bad lines are dropped", settings("a: str = 'd'", env_file=".env"), Try({}, {"a": "x"}, {".env": "this is not a line\nA=x\n=y\n"})),
    trap("dotenv: the last of two equal names wins", settings("a: str = 'd'", env_file=".env"), Try({}, {"a": "2"}, {".env": "A=1\na=2\n"}), Try({}, {"a": "3"}, {".env": "A=1\nA=3\n"})),
    trap("dotenv: export, quotes and escapes", settings("a: str = 'd'", "b: str = ''", "c: str = ''", env_file=".env"),
         Try({}, {"a": "x", "b": "l1\nl2", "c": "a\\nb"}, {".env": "export A=x\nB=\"l1\\nl2\"\nC='a\\nb'\n"})),
    trap("dotenv: of two files the last wins, the environment beats both", settings("a: int = 1", "b: int = 1", env_file=[".env", ".env.local"]),
         Try({"B": "4"}, {"a": 3, "b": 4}, {".env": "A=2\nB=2\n", ".env.local": "A=3\n"}), Try({}, {"a": 1, "b": 1})),
    trap("dotenv: a byte order mark becomes part of the first name", settings("a: int = 1", env_file=".env", extra="ignore"), Try({}, None, {".env": "\ufeffA=2\n"})),
    # --- strict
    trap("strict settings take numbers as text", settings("a: int = 1", "b: bool = False", "t: timedelta = timedelta(0)", "many: list[int] = []", strict=True),
         Try({"A": "1"}, {"a": 1, "b": False, "t": "PT0S", "many": []}), Try({"A": "1.0"}, None), Try({"B": "true"}, {"a": 1, "b": True, "t": "PT0S", "many": []}), Try({"B": "yes"}, None),
         Try({"T": "PT5S"}, None), Try({"MANY": "[1]"}, {"a": 1, "b": False, "t": "PT0S", "many": [1]}), Try({"MANY": '["1"]'}, REJECTED)),
)
# fmt: on
