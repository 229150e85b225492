"""Env files for the class of everything: those that the page judges, and those that it leaves to boot."""

from __future__ import annotations

WHOLE = "APP_NAME=shop\nAPP_KEY=0123456789\n"  # and the database's URL, which is in Vault


def _with(name: str, *values: str) -> list[str]:
    return [f"{WHOLE}{name}={value}\n" for value in values]


# fmt: off
JUDGED: tuple[str, ...] = (
    WHOLE, "", "APP_NAME=shop\n", "APP_NAME=s\n", "APP_NAME=\n", "APP_NAME='two words'\n", "APP_NAME=UPPER\n", "APP_NAME=1a\n",
    *_with("APP_NAME", "abcdefghijkl", "abcdefghijklm", "ab", "a-1", "'ab '"),
    *_with("APP_PORT", "8000", "0", "65536", "65535", "' 5 '", "1.0", "1.5", "1e3", "0x10", "+5", "-5", "", "eight", "007", "99999999999999999999"),
    *_with("APP_RATIO", "0.5", "0", "1", "1e-3", "5.", ".5", "0,5", "-0.5", "''", "abc"), *_with("APP_ANY_NUMBER", "-1.5E3", "x"),
    *_with("APP_DEBUG", "yes", "no", "on", "OFF", "1", "0", "t", "f", "Y", "n", "TRUE", "False", "2", "enabled", "", "' true'", "1.0"),
    *_with("APP_COLOR", "red", "RED", "green", "", "' red'"), *_with("APP_LEVEL", "1", "2", "3", "LOW", "' 1'", "1.0", "true"),
    *_with("APP_MODE", "fast", "safe", "Fast", "slow"),
    *_with("APP_PRICE", "1.50", "-1", "abc", "0", "9999.99"),
    *_with("APP_FOLDER", "/srv", "relative", "", "'with space'"),
    *_with("APP_TAGS", "'[]'", """'["a","b"]'""", """'["a","b","c","d"]'""", "a,b", "''", "'[\"a\"'"),
    *_with("APP_NUMBERS", "1", "'1, 2 ,3'", "", "a", "'1,,2'", "'[1, 2]'", "'1,x'"),
    *_with("APP_GREETING", "hi", ""), *_with("APP_BANNER", "old"), *_with("APP_TOKEN", "", "abc"), *_with("APP_SHOUT", "LOUD", "quiet"),
    "APP_NAME=shop\nAPP_KEY=short\n", "APP_NAME=shop\nAPP_KEY=\n",
    "APP_NAME=shop\nAPP_KEY=vault:secret/x#key\n", "APP_NAME=vault:secret/x#name\n", "APP_NAME=vault:secret\n", "APP_NAME=bao:a/b#c@2\nAPP_PORT=x\n",
    *_with("APP_DATABASE__POOL", "0", "10", "x"), *_with("APP_DATABASE__PASSWORD", "x"), *_with("APP_DATABASE__POOOL", "1"),
    *_with("APP_MAIL__HOST", "mx"), *_with("APP_MAIL__PORT", "25", "x"), *_with("APP_MAIL__NOPE", "x"), WHOLE + "APP_MAIL__HOST=mx\nAPP_MAIL__TLS=maybe\n",
    *_with("APP_EXTRA", "x", "'{\"a\": 1}'", "''"),
    WHOLE + "APP_PROT=1\n", WHOLE + "APP_XYZZY=1\n", WHOLE + "APP_POOL=1\n", WHOLE + "OTHER=1\nPORT=x\n", WHOLE + "app_port=9\n", WHOLE + "APP_PORT__X=9\n",
    WHOLE + "export APP_PORT=9\n", WHOLE + "APP_PORT=9 # nine\n", WHOLE + "APP_PORT='9' # nine\n", WHOLE + "APP_PORT\n", WHOLE + "APP_PORT='9\n", WHOLE + "= x\n", WHOLE + "!\n",
    WHOLE + "APP_PORT=9\nAPP_PORT=x\n", WHOLE + "X=9\nAPP_PORT=${X}\n", WHOLE + "APP_GREETING='${:-$}{X}'\n", "\ufeff" + WHOLE, WHOLE.replace("\n", "\r\n"), WHOLE + "# APP_PORT=x\n", WHOLE + "APP_GREETING='two\nlines'\n",
    # references in the forms of other tools, of which boot warns
    *_with("APP_GREETING", "'op://vault/item/key'", "'x;ref+vault://secret/a#b'", "'<vault:a>'", "'{{ with secret \"a\" }}'", "hashivault:a", "conjure", "ref+nothing"),
    WHOLE + "APP_XYZZY=op://a/b\n", WHOLE + "OTHER=awssm:a\n",
)

