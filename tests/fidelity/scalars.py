"""Scalar types and the spellings worth trying on each: canonical, odd but valid, nearly valid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Scalar:
    """A type without parts.

    text: the annotation. good: accepted spellings. odd: oddly spelled, accepted or not.
    data, odd_data: the same as JSON data. defaults: Python source. declares: source it needs.
    """

    family: str
    text: str
    good: tuple[str, ...]
    odd: tuple[str, ...]
    data: tuple[Any, ...]
    odd_data: tuple[Any, ...]
    defaults: tuple[str, ...]
    bad_defaults: tuple[str, ...] = ()
    secret: bool = False
    hashable: bool = True
    declares: str = ""


# fmt: off
ANY_TEXT = ("", " ", "null", "None", "x", "5", "true", "[]", "{}", "[1]", '{"a": 1}', '"quoted"', "a,b,c")
ANY_DATA: tuple[Any, ...] = (None, "", "x", 5, 1.5, True, [], {}, [1], {"a": 1})

INT = ("1", "8080", "-3", "0", "42")
ODD_INT = ("+1", "007", "1_000", "1.0", " 1", "1 ", "\t7\n", "1.", "1e3", "0x10", "1__0", "_1", "1_", "9" * 5000, "-0",
           "1.5", "١", "1.00000000000000000000000001", "9223372036854775808", "-00", "+-1", "1.0e0", "0.0", ".0", "true")
INT_DATA = (1, 8080, -3, 0)
ODD_INT_DATA = (100.0, 1.5, True, False, "1", " 1", "x", 10**30, float("inf"), float("nan"), [1])
FLOAT = ("1.5", "0", "-2.25", "1e3")
ODD_FLOAT = ("inf", "-inf", "nan", "NaN", "Infinity", "1_0.5", "5.", ".5", "1e400", "1e-400", " 1.5 ", "1,5", "+1.5", "0x1p3",
             "1__0", "_1.5", "1e", "infinity", "+nan", "1_0", "-0.0")
BOOL = ("1", "0", "true", "false", "yes", "no", "on", "off", "t", "f", "y", "n")
ODD_BOOL = ("TRUE", "False", "YES", "On", "T", " true", "true ", "2", "1.0", "0.0", "enabled", "tRuE", "", "null", "-1", "01")
STR = ("hello", "x", "Hello World", "ünïcödé")
ODD_STR = ("", " ", "  padded  ", "null", "5", "true", '"quoted"', "[1]", "ÀB", "line\nbreak", "$HOME", "a\\b", "x" * 300, "\u00a0x", "a#b")
DATE = ("2024-01-02", "1999-12-31")
ODD_DATE = ("20240102", "2024-1-2", "1704153600", "1704153600000", "2024-01-02T00:00:00", "2024-01-02T00:00:01", " 2024-01-02",
            "2024-02-30", "0", "-1", "86400", "86401", "2e10", "20000000000", "20000000001", "2024-01-02T00:00:00Z", "2024/01/02", "1e5", "0.0")
DATETIME = ("2024-01-02T03:04:05", "2024-01-02T03:04:05Z", "2024-01-02 03:04:05+02:00")
ODD_DATETIME = ("2024-01-02", "1704153600", "1704153600.5", "1704153600000", "2024-01-02T03:04", "2024-01-02T03:04:05.1234567", "20240102",
                " 2024-01-02T03:04:05", "2024-01-02T25:00:00", "2024-01-02T03:04:05+0200", "2024-01-02t03:04:05z", "-1", "2e10", "1e5",
                "2024-01-02_03:04:05", "2024-01-02T03:04:05-00:00", "nan", "inf", "253402300800")
TIME = ("03:04:05", "23:59")
ODD_TIME = ("3:04", "24:00", "03:04:05Z", "03:04:05+02:00", "3600", "86399", "86400", " 03:04", "03:04:05.123456789", "1.5", "-1", "0304", "noon")
DELTA = ("PT30S", "P1D", "1:00:00", "P1DT2H")
ODD_DELTA = ("30", "30s", "1.5", "pt1h", "1d", "10:00", "1 day", "1 days, 1:00:00", "-PT5M", "PT0.5S", "P1W", "P1M", "P1Y", "-1:00:00", "1:60:00",
             "24:00:00", "PT", "P", "00:30", "1d 2:00:00", "+PT1S", "PT1.1234567S", "P1DT", "1D", " PT1S", "0", "PT-1S", "3 00:00:00", "1 d", "P999999999D", "P9999999999D")
DECIMAL = ("1.5", "10", "-0.25")
ODD_DECIMAL = ("NaN", "inf", "1e3", "1_0", " 1.5 ", "1.50", "0.1", "1.", ".5", "1E+2", "١", "1e1000", "0x1", "sNaN", "-0", "1,5", "123456.789", "1__0", "+1")
UUID = ("12345678-1234-4234-9234-123456789abc", "00000000-0000-1000-8000-000000000000")
ODD_UUID = ("{12345678-1234-4234-9234-123456789abc}", "urn:uuid:12345678-1234-4234-9234-123456789abc", "123456781234423492341234567 89abc",
            "12345678123442349234123456789ABC", "12345678-1234", " 12345678-1234-4234-9234-123456789abc", "12345678-1234-1234-1234-123456789abc",
            "1234567812344234-9234123456789abc")
IP4 = ("127.0.0.1", "10.0.0.255")
ODD_IP = ("::1", "fe80::1%eth0", "127.0.0.01", "256.0.0.1", "2130706433", " 127.0.0.1", "127.1", "::ffff:1.2.3.4", "1.2.3.4/8", "10.0.0.0/8", "10.0.0.1/8", "0::0", "FE80::A")
URL = ("https://example.com", "http://example.com:8080/path?q=1#f")
ODD_URL = ("http:/x", "HTTP://EXAMPLE.com", "http://münchen.de", "http://example.com:80", "https://example.com:443/", " https://example.com ", "example.com",
           "http://", "http://a b", "http://user:pass@host", "ftp://example.com/x", "http://[::1]:8080", "http:\\\\x", "https:///path", "file:///etc/hosts", "mailto:a@b",
           "http://ex_ample.com", "http://1.2.3", "http://host:99999", "http://x/%zz", "http://x/ü", "ws://x", "//x/y", "http://a..b", "HtTp://x?#", "http://\u00ad.com",
           "http://" + "a" * 2100 + ".com")
PG = ("postgresql://user:pw@db.example.com:5432/shop", "postgres://db/shop", "postgresql+asyncpg://u@h/db")
ODD_PG = ("postgresql:///db", "postgresql://h1:1,h2:2/db", "POSTGRESQL://H/Db", "postgres://h", "mysql://h/db", "postgresql://h:99999/db", "postgresql://u:p@ss@h/db",
          "postgresql://H.EXAMPLE/db", "postgresql+psycopg2://h/db", "postgresql://h1,h2/db?target_session_attrs=any", "postgresql://u:%40@h/db", "postgresql+unknown://h/db", "postgresql://[::1]/db")
REDIS = ("redis://cache:6379/1", "rediss://:pw@cache/0")
ODD_REDIS = ("redis://", "redis://h", "redis:///1", "redis://h/x", "REDIS://H", "http://h", "redis:", "redis://h:0/", "redis://h/0?x=1", "redis://h,h2/0")
ANYDSN = {
    "MySQLDsn": ("mysql://u:p@h:3306/db", "mysql+pymysql://h/db"),
    "MariaDBDsn": ("mariadb://u@h/db", "mariadb+pymysql://h/db"),
    "AmqpDsn": ("amqp://u:p@h:5672//", "amqps://h", "amqp:"),
    "KafkaDsn": ("kafka://h:9092", "kafka://h1:1,h2:2", "kafka://"),
    "MongoDsn": ("mongodb://h:27017/db", "mongodb+srv://h/db", "mongodb://h1,h2/db"),
    "NatsDsn": ("nats://h:4222", "tls://h", "nats://h1,h2"),
    "CockroachDsn": ("cockroachdb://h:26257/db", "cockroachdb+psycopg2://h/db"),
    "ClickHouseDsn": ("clickhouse://h:9000/db", "clickhouse+native://h"),
    "WebsocketUrl": ("ws://h/x", "wss://h"),
    "FileUrl": ("file:///etc/hosts", "file://h/x"),
    "FtpUrl": ("ftp://h/x",),
    "AnyHttpUrl": ("http://h", "https://h:8443"),
    "AnyWebsocketUrl": ("ws://h",),
    "SnowflakeDsn": ("snowflake://u:p@account/db",),
}
SIZE = ("10", "1KB", "2MiB")
ODD_SIZE = ("1.5", "1byte", "1 KB", "1kb", "1.5 GiB", "-1", " 10 ", "10b", "1KiBs", "0", "1e3", "1bit", "1kbit", ".5kb", "1 k", "1K", "10B ", "1_000", "1TB", "999999999999TB")
BYTES = ("abc", "é")

TWO = ("1",)  # only to keep a pool from being empty

# fmt: on


def _scalar(
    family: str,
    text: str,
    good: tuple[str, ...],
    odd: tuple[str, ...],
    defaults: tuple[str, ...],
    *,
    data: tuple[Any, ...] | None = None,
    odd_data: tuple[Any, ...] = (),
    bad: tuple[str, ...] = (),
    secret: bool = False,
    hashable: bool = True,
    declares: str = "",
) -> Scalar:
    known = good if data is None else data
    return Scalar(
        family, text, good, odd + ANY_TEXT, known, odd + odd_data + ANY_DATA, defaults, bad, secret, hashable, declares
    )


# fmt: off
SCALARS: tuple[Scalar, ...] = (
    _scalar("str", "str", STR, ODD_STR, ('"plain"', '""', '"ünïcödé"', "\"it's \\\\ \\\"q\\\" #x $Y\""), bad=("5",)),
    _scalar("int", "int", INT, ODD_INT, ("5", "0", '"7"', "-1", "True", "2.0"), data=INT_DATA, odd_data=ODD_INT_DATA, bad=('"x"', "1.5")),
    _scalar("float", "float", FLOAT, ODD_FLOAT, ("1.5", "3", '"2.5"'), data=(1.5, 2, -3), odd_data=(float("inf"), float("nan"), True, "1.5"), bad=('"x"',)),
    _scalar("bool", "bool", BOOL, ODD_BOOL, ("True", "False", '"yes"', "1"), data=(True, False), odd_data=(1, 0, 1.0, 2, "on", "1"), bad=("2",)),
    _scalar("decimal", "Decimal", DECIMAL, ODD_DECIMAL, ('Decimal("1.10")', "3", '"2.50"', "0.1"), data=(1.5, 3, "2.50"), odd_data=(True, 1e300, float("nan"))),
    _scalar("date", "date", DATE, ODD_DATE, ("date(2024, 1, 2)", '"2024-01-02"'), odd_data=(1704153600, 1704153601, 0, 1.5, True)),
    _scalar("datetime", "datetime", DATETIME, ODD_DATETIME, ("datetime(2024, 1, 2, 3, 4, 5)", "datetime(2024, 1, 2, tzinfo=timezone.utc)", "0"),
            odd_data=(1704153600, 1704153600.25, 2e10, 2e10 + 1, -1, True)),
    _scalar("time", "time", TIME, ODD_TIME, ("time(3, 4)", '"03:04:05"'), odd_data=(3600, 86400, 1.5)),
    _scalar("timedelta", "timedelta", DELTA, ODD_DELTA, ("timedelta(seconds=30)", "30", '"P1D"', "timedelta(days=-1, microseconds=5)", "1.5"), odd_data=(30, 1.5, -1, 1e20)),
    _scalar("uuid", "UUID", UUID, ODD_UUID, ('UUID("12345678-1234-4234-9234-123456789abc")', '"12345678123442349234123456789abc"')),
    _scalar("uuid", "UUID4", UUID[:1], ODD_UUID + UUID, ('UUID("12345678-1234-4234-9234-123456789abc")',)),
    _scalar("ip", "IPv4Address", IP4, ODD_IP, ('IPv4Address("10.0.0.1")', '"10.0.0.1"'), odd_data=(2130706433, True)),
    _scalar("ip", "IPv6Address", ("::1", "fe80::1"), IP4 + ODD_IP, ('IPv6Address("::1")',)),
    _scalar("ip", "IPvAnyAddress", (*IP4, "::1"), ODD_IP, ('"10.0.0.1"',), odd_data=(1,)),
    _scalar("ip", "IPv4Network", ("10.0.0.0/8", "127.0.0.1"), ODD_IP, ('IPv4Network("10.0.0.0/8")',)),
    _scalar("ip", "IPv6Interface", ("fe80::1/64", "::1"), ODD_IP, ('IPv6Interface("::1/64")',)),
    _scalar("ip", "IPv4Interface", ("10.0.0.1/8",), ODD_IP, ('IPv4Interface("10.0.0.1/8")',)),
    _scalar("ip", "IPvAnyNetwork", ("10.0.0.0/8", "fe80::/10"), ODD_IP, ('"10.0.0.0/8"',)),
    _scalar("path", "Path", ("/etc/app", "data/x.db"), ("", ".", "./a/../b", "a//b/", " /x", "~/x", "C:\\x", "a\\b"), ('Path("/var/lib")', '"data"', 'Path("a") / "b"')),
    _scalar("path", "PurePosixPath", ("/etc/app",), ("", "a//b/", "."), ('PurePosixPath("/var")',)),
    _scalar("bytesize", "ByteSize", SIZE, ODD_SIZE, ('"1MiB"', "1024", "ByteSize(5)"), data=(10, "1KB"), odd_data=(1.5, -1, True), bad=('"1 fish"',)),
    _scalar("bytesize", "Annotated[ByteSize, Field(ge=3, lt=10**9)]", ("5", "1MiB"), (*ODD_SIZE, "2", "1GB"), ("1024",), data=(10, "1KB"), odd_data=(1.5, 2, -1)),
    _scalar("bytes", "bytes", BYTES, ODD_STR, ('b"abc"', '"text"', 'b""')),
    _scalar("url", "AnyUrl", URL, ODD_URL, ('AnyUrl("https://example.com/x")', '"https://EXAMPLE.com"')),
    _scalar("url", "HttpUrl", URL, ODD_URL, ('HttpUrl("https://example.com")', '"http://example.com:80"')),
    _scalar("dsn", "PostgresDsn", PG, ODD_PG + ODD_URL[:4], ('PostgresDsn("postgresql://db.example.com/shop")', '"postgres://db/shop"')),
    _scalar("dsn", "RedisDsn", REDIS, ODD_REDIS, ('"redis://cache"', 'RedisDsn("redis://cache:6379/1")')),
    *(_scalar("dsn" if name.endswith("Dsn") else "url", name, urls, ODD_URL[:8] + ODD_PG[:3], (f'"{urls[0]}"',) if "@" not in urls[0] else ())
      for name, urls in ANYDSN.items()),
    _scalar("url", "Annotated[AnyUrl, UrlConstraints(max_length=30, allowed_schemes=['https'])]", ("https://example.com",), ODD_URL, ('"https://example.com"',)),
    _scalar("url", "Annotated[AnyUrl, UrlConstraints(default_host='localhost', default_port=99, default_path='/p')]", URL[:1], (*ODD_URL, "x://", "x:", "x:///y"), ()),
    _scalar("secret", "SecretStr", STR, ODD_STR, ("None",), secret=True, bad=('SecretStr("hunter2")',)),
    _scalar("secret", "SecretBytes", BYTES, ODD_STR, (), secret=True),
    _scalar("secret", "Secret[int]", INT, ODD_INT, (), data=INT_DATA, odd_data=ODD_INT_DATA, secret=True, hashable=False),
    _scalar("secret", "Secret[str]", STR, ODD_STR, (), secret=True, hashable=False),
    _scalar("secret", "Secret[date]", DATE, ODD_DATE, (), secret=True, hashable=False),
    _scalar("secret", "Annotated[SecretStr, Field(min_length=3, max_length=12)]", ("hunter2",), ("ab", "x" * 13, "äöü", ""), (), secret=True),
    _scalar("literal", 'Literal["dev", "prod"]', ("dev", "prod"), ("DEV", " dev", "1", "staging"), ('"dev"',), bad=('"other"',)),
    _scalar("literal", "Literal[1, 2]", TWO, ("1", "2", " 1", "1.0", "true"), ("1",), data=(1, 2), odd_data=("1", 1.0, True)),
    _scalar("literal", "Literal[True]", TWO, ("true", "1", "True"), ("True",), data=(True,), odd_data=(1, "true")),
    _scalar("literal", 'Literal["a", 1, None]', ("a",), ("1", "", "null", "None"), ('"a"', "None", "1"), data=("a", 1), odd_data=("1", True)),
    _scalar("literal", "Literal[1, '1']", ("1",), ("1.0", "true"), ("1", '"1"'), data=(1, "1"), odd_data=(True, 1.0)),
    _scalar("literal", "Literal[b'x', 'y']", ("y",), ("x",), ('"y"',)),
    _scalar("constrained", "Annotated[int, Field(ge=1, le=65535)]", ("1", "65535", "8080"), ("0", "65536", "-1", *ODD_INT), ("80",), data=(1, 65535), odd_data=(0, 65536, 1.0), bad=("0",)),
    _scalar("constrained", "Annotated[int, Field(gt=0, lt=10, multiple_of=3)]", ("3", "9"), ("0", "10", "4", "3.0", "12"), ("3",), data=(3, 6), odd_data=(0, 4, 12)),
    _scalar("constrained", "Annotated[Optional[int], Field(ge=1)]", ("1", "5"), ("0", "-1", "1.0", "null"), ("None", "5"), data=(1, None), odd_data=(0,)),
    _scalar("constrained", "PositiveInt", ("1", "5"), ("0", "-1", "1.0"), ("5",), data=(1,), odd_data=(0, -1)),
    _scalar("constrained", "NonNegativeFloat", ("0", "1.5"), ("-0.0", "-1", "nan", "inf"), ("0.5",), data=(0, 1.5), odd_data=(-0.0, -1, float("nan"))),
    _scalar("constrained", "Annotated[float, Field(ge=0.1, le=0.9)]", ("0.1", "0.9"), ("0.10000001", "0.0999", "nan", "1"), ("0.5",), data=(0.1, 0.9), odd_data=(1, 0.95)),
    _scalar("constrained", "Annotated[float, Field(multiple_of=0.1)]", ("0.5", "1"), ("0.3", "0.35", "1e20", "inf", "nan"), ("0.5",), data=(0.5,), odd_data=(0.3, 1.15)),
    _scalar("constrained", "FiniteFloat", ("1.5",), ODD_FLOAT, ("1.5",), data=(1.5,), odd_data=(float("inf"), float("nan"))),
    _scalar("constrained", "Annotated[Decimal, Field(max_digits=5, decimal_places=2)]", ("123.45", "1"), ("1234.56", "0.001", "1e3", "99999", "1.10000", "1E+6"), ('Decimal("1.10")',), data=("1.1", 2), odd_data=(123.456,)),
    _scalar("constrained", "Annotated[Decimal, Field(gt=0, multiple_of=Decimal('0.25'))]", ("0.25", "1"), ("0.3", "0", "-0.25", "0.250"), ("1",), data=(0.25, "0.5"), odd_data=(0.3, 0)),
    _scalar("constrained", "Annotated[str, Field(min_length=2, max_length=4)]", ("ab", "äöüß"), ("a", "abcde", "👍👍", "  ", ""), ('"abc"',), bad=('"a"',)),
    _scalar("constrained", r'Annotated[str, Field(pattern=r"^[a-z]+\d?$")]', ("abc", "x1"), ("ABC", "abc\n", "1x", "", "x١"), ('"abc"',), bad=('"ABC"',)),
    _scalar("constrained", r'Annotated[str, Field(pattern=r"b\z")]', ("ab",), ("ba", "ab\n"), ('"ab"',)),
    _scalar("constrained", "Annotated[str, StringConstraints(to_lower=True, strip_whitespace=True, min_length=2)]", ("Hello", " AB "), (" a ", "ÀÉ", "", "İ"), ('" DEF "',)),
    _scalar("constrained", r'Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Z]+$")]', ("ABC",), ("abc", "aBC", "ß"), ('"ABC"',)),
    _scalar("constrained", "Annotated[bytes, Field(min_length=2, max_length=3)]", ("ab", "é"), ("a", "éé", "abcd", ""), ('b"ab"',)),
    _scalar("constrained", "Annotated[date, Field(ge=date(2020, 1, 1), lt=date(2030, 1, 1))]", ("2024-01-02",), ("2019-12-31", "2030-01-01", "1704153600"), ("date(2024, 1, 2)",)),
    _scalar("constrained", "Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(hours=1))]", ("PT30S", "PT1H"), ("PT0S", "PT1H1S", "-PT1S", "30", "1:00:00"), ("timedelta(seconds=30)", "30"), odd_data=(30, 0, 3601)),
    _scalar("constrained", "Annotated[datetime, Field(gt=datetime(2020, 1, 1))]", DATETIME[:1], (*DATETIME[1:], "2019-01-01", "2020-01-01T00:00:00"), ("datetime(2024, 1, 1)",)),
    _scalar("constrained", "AwareDatetime", DATETIME[1:], (DATETIME[0], *ODD_DATETIME), ("datetime(2024, 1, 1, tzinfo=timezone.utc)",), odd_data=(0,)),
    _scalar("constrained", "NaiveDatetime", DATETIME[:1], (*DATETIME[1:], *ODD_DATETIME), ("datetime(2024, 1, 1)",), odd_data=(0,)),
    _scalar("strict", "StrictInt", TWO, ODD_INT, ("5",), data=(1,), odd_data=(1.0, "1", True)),
    _scalar("strict", "StrictBool", ("true",), ODD_BOOL, ("True",), data=(True,), odd_data=(1, "true")),
    _scalar("strict", "StrictStr", STR, ODD_STR, ('"s"',), odd_data=(1,)),
    _scalar("strict", "Annotated[float, Field(strict=True)]", ("1.5",), ODD_FLOAT, ("1.5",), data=(1.5, 1), odd_data=("1.5", True)),
    _scalar("strict", "Annotated[date, Strict()]", DATE, ODD_DATE, ("date(2024, 1, 2)",), odd_data=(0,)),
    _scalar("strict", "Annotated[UUID, Strict()]", UUID, ODD_UUID, ()),
    _scalar("any", "Any", STR, ODD_STR, ("None", "1", '"x"', "[1]"), data=(1, "x", None, [1]), hashable=False),
    _scalar("json", "Json", ('{"a": [1, null]}', "1", '"s"'), ("{", "", "nan", "NaN", "'x'", "01", " 1 ", "[1,]"), (), data=('{"a": 1}', "1"), odd_data=(1, None), hashable=False),
    _scalar("json", "Json[int]", ("1", " 2 "), ('"1"', "1.0", "1.5", "true", "x", "1e2", '" 1"'), (), data=("1",), odd_data=("true", 1), hashable=False),
    _scalar("json", "Json[list[int]]", ("[1, 2]", "[]"), ('["1"]', "[1.5]", "{}", "[1,]", "1"), (), data=("[1]",), odd_data=("[true]", [1]), hashable=False),
    _scalar("json", "Json[dict[str, date]]", ('{"a": "2024-01-02"}', "{}"), ('{"a": 0}', "[]", '{"a": 1, "a": "2024-01-02"}'), (), data=("{}",), hashable=False),
    _scalar("json", "Json[set[int]]", ("[1, 2, 1]",), ("[true, 1]", "{}"), (), data=("[1]",), hashable=False),
    _scalar("enum-str", "Color", ("red", "blue"), ("RED", "Red", " red", "1", "green", "BLUE"), ("Color.RED", '"blue"'), bad=('"green"',),
            declares='class Color(str, Enum):\n    RED = "red"\n    BLUE = "blue"\n'),
    _scalar("enum-str", "Mode", ("fast", "slow"), ("FAST", "Fast", "swap", "SWAP"), ("Mode.FAST",),
            declares='class Mode(StrEnum):\n    FAST = "fast"\n    SLOW = "slow"\n    SWAP = "FAST"\n'),
    _scalar("enum-int", "Level", ("10", "20"), (" 10", "10.0", "1_0", "LOW", "low", "30", "true", "0", "+10"), ("Level.LOW", "20"), data=(10, 20), odd_data=("10", 10.0, True),
            declares="class Level(IntEnum):\n    NONE = 0\n    LOW = 10\n    HIGH = 20\n"),
    _scalar("enum-int", "Bit", ("1",), ("true", "ONE", "2", "TWO"), ("Bit.ONE",), data=(1, 2), odd_data=(True, "1", 1.0),
            declares="class Bit(int, Enum):\n    ONE = 1\n    TWO = 2\n"),
    _scalar("enum-float", "Ratio", ("HALF",), ("0.5", "1.5", "half", "0.50"), ("Ratio.HALF",), data=(0.5,), odd_data=("0.5", 1.5),
            declares="class Ratio(float, Enum):\n    HALF = 0.5\n    MORE = 1.5\n"),
    _scalar("enum-plain", "Shade", ("dark",), ("1", "ONE", "LIGHT", "2.5", "None", "NOTHING", "true"), ("Shade.DARK", "Shade.ONE"), data=("dark", 1), odd_data=(2.5, None, "1", True),
            declares='class Shade(Enum):\n    DARK = "dark"\n    ONE = 1\n    LIGHT = 2.5\n    NOTHING = None\n'),
    _scalar("enum-plain", "Pair", ("AB",), ("[1, 2]", "(1, 2)", "Pair.AB"), ("Pair.AB",), data=([1, 2],), odd_data=("AB",),
            declares="class Pair(Enum):\n    AB = (1, 2)\n    CD = (3, 4)\n"),
    _scalar("enum-further", "Hue", ("red", "r", "blue"), ("RED", "7", "x", " r"), ("Hue.RED", '"r"'), bad=('"green"',), data=("red", "r", 7), odd_data=("7", 7.0, True),
            declares='class Hue(Enum):\n    RED = "red"\n    BLUE = "blue"\n\n\nHue._value2member_map_["r"] = Hue.RED\nHue._value2member_map_[7] = Hue.BLUE\n'),
    _scalar("enum-flag", "Right", ("1", "2"), ("3", "0", "8", "-1", "READ", "1.0", "4"), ("Right.READ", "3"), bad=('"x"',), data=(1, 2, 3, 0), odd_data=(8, -1, "3", 1.0, True),
            declares="class Right(IntFlag):\n    READ = 1\n    WRITE = 2\n"),
    _scalar("enum-flag", "Side", ("LEFT",), ("1", "3", "8", "LEFT|RIGHT"), ("Side.LEFT", "Side.LEFT | Side.RIGHT"), data=(1, 2, 3), odd_data=(8, 0, -1, "1", 1.0),
            declares="class Side(Flag):\n    LEFT = 1\n    RIGHT = 2\n"),
    _scalar("enum-decided", "Cloud", ("gcs", "GCS"), ("s3", "5", ""), ("Cloud.GCS", '"GCS"'), bad=('"s3"',), data=("gcs", "GCS"), odd_data=("s3", 5, None, ["gcs"]),
            declares='class Cloud(Enum):\n    GCS = "gcs"\n\n    @classmethod\n    def _missing_(cls, value):\n        return cls.GCS if str(value).lower() == "gcs" else None\n'),
    _scalar("alias-type", "Port", ("80",), ("0", "x", "70000"), ("80",), data=(80,), odd_data=(0, "80"),
            declares='Port = TypeAliasType("Port", Annotated[int, Field(ge=1, le=65535)])\n'),
    _scalar("alias-type", "UserId", INT, ODD_INT, ("5",), data=INT_DATA, odd_data=ODD_INT_DATA, declares='UserId = NewType("UserId", int)\n'),
    _scalar("alias-type", "Slug", ("ab-c",), ("AB", "", "a b"), ('"a"',), declares='Slug = Annotated[str, Field(pattern=r"^[a-z-]+$", max_length=8)]\n'),
    _scalar("pattern-type", "re.Pattern[str]", ("^a+$", "x"), ("(", "[", "\\z", ""), ('re.compile("a+")', '"x"'), hashable=False),
    _scalar("none", "None", ("x",), ("null", "None", ""), ("None",), data=(None,), odd_data=("x",)),
    # What only the running application can decide.
    _scalar("place", "FilePath", (".env",), ("/", "nowhere"), ()),
    _scalar("place", "DirectoryPath", ("/", "."), ("nowhere",), ('"."',)),
    _scalar("place", "NewPath", ("nowhere",), ("/", "a/b/c"), ()),
    _scalar("clock", "PastDate", ("2001-01-01",), ("2999-01-01", "x", "20010101"), ()),
    _scalar("clock", "FutureDatetime", ("2999-01-01T00:00:00",), ("2001-01-01", "x"), ()),
    _scalar("import", "ImportString", ("math.pi", "os.path"), ("nowhere.at.all", "", "x y"), (), hashable=False),
    _scalar("encoded", "Base64Str", ("aGVsbG8=",), ("x", "é", "aGVsbG8"), ()),
    _scalar("encoded", "Base64UrlBytes", ("aGVsbG8=",), ("x", "é"), ()),
)
# fmt: on

FAMILIES: dict[str, tuple[Scalar, ...]] = {}
for _each in SCALARS:
    FAMILIES[_each.family] = (*FAMILIES.get(_each.family, ()), _each)
