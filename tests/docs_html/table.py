"""Env files for the class of everything, and those on which only boot can tell."""

from __future__ import annotations

WHOLE = "APP_NAME=shop\nAPP_KEY=0123456789\nAPP_DATABASE__URL=postgres://u:p@db:5432/shop\n"


def _with(name: str, *values: str) -> list[str]:
    return [f"{WHOLE}{name}={value}\n" for value in values]


# fmt: off
CASES: tuple[str, ...] = (
    WHOLE, "", "APP_NAME=shop\n", "APP_NAME=s\n", "APP_NAME=\n", "APP_NAME='two words'\n", "APP_NAME=UPPER\n", "APP_NAME=1a\n",
    *_with("APP_NAME", "abcdefghijkl", "abcdefghijklm", "ab", "a-1", "'ab '", "äb"),
    *_with("APP_PORT", "8000", "0", "65536", "65535", "1_000", "' 5 '", "1.0", "1.5", "1e3", "0x10", "+5", "-5", "", "eight", "٨", "99999999999999999999", "1__0", "5."),
    *_with("APP_RATIO", "0.5", "0", "1", "1e-3", "inf", "nan", "5.", ".5", "1_0.5", "0,5", "1e400", "infinity", "-0.5", "''", "abc"),
    *_with("APP_ANY_NUMBER", "inf", "-Infinity", "NaN", "1e400", "x"),
    *_with("APP_DEBUG", "yes", "no", "on", "OFF", "1", "0", "t", "f", "Y", "n", "TRUE", "False", "2", "enabled", "", "' true'", "1.0"),
    *_with("APP_COLOR", "red", "RED", "green", "", "' red'"), *_with("APP_LEVEL", "1", "2", "3", "LOW", "' 1'", "1.0", "true"),
    *_with("APP_MODE", "fast", "safe", "Fast", "slow"),
    *_with("APP_TIMEOUT", "PT30S", "30", "00:00:30", "1:00:00", "PT1H", "PT61M", "P1D", "'1 day'", "1d", "30s", "pt30s", "-PT5S", "PT1.5S", "10:00", "", "P", "1h"),
    *_with("APP_DAY", "2024-02-29", "2023-02-29", "1704067200", "1704067201", "2024-1-2", "20240102", "2024-01-02T00:00:00", "2024-01-02T01:00:00", "null", "today", "' 2024-01-02'"),
    *_with("APP_MOMENT", "2024-01-02T03:04:05Z", "2024-01-02T03:04:05", "2024-01-02 03:04", "2024-01-02T03:04:05+02:00", "2024-01-02T25:00", "1704067200", "2024-01-02", "2024-01-02T03:04:05.1234567", "1.5"),
    *_with("APP_HOUR", "12:30", "12:30:15", "24:00", "12:30Z", "1230", "3600", "3:04"),
    *_with("APP_PRICE", "1.50", "1.505", "10000.00", "99999.99", "-1", "NaN", "1e2", "1_0", "' 1.5 '", "abc", "0"),
    *_with("APP_LIMIT", "10MB", "10 MB", "1.5GiB", "1024", "10XB", "-5", "1_000", "MB", "0.5kb", "", "10mb/s"),
    *_with("APP_IDENTITY", "12345678-1234-4234-9234-123456789abc", "12345678123442349234123456789abc", "{12345678-1234-4234-9234-123456789abc}", "1234", "urn:uuid:12345678-1234-4234-9234-123456789abc"),
    *_with("APP_ADDRESS", "10.0.0.1", "10.0.0.256", "::1", "010.0.0.1", "10.0.0", "localhost"),
    *_with("APP_NETWORK", "10.0.0.0/8", "10.0.0.1/8", "::/0", "2001:db8::/32", "10.0.0.0", "10.0.0.0/33", "net"),
    *_with("APP_HOME", "http://example.com", "https://example.com:8443/x?y=1#z", "ftp://example.com", "example.com", "http://h:99999", "http://[::1]/", "http://h:x", "", "http://1.2.3.4", "http://exa mple.com"),
    *_with("APP_CACHE", "redis://cache:6379/0", "rediss://:pw@cache", "http://cache", "cache:6379", "redis://cache:99999"),
    *_with("APP_FOLDER", "/srv", "relative", "", "'with space'"),
    *_with("APP_TAGS", "'[]'", """'["a","b"]'""", """'["a","b","c","d"]'""", "a,b", "'[1]'", "''", "'{\"a\": 1}'", "'[\"a\"'", "null", "'[null]'"),
    *_with("APP_NUMBERS", "1", "'1, 2 ,3'", "", "a", "'1,,2'", "'[1, 2]'", "'[1.5]'", "'1,x'", "1_0"),
    *_with("APP_UNIQUE", "'[1,1,1,1]'", "'[1,2,3]'", "'[]'", "'[\"1\", 1]'"), *_with("APP_PAIR", "'[1,\"x\"]'", "'[1]'", "'[1,\"x\",2]'", "'[\"a\",\"b\"]'", "1"),
    *_with("APP_LABELS", "'{\"a\": 1}'", "'{\"a\": \"1\"}'", "'{\"a\": \"x\"}'", "'[]'", "'{}'"), *_with("APP_LABELS__X", "1", "y"),
    *_with("APP_RAW", "'[1,2]'", "'[\"x\"]'", "'{'", "x"),
    *_with("APP_GREETING", "hi", ""), *_with("APP_BANNER", "old"), WHOLE + "APP_BANNER=a\nAPP_GREETING=b\n",
    "APP_NAME=shop\nAPP_KEY=short\nAPP_DATABASE__URL=postgres://db/x\n", "APP_NAME=shop\nAPP_KEY=\nAPP_DATABASE__URL=postgres://db/x\n",
    "APP_NAME=shop\nAPP_KEY=vault:secret/x#key\n", "APP_NAME=vault:secret/x#name\n", "APP_NAME=vault:secret\n", "APP_NAME=bao:a/b#c@2\nAPP_PORT=x\n",
    *_with("APP_TOKEN", "", "abc"), *_with("APP_SHOUT", "LOUD", "quiet"),
    "APP_NAME=shop\nAPP_DATABASE__URL=mysql://db/x\n", "APP_NAME=shop\nAPP_DATABASE__URL=postgres:///x\n", "APP_NAME=shop\nAPP_DATABASE__POOL=0\n", "APP_NAME=shop\nAPP_DATABASE__POOL=10\n",
    "APP_NAME=shop\nAPP_DATABASE='{\"url\": \"postgres://db/x\"}'\n", "APP_NAME=shop\nAPP_DATABASE='{\"pool\": 5}'\n", "APP_NAME=shop\nAPP_DATABASE='{\"URL\": \"postgres://db/x\", \"pool\": \"x\"}'\n",
    "APP_NAME=shop\nAPP_DATABASE={\n", "APP_NAME=shop\nAPP_DATABASE='[]'\n", "APP_NAME=shop\nAPP_DATABASE=null\n", WHOLE + "APP_DATABASE__WAIT=PT0S\n", WHOLE + "APP_DATABASE__WAIT=PT1S\n",
    WHOLE + "APP_DATABASE__PASSWORD=x\n", WHOLE + "APP_DATABASE='{\"pool\": 7}'\n", WHOLE + "APP_DATABASE='{\"pool\": 700}'\nAPP_DATABASE__POOL=7\n",
    WHOLE + "APP_MAIL__HOST=mx\n", WHOLE + "APP_MAIL__PORT=25\n", WHOLE + "APP_MAIL__PORT=x\n", WHOLE + "APP_MAIL='{}'\n", WHOLE + "APP_MAIL__HOST=mx\nAPP_MAIL__TLS=maybe\n", WHOLE + "APP_MAIL=null\n",
    WHOLE + "APP_STORE__KIND=disk\nAPP_STORE__PATH=/x\n", WHOLE + "APP_STORE__KIND=bucket\n", WHOLE + "APP_STORE__KIND=bucket\nAPP_STORE__NAME=b\n", WHOLE + "APP_STORE__KIND=tape\n", WHOLE + "APP_STORE='{\"kind\": \"disk\"}'\n", WHOLE + "APP_STORE__NAME=b\n",
    *_with("APP_EXTRA", "x", "'{\"a\": 1}'", "''"),
    WHOLE + "APP_PROT=1\n", WHOLE + "APP_DATABASE__POOOL=1\n", WHOLE + "APP_XYZZY=1\n", WHOLE + "APP_POOL=1\n", WHOLE + "OTHER=1\nPORT=x\n", WHOLE + "app_port=9\n", WHOLE + "app_port=9\nAPP_PORT=10\n", WHOLE + "APP_PORT=x\napp_port=9\n",
    WHOLE + "APP_NAME_FILE=/nowhere\n", WHOLE + "export APP_PORT=9\n", WHOLE + "APP_PORT=9 # nine\n", WHOLE + "APP_PORT='9' # nine\n", WHOLE + "APP_PORT=\"9\\n\"\n", WHOLE + "APP_PORT\n", WHOLE + "APP_PORT='9\n", WHOLE + "= x\n", WHOLE + "!\n",
    WHOLE + "APP_PORT=9\nAPP_PORT=x\n", WHOLE + "X=9\nAPP_PORT=${X}\n", WHOLE + "APP_PORT=${APP_NOT_THERE:-9}\n", WHOLE + "APP_GREETING='${:-$}{X}'\n", "\ufeff" + WHOLE, WHOLE.replace("\n", "\r\n"), WHOLE + "# APP_PORT=x\n", WHOLE + "APP_GREETING='two\nlines'\n",
    *_with("APP_TAGS", "'[\"vault:a/b#c\"]'"), *_with("APP_GREETING", "Vault:a/b#c"),
)