# What the page leaves to boot: at least one of every kind.
UNSURE: tuple[str, ...] = (
    # kinds of values that it does not read
    *_with("APP_TIMEOUT", "PT30S", "30", "PT61M"), *_with("APP_DAY", "2024-02-29", "2023-02-29"), *_with("APP_MOMENT", "2024-01-02T03:04:05Z", "1.5"),
    *_with("APP_HOUR", "12:30", "24:00"), *_with("APP_LIMIT", "10MB", "10XB"), *_with("APP_IDENTITY", "12345678-1234-4234-9234-123456789abc", "1234"),
    *_with("APP_ADDRESS", "10.0.0.1", "10.0.0.256"), *_with("APP_NETWORK", "10.0.0.0/8", "net"), *_with("APP_HOME", "http://example.com", "ftp://example.com"),
    *_with("APP_CACHE", "redis://cache:6379/0", "http://cache"), *_with("APP_UNIQUE", "'[1,1,1,1]'", "'[1,2,3]'"), *_with("APP_PAIR", "'[1,\"x\"]'", "'[1]'"),
    *_with("APP_RAW", "'[1,2]'", "x"), *_with("APP_DATABASE__URL", "postgres://db/x", "mysql://db/x"),
    # values that it does not read, of kinds that it does
    *_with("APP_NAME", "äb"), *_with("APP_PORT", "1_000", "٨", "1__0", "5.", "-1.5"), *_with("APP_RATIO", "1_0.5", "inf", "1e400"), *_with("APP_ANY_NUMBER", "-Infinity", "NaN"),
    *_with("APP_PRICE", "1.505", "10000.00", "NaN", "1e2", "' 1.5 '"), *_with("APP_TAGS", "'[1]'", "'{\"a\": 1}'", "null", "'[null]'", "'[NaN]'"), *_with("APP_NUMBERS", "'[1.5]'", "1_0", "'[1'"),
    # sections and mappings, as JSON or by their parts
    *_with("APP_DATABASE", "'{\"url\": \"postgres://db/x\"}'", "'{\"pool\": 5}'", "'[]'", "null", "{"), WHOLE + "APP_DATABASE='{\"pool\": 700}'\nAPP_DATABASE__POOL=7\n", *_with("APP_MAIL", "'{}'", "null"),
    *_with("APP_LABELS", "'{\"a\": 1}'", "'[]'"), *_with("APP_LABELS__X", "1", "y"), *_with("APP_TAGS__0", "a"),
    *_with("APP_STORE__KIND", "bucket", "tape"), WHOLE + "APP_STORE__KIND=disk\nAPP_STORE__PATH=/x\n", *_with("APP_STORE", "'{\"kind\": \"disk\"}'"), *_with("APP_STORE__NAME", "b"),
    # which of several names counts
    WHOLE + "APP_BANNER=a\nAPP_GREETING=b\n", WHOLE + "app_port=9\nAPP_PORT=10\n", WHOLE + "APP_PORT=x\napp_port=9\n",
    # a file; the environment at boot may have it
    WHOLE + "APP_NAME_FILE=/nowhere\n", WHOLE + "APP_PORT=${APP_NOT_THERE:-9}\n",
    # what may be a reference to Vault where boot reads none
    *_with("APP_TAGS", "'[\"vault:a/b#c\"]'"), *_with("APP_GREETING", "Vault:a/b#c", "'postgres://u:vault:a/b#c@db/x'"),
)
