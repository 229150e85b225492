"""Traps of values: what a type makes of a text (python mode, not JSON mode). Measured on `Settings()`."""

from __future__ import annotations

from typing import Any

from .traps_names import REJECTED, Trap, Try, settings, trap

R = REJECTED


def values(
    sentence: str,
    annotation: str,
    expected: dict[str, Any],
    before: str = "",
    since: str = "",
    judged_since: str = "",
    **config: Any,
) -> Trap:
    """A trap of one field `v`: text -> value, REJECTED, or None where only the agreement counts."""
    tries = tuple(Try({"V": text}, value if value in (R, None) else {"v": value}) for text, value in expected.items())
    return trap(
        sentence, settings(f"v: {annotation}", before=before, **config), *tries, since=since, judged_since=judged_since
    )


INF = float("inf")
UUID_TEXT = "12345678-1234-4234-9234-123456789abc"

DAYS = (
    "class Day(BaseModel):\n    day: PastDate = Field(alias='D')\n\n"
    "class Sub(BaseModel):\n    day: Day = Field(alias='X')\n\n"
    "@pydantic_dataclass(config=ConfigDict(strict=True))\nclass Strict1:\n    day: PastDate\n\n"
)
COLORS = "class Color(str, Enum):\n    RED = 'red'\n\nclass Plain(Enum):\n    RED = 'red'\n\n"