# What the page leaves to boot.
UNSURE: tuple[str, ...] = (
    *_with("APP_MOMENT", "1.5"),  # a fraction of a second, by the rules of another parser
    *_with("APP_HOME", "http://exa mple.com"),  # characters that parsers of URLs may mend
    WHOLE + "APP_NAME_FILE=/nowhere\n",  # a file
    WHOLE + "APP_PORT=${APP_NOT_THERE:-9}\n",  # the environment at boot may have it
    # what may be a reference to Vault where boot reads none
    *_with("APP_TAGS", "'[\"vault:a/b#c\"]'"),

    *_with("APP_GREETING", "Vault:a/b#c"),
)

# Sentence of a trap → how many of its tries the page leaves to boot.
UNSURE_TRAPS: dict[str, int] = {
    # the application reads files of its own
    "a missing secrets directory is no error": 1,
    "dotenv: of two files the last wins, the environment beats both": 1,
    "extra=allow keeps unknown keys of an env file": 1,
    # enums that may be called with more than their members
    "env_parse_enums: name beats value, case-sensitive": 3,
    "env_parse_enums plays no part inside JSON": 1,
    # strict mode: what pydantic-settings makes of the text first, the page does not hold
    "strict settings take numbers as text": 1,
    "strict settings make URLs before constraints could act, in sections too": 1,
    "strict settings with constraints on the URLs of a recursive model": 1,
    # the time of the start
    "PastDate depends on the clock": 2,
    # numbers where a text is usual
    "datetime: epoch numbers, seconds or milliseconds by size (2e10)": 2,
    "time in JSON: numbers are seconds of the day": 4,
    "timedelta in JSON: numbers are seconds": 2,
    "Literal in JSON": 2,  # where 1, 1.0 and true are one for Python, and not for pydantic
    # URLs that a browser and pydantic's parser may mend in different ways
    "URLs: trimmed, host lowercased and punycoded, default port dropped": 3,
    "HttpUrl wants http": 1,
    "RedisDsn fills in host, port and db": 2,
    # patterns that mean something else in a browser
    "patterns are in Rust's dialect: \\p{L}": 2,
    "patterns are in Rust's dialect: [[:alpha:]]": 2,
    "look-around needs regex_engine=python-re": 3,
}