# fmt: off
VALUES: tuple[Trap, ...] = (
    values("bool: eight pairs of words in any case", "bool",
           {"1": True, "0": False, "t": True, "f": False, "Y": True, "n": False, "TRUE": True, "False": False, "yes": True, "NO": False, "On": True, "off": False}),
    values("bool: no trimming, no other words", "bool", {" 1": R, "true ": R, "2": R, "enabled": R, "": R, "1.0": R, "01": R}),
    values("int: trims, takes a sign, zeros, single underscores and .0", "int",
           {" 5 ": 5, "+1": 1, "007": 7, "1_000": 1000, "1.0": 1, "-3": -3, "\t7\n": 7, "-0": 0, "9223372036854775808": 9223372036854775808, "1.00": 1}),
    values("int: refuses 1. 1e3 0x10 1__0 and very long digit strings", "int", {"1.": R, "1e3": R, "0x10": R, "1__0": R, "9" * 5000: R, "_1": R, "1_": R, "1.5": R, "": R, "true": R}),
    values("int: odd digits", "int", {"١": None, "１": None, "1 000": None, "--1": R, "+-1": R, "9" * 4300: None, "9" * 4301: None, "00000000000000000000000001": None}),
    values("int in JSON: 1e2 and true pass", "list[int]", {"[1e2]": [100], "[true]": [1], "[1.0]": [1], "[1.5]": R, '["1_000"]': [1000], "[1e400]": R, "[NaN]": R, "[" + "9" * 30 + "]": [int("9" * 30)]}),
    values("float: takes inf, nan, 1_0.5 and 5.; 1e400 is inf", "float",
           {"inf": INF, "-inf": -INF, "nan": float("nan"), "1_0.5": 10.5, "5.": 5.0, "1e400": INF, " 1.5 ": 1.5, ".5": 0.5, "Infinity": INF, "1": 1.0}),
    values("float: refusals", "float", {"": R, "1,5": R, "0x1": R, "1__0": None, "_1.5": None, "1e": R}),
    values("Decimal refuses NaN and inf", "Decimal", {"NaN": R, "inf": R, "1e3": "1E+3", " 1.5 ": "1.5", "1_0": "10", "1.50": "1.50", "sNaN": R, "": R}),
    values("date: epoch numbers, seconds or milliseconds by size", "date",
           {"1704153600": "2024-01-02", "1704153600000": "2024-01-02", "0": "1970-01-01", "1": R, "2024-01-02": "2024-01-02", "2024-01-02T00:00:00": "2024-01-02", "2024-01-02T00:00:01": R}),
    values("date: 20240102 is read as an epoch and fails", "date", {"20240102": R, " 2024-01-02": R, "2024-01-02 ": R, "2024-1-2": R, "2e10": None, "20000000000": None}),
    values("datetime: epoch numbers, seconds or milliseconds by size (2e10)", "datetime",
           {"1704153600": "2024-01-02T00:00:00Z", "1704153600000": "2024-01-02T00:00:00Z", "20000000000": "2603-10-11T11:33:20Z", "20000000001": None, "1.5": None,
            "2024-01-02": "2024-01-02T00:00:00", "2024-01-02 03:04": "2024-01-02T03:04:00", "nan": R, "inf": R}),
    values("datetime: no trimming", "datetime", {" 2024-01-02T03:04:05": R, "2024-01-02T03:04:05 ": R, "20240102": None, "2024-01-02T03:04:05.1234567": None, "2024-01-02T03:04:05+0200": None}),
    values("time: a number as text is refused, no trimming", "time", {"3600": R, "86399": None, "86400": R, "03:04": "03:04:00", "24:00": R, "3:04": None, " 03:04": R}),
    values("time in JSON: numbers are seconds of the day", "list[time]", {"[3600]": ["01:00:00Z"], "[86399]": ["23:59:59Z"], "[86400]": R, "[1.5]": None}),
    values("timedelta: 30, 30s, 1.5 and pt1h are refused", "timedelta", {"30": R, "30s": R, "1.5": R, "pt1h": R, "": R, " PT1S": R}),
    values("timedelta: PT30S, 1d and 1:00:00 are taken", "timedelta", {"PT30S": "PT30S", "1d": "P1D", "1:00:00": "PT1H", "P1DT2H": "P1DT2H", "-PT5M": "-PT5M", "1 day, 1:00:00": None, "P1M": None, "P1Y": None}),
    values("timedelta: 10:00 is ten hours", "timedelta", {"10:00": "PT10H", "00:30": "PT30M", "1:60:00": R}),
    values("timedelta in JSON: numbers are seconds", "list[timedelta]", {"[30]": ["PT30S"], "[1.5]": ["PT1.5S"], '["30"]': R}),
    values("Literal[1] refuses strings", "Literal[1]", {"1": R, "true": R}),
    values("Literal[True] refuses strings", "Literal[True]", {"true": R, "1": R, "True": R}),
    values("Literal in JSON", "list[Literal[1, 'a']]", {"[1]": [1], '["a"]': ["a"], '["1"]': R, "[true]": None, "[1.0]": None}),
    values("Literal of strings is exact", "Literal['dev', 'prod']", {"dev": "dev", "DEV": R, " dev": R}),
    values("IntEnum takes 1, ' 1' and 1.0", "Level", {"1": 1, " 1": 1, "1.0": 1, "LOW": R, "2": R, "true": R, "+1": None, "1_0": None}, before="class Level(IntEnum):\n    LOW = 1\n"),
    values("an Enum that is a float takes numbers as text", "Ratio", {"0.5": 0.5, "HALF": R, " 0.50 ": None, "1": R}, before="class Ratio(float, Enum):\n    HALF = 0.5\n"),
    values("a plain Enum of floats refuses strings", "Ratio", {"0.5": R}, before="class Ratio(Enum):\n    HALF = 0.5\n"),
    values("a str Enum is exact", "Color", {"red": "red", "RED": R, " red": R}, before="class Color(str, Enum):\n    RED = 'red'\n"),
    values("int | str stays str", "int | str", {"5": "5", "x": "x"}),
    values("bool | int and int | bool differ on 1", "bool | int", {"1": None, "5": 5, "true": True}),
    values("int | bool and bool | int differ on 1", "int | bool", {"1": None, "5": 5, "true": True}),
    values("float | int", "float | int", {"1": None, "1.5": 1.5}),
    values("Optional[int] refuses the empty string and null", "Optional[int] = 3", {"": R, "null": R, "None": R, "5": 5}),
    values("Optional[str] keeps null as text", "Optional[str] = None", {"null": "null", "": ""}),
    values("date | str stays str, date | int parses", "Union[date, int]", {"2024-01-02": None, "0": None, "1704153600": None}),
    values("left to right: the first that fits", "Annotated[Union[int, str], Field(union_mode='left_to_right')]", {"5": 5, "x": "x"}),
    values("URLs: trimmed, host lowercased and punycoded, default port dropped", "AnyUrl",
           {" https://example.com ": "https://example.com/", "HTTP://EXAMPLE.com": "http://example.com/", "http://münchen.de": "http://xn--mnchen-3ya.de/", "http://example.com:80": "http://example.com/",
            "http:/x": "http://x/", "example.com": R, "": R}),
    values("HttpUrl wants http", "HttpUrl", {"ftp://x": R, "https://x:443/": "https://x/", "http:/x": "http://x/"}),
    values("RedisDsn fills in host, port and db", "RedisDsn", {"redis://": "redis://localhost:6379/0", "redis://h": "redis://h:6379/0", "redis://h/1": "redis://h:6379/1", "redis:///1": None}),
    values("postgresql:///db is refused", "PostgresDsn", {"postgresql:///db": R, "postgres://h/db": "postgres://h/db", "postgresql://a:1,b:2/db": "postgresql://a:1,b:2/db"}),
    values("Path of the empty string is .", "Path", {"": ".", "a//b/": "a/b", "./x": "x", " /x": " /x", "a/../b": "a/../b"}),
    values("FilePath depends on the file system", "FilePath", {"/": R, "/nowhere/at/all": R}),
    values("NewPath depends on the file system", "NewPath", {"/": R, "new": "new"}),
    values("PastDate depends on the clock", "PastDate", {"2999-01-01": R, "2001-01-01": "2001-01-01", "x": R}),
    values("ImportString runs imports", "ImportString", {"nowhere.at.all": R, "": R}),
    values("ByteSize: 1.5 is 1, 1byte is refused", "ByteSize", {"1.5": 1, "1byte": R, "1KB": 1000, "1KiB": 1024, "1kb": 1000, "1 KB": None, "-1": None, "": R, "10": 10, "1.5GiB": 1610612736}),
    values("lengths are code points for str", "Annotated[str, Field(max_length=2)]", {"äö": "äö", "👍👍": "👍👍", "abc": R}),
    values("lengths are bytes for bytes", "Annotated[bytes, Field(max_length=2)]", {"ä": "ä", "äö": R, "ab": "ab"}),
    values("pattern runs before to_lower", "Annotated[str, StringConstraints(to_lower=True, pattern='^[a-z]+$')]", {"ABC": None, "abc": "abc"}),
    values("pattern runs after strip", "Annotated[str, StringConstraints(strip_whitespace=True, pattern='^[a-z]+$')]", {" abc ": None}),
    values("lengths are measured after strip", "Annotated[str, StringConstraints(strip_whitespace=True, min_length=2)]", {" a ": R, " ab ": "ab"}),
    # --- what JSON Schema loses
    values("patterns are in Rust's dialect: \\z", r"Annotated[str, Field(pattern=r'a\z')]", {"a": "a", "a\n": R}),
    values("patterns are in Rust's dialect: \\p{L}", r"Annotated[str, Field(pattern=r'^\p{L}+$')]", {"äb": "äb", "1": R}),
    values("patterns are in Rust's dialect: [[:alpha:]]", r"Annotated[str, Field(pattern=r'^[[:alpha:]]+$')]", {"ab": "ab", "a:": R}),
    values("patterns are in Rust's dialect: $ is not before a final newline", r"Annotated[str, Field(pattern=r'^a$')]", {"a": "a", "a\n": R}),
    values("look-around needs regex_engine=python-re", r"Annotated[str, Field(pattern=r'^(?!x).*$')]", {"a": "a", "xa": R, "a\n": None}, regex_engine="python-re"),
    values("a finite float", "FiniteFloat", {"inf": R, "nan": R, "1e400": R, "1.5": 1.5}),
    values("an aware datetime", "AwareDatetime", {"2024-01-02T00:00:00": R, "2024-01-02T00:00:00Z": "2024-01-02T00:00:00Z", "0": None}),
    values("bounds on dates", "Annotated[date, Field(ge=date(2020, 1, 1))]", {"2019-12-31": R, "2020-01-01": "2020-01-01"}),
    values("bounds on durations", "Annotated[timedelta, Field(le=timedelta(hours=1))]", {"PT1H": "PT1H", "1:00:01": R}),
    values("bounds on Decimals", "Annotated[Decimal, Field(le=Decimal('1.5'), decimal_places=1)]", {"1.5": "1.5", "1.6": R, "0.25": R}),
    values("strict refuses a text", "StrictInt", {"1": R}),
    values("strict inside a union is coerced by the environment source", "Optional[StrictInt]", {"1": None, "x": R, "1.0": None}),
    values("a secret is its text", "SecretStr", {"s3cret": "s3cret", "": "", " x ": " x "}),
    values("a secret of an int is an int", "Secret[int]", {"5": 5, "x": R}),
    values("bytes are UTF-8", "bytes", {"é": "é", "": ""}),
    values("sets lose doubles", "set[int]", {"[1, 1.0, true]": None, '["1", 1]': None, "[]": []}),
    values("a tuple has its length", "tuple[int, str]", {'[1, "a"]': [1, "a"], "[1]": R, '[1, "a", 2]': R}),
    values("UUIDs", "UUID", {UUID_TEXT: UUID_TEXT, "{" + UUID_TEXT + "}": None, "urn:uuid:" + UUID_TEXT: None, UUID_TEXT.upper(): UUID_TEXT, " " + UUID_TEXT: R}),
    values("IP addresses", "IPv4Address", {"127.0.0.1": "127.0.0.1", "127.0.0.01": R, "2130706433": R, " 127.0.0.1": R, "::1": R}),
    values("JSON constants of Python", "list[float]", {"[NaN]": None, "[Infinity]": [INF], "[1e400]": [INF], "[nan]": R}),
    values("JSON with a doubled key: the last wins", "dict[str, int]", {'{"a": 1, "a": 2}': {"a": 2}, '{"a": 1,}': R, "{'a': 1}": R}),
    trap("strict settings make URLs before constraints could act, in sections too",
         settings("sub: Sub", env_nested_delimiter="__", strict=True, before="class Sub(BaseModel):\n    url: Annotated[AnyUrl, UrlConstraints(default_port=99, default_path='/p')]\n"),
         Try({"SUB__URL": "https://example.com"}, {"sub": {"url": "https://example.com/"}})),
    trap("strict settings make a SecretStr before the limits of the class could act, in sections and unions too",
         settings("password: SecretStr", "sub: Sub", "port: Union[StrictInt, SecretStr] = 5", "name: str = 'abc'", env_nested_delimiter="__", strict=True, str_max_length=3, str_to_lower=True,
                  before="class Sub(BaseModel):\n    model_config = ConfigDict(str_max_length=3)\n    token: SecretStr\n"),
         Try({"PASSWORD": "Hello World", "SUB__TOKEN": "Hello"}, {"password": "Hello World", "sub": {"token": "Hello"}, "port": 5, "name": "abc"}),
         Try({"PASSWORD": "x", "SUB": '{"token": "Hello"}'}, R), Try({"PASSWORD": "x", "SUB__TOKEN": "y", "NAME": "abcd"}, R)),
    trap("a union with a strict member makes a SecretStr before the limits of the class could act",
         settings("port: Union[StrictInt, SecretStr]", "other: SecretStr", str_max_length=3),
         Try({"PORT": "Hello", "OTHER": "abc"}, {"port": "Hello", "other": "abc"}), Try({"PORT": "Hello", "OTHER": "abcd"}, R)),
    trap("strict settings with constraints on the URLs of a recursive model",
         settings("tree: Tree", env_nested_delimiter="__", strict=True,
                  before="class Tree(BaseModel):\n    url: Annotated[AnyUrl, UrlConstraints(max_length=30)]\n    kids: list['Tree'] = []\n"),
         Try({"TREE__URL": "https://a.example", "TREE__KIDS": '[{"url": "https://b.example"}]'},
             {"tree": {"url": "https://a.example/", "kids": [{"url": "https://b.example/", "kids": []}]}}), Try({"TREE__URL": "x"}, R)),
    trap("an enum that takes more, in a recursive model, is the application's at every depth",
         settings("tree: Tree = Tree(value=Cloud.GCS)",
                  before="class Cloud(Enum):\n    GCS = 'gcs'\n\n    @classmethod\n    def _missing_(cls, value):\n        return cls.GCS if str(value).lower() == 'gcs' else None\n\n"
                         "class Tree(BaseModel):\n    value: Cloud\n    kids: list['Tree'] = []\n"),
         Try({"TREE": '{"value": "GCS", "kids": [{"value": "gcs"}, {"value": "GCS", "kids": [{"value": "Gcs"}]}]}'},
             {"tree": {"value": "gcs", "kids": [{"value": "gcs", "kids": []}, {"value": "gcs", "kids": [{"value": "gcs", "kids": []}]}]}}),
         Try({"TREE": '{"value": "gcs", "kids": [{"value": "x"}]}'}, R), Try({"TREE": '{"value": "gcs", "kids": [{}]}'}, R)),
    trap("what the application checks in an item is looked for past flags and networks, which are one value each",
         settings("many: list[Union[One, Two]]", before="class Side(Flag):\n    LEFT = 1\n\nclass One(BaseModel):\n    side: Side\n    inner: dict[str, list[IPv6Network]] = {}\n\n"
                  "class Two(BaseModel):\n    text: Annotated[str, AfterValidator(lambda v: v)]\n"),
         Try({"MANY": '[{"side": 1, "inner": {"a": ["::/0"]}}]'}, {"many": [{"side": 1, "inner": {"a": ["::/0"]}}]})),
    trap("which model of a union wins where the application checks a part of one is the application's to say",
         settings("host: Annotated[Union[One, Two], Field(union_mode='left_to_right')]", "smart: Union[One, Two] = Two()",
                  before="class One(BaseModel):\n    a: ImportString\n    b: int = 1\n\nclass Two(BaseModel):\n    a: str = 'x'\n    c: int = 1\n"),
         Try({"HOST": '{"a": "gcs"}'}, {"host": {"a": "gcs", "c": 1}, "smart": {"a": "x", "c": 1}}),
         Try({"HOST": '{"a": "gcs", "b": 2}', "SMART": '{"a": "gcs", "b": 2}'}, {"host": {"a": "gcs", "c": 1}, "smart": {"a": "gcs", "c": 1}}), Try({"HOST": '{"a": 5}'}, None), Try({"HOST": "x"}, R)),
    # --- defaults that depend on the time: objects are taken as they are
    trap("a default that is an object is not asked for its time again, nor by its aliases",
         settings("one: Sub = Sub(X=Day(D=date(2001, 1, 2)))", "many: list[Day] = [Day(D=date(2001, 1, 2))]", "either: Union[Day, PastDate] = Day(D=date(2001, 1, 2))",
                  "of: dict[str, Strict1] = {'a': Strict1(day=date(2001, 1, 2))}", "future: Day = Day.model_construct(day=date(2999, 1, 2))", env_nested_delimiter="__",
                  before=DAYS),
         Try({}, {"one": {"day": {"day": "2001-01-02"}}, "many": [{"day": "2001-01-02"}], "either": {"day": "2001-01-02"}, "of": {"a": {"day": "2001-01-02"}}, "future": {"day": "2999-01-02"}}),
         Try({"MANY": '[{"D": "2001-01-02"}]', "FUTURE__D": "2001-01-02"}, None), Try({"MANY": '[{"D": "2999-01-02"}]'}, R), Try({"OF": '{"a": {"day": "2001-01-02"}}'}, R)),
    trap("with partial update a strict dataclass within the default of a section stays",
         settings("port: int = 1", "one: Outer = Field(Outer(X_URL=Strict1(day=date(2001, 1, 2))), validation_alias=AliasChoices('first', AliasPath('second', 'k')))",
                  env_nested_delimiter="__", nested_model_default_partial_update=True,
                  before=DAYS + "class Outer(BaseModel):\n    url: Strict1 = Field(alias='X_URL')\n"),
         Try({}, {"port": 1, "one": {"url": {"day": "2001-01-02"}}}), Try({"PORT": "2"}, {"port": 2, "one": {"url": {"day": "2001-01-02"}}}), Try({"FIRST": "{}"}, None),
         Try({"FIRST": '{"X_URL": {"day": "2001-01-02"}}'}, R)),
    trap("a default that is written as data is validated by its aliases",
         settings("one: Sub = {'X': {'D': date(2001, 1, 2)}}", "many: list[Day] = [{'D': '2001-01-02'}]", before=DAYS),
         Try({}, {"one": {"day": {"day": "2001-01-02"}}, "many": [{"day": "2001-01-02"}]}), Try({"ONE": '{"X": {"day": "2001-01-02"}}'}, R)),
    trap("a default of objects beside what has a time is the application's",
         settings("pair: tuple[Day, PastDate] = (Day(D=date(2001, 1, 2)), date(2001, 1, 2))", "half: Sub = {'X': Day(D=date(2001, 1, 2))}", before=DAYS),
         Try({}, {"pair": [{"day": "2001-01-02"}, "2001-01-02"], "half": {"day": {"day": "2001-01-02"}}}), Try({"PAIR": '[{"D": "2001-01-02"}, "2999-01-02"]'}, R)),
    trap("a member of an enum is a default that no time changes, also where nothing but a member will do",
         settings("either: Union[PastDate, Color] = Color.RED", "plain: Union[PastDate, Plain] = Plain.RED", "day: Union[PastDate, Color] = date(2001, 1, 2)", strict=True, before=COLORS),
         Try({}, {"either": "red", "plain": "red", "day": "2001-01-02"}), Try({"EITHER": "red"}, {"either": "red", "plain": "red", "day": "2001-01-02"}), Try({"DAY": "x"}, R)),
    trap("a member of an enum that no text stands for is a default that no time changes",
         settings("either: Union[Pair, PastDate] = Pair.AB", "many: list[Union[Pair, PastDate]] = [Pair.AB]", "colors: list[Union[PastDate, Color]] = [Color.RED]",
                  before=COLORS + "class Pair(Enum):\n    AB = (1, 2)\n\n"),
         Try({}, {"either": [1, 2], "many": [[1, 2]], "colors": ["red"]}), Try({"EITHER": "2999-01-01"}, R), Try({"COLORS": '["red", "2001-01-01"]'}, None)),
    trap("members of an enum beside what has a time, where nothing but a member will do, are the application's default",
         settings("pair: tuple[PastDate, Color] = (date(2001, 1, 2), Color.RED)", "of: dict[Color, PastDate] = {Color.RED: date(2001, 1, 2)}", strict=True, before=COLORS),
         Try({}, {"pair": ["2001-01-02", "red"], "of": {"red": "2001-01-02"}}), Try({"PAIR": "x"}, R)),
    trap("a part of a default that is strict by itself is validated again as it was made",
         settings("either: Union[PastDate, Annotated[Color, Strict()]] = Color.RED", "days: list[Annotated[PastDate, Strict()]] = [date(2001, 1, 2)]",
                  "day: Union[Annotated[PastDate, Strict()], int] = date(2001, 1, 2)", before=COLORS),
         Try({}, {"either": "red", "days": ["2001-01-02"], "day": "2001-01-02"}), Try({"EITHER": "2999-01-01"}, R), Try({"DAY": "x"}, R)),
    trap("strict settings with an alias of a recursive model",
         settings("tree: Alias", "maybe: Optional[Alias] = None", env_nested_delimiter="__", strict=True,
                  before="class Tree(BaseModel):\n    value: int\n    kids: list['Tree'] = []\n\nAlias = TypeAliasType('Alias', Tree)\n"),
         Try({"TREE": '{"value": 1}'}, {"tree": {"value": 1, "kids": []}, "maybe": None}), Try({"TREE__VALUE": "1", "MAYBE": "x"}, None), Try({"TREE": "x"}, R)),
    values("strict=True with a text", "int", {"1": 1, "x": R, "1.5": R}, strict=True),
)
# fmt: on
