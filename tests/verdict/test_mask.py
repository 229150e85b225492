"""What may be shown of a value."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from confcontract.report.terminal import columns
from confcontract.verdict.mask import SHOWN_COLUMNS, as_shown, mask_credentials, masked, quoted, shown

CANARY = "canary-7f3a"

# Any characters at all: what people put into passwords without encoding it is the very point.
passwords = st.text(min_size=4, max_size=30) | st.text(alphabet="ab1@/#:?&=%;, '\"\\[]{}\n", min_size=4, max_size=30)
users = st.text(alphabet="abcdefghijklmnopqrstuvwxyz_.-0123456789", max_size=12)
hosts = st.sampled_from(["db", "db.example.com:5432", "h1:1,h2:2", "[::1]:6379", "10.0.0.1", "tcp(db:3306)"])
schemes = st.sampled_from(["postgres", "postgresql+asyncpg", "redis", "amqp", "mongodb+srv", "http", "https", "x"])


def _hidden(text: str, password: str) -> bool:
    rest = text.replace(password, "", 1)
    assume(password not in rest)
    assume(password not in mask_credentials(rest))
    return password not in mask_credentials(text)


@given(schemes, users, passwords, hosts, st.sampled_from(["", "/0", "/shop?sslmode=require", "/shop#x"]))
def test_no_password_of_a_url_is_ever_shown(scheme: str, user: str, password: str, host: str, path: str) -> None:
    assert _hidden(f"{scheme}://{user}:{password}@{host}{path}", password)


@given(users.filter(bool), passwords.filter(lambda text: not text[0].isspace()), hosts)
def test_no_password_of_a_dsn_without_scheme_is_ever_shown(user: str, password: str, host: str) -> None:
    assume(not password.startswith("//"))  # app://x@db is a URL by every reading
    assert _hidden(f"{user}:{password}@{host}/shop", password)


@given(schemes, users, passwords, hosts)
def test_no_password_of_a_url_in_the_middle_of_a_sentence_is_ever_shown(
    scheme: str, user: str, password: str, host: str
) -> None:
    assert _hidden(f"SHOP_URL: see https://example.com/ and {scheme}://{user}:{password}@{host} there", password)


@given(passwords, st.sampled_from(["password", "PGPASSWORD", "sslpassword", "Pwd", "client_secret", "token", "sig"]))
def test_no_quoted_password_of_a_keyword_dsn_is_ever_shown(password: str, key: str) -> None:
    quoted = password.replace("\\", "\\\\").replace("'", "\\'")
    assert _hidden(f"host=db user=app {key}='{quoted}' port=5432", quoted)


@given(passwords, st.sampled_from(["?", "?sslmode=require&"]))
def test_no_password_in_a_query_is_ever_shown(password: str, before: str) -> None:
    assume(not any(f"{mark}{key}" in password.lower() for mark in "&;? ," for key in ("user", "host", "port", "ssl")))
    assert _hidden(f"postgres://db:5432/shop{before}password={password}", password)


@given(passwords)
def test_no_password_in_a_json_object_is_ever_shown(password: str) -> None:
    import json

    written = json.dumps(password)[1:-1]
    assert _hidden(f'{{"user": "app", "password": "{written}", "port": 1}}', written)


@given(st.text(max_size=200))
def test_masking_never_fails(text: str) -> None:
    mask_credentials(text)


@pytest.mark.parametrize(
    "text,expected",
    [
        ("postgres://app:hunter2@db/shop", "postgres://app:***@db/shop"),
        ("redis://:hunter2@cache:6379/0", "redis://:***@cache:6379/0"),
        (f"app:hunter2@db/x@sha256:{'0f' * 32}", f"app:***@db/x@sha256:{'0f' * 32}"),
        (f"postgres://app:hunter2@sha256:{'0f' * 32}", f"postgres://app:***@sha256:{'0f' * 32}"),
        ("app:hunter2@sha256:5432/shop", "app:***@sha256:5432/shop"),
        ("mongodb://app:hunter2@h1:1,h2:2/shop", "mongodb://app:***@h1:1,h2:2/shop"),
        ("amqp://a:one@h1,amqp://b:two@h2", "amqp://a:***@h2"),
        ("postgres://app:p@ss/w#rd@db:5432/shop", "postgres://app:***@db:5432/shop"),
        (
            "postgres://app@db/shop?password=hunter2&sslmode=require",
            "postgres://app@db/shop?password=***&sslmode=require",
        ),
        ("host=db password=hunter2 port=5432", "host=db password=*** port=5432"),
        ("host=db password='hun ter2' port=5432", "host=db password=*** port=5432"),
        ("Server=db;User Id=sa;Password=x;y;Port=1", "Server=db;User Id=sa;Password=***;Port=1"),
        ("app:hunter2@tcp(db:3306)/shop", "app:***@tcp(db:3306)/shop"),
        ("https://hunter2@github.com/o/r", "https://***@github.com/o/r"),
        ("https://hunter2:x-oauth-basic@github.com", "https://***@github.com"),
        ("https://hunter2:@github.com", "https://***@github.com"),
        ("postgres://app:@db/shop", "postgres://app:@db/shop"),
        ("postgres://app:hunter2/shop", "postgres://app:***"),
        ("nats://hunter2@host", "nats://***@host"),
        ("redis://hunter2@cache:6379/0", "redis://***@cache:6379/0"),
        ("postgres://app@h1,nats://hunter2@h2", "postgres://app@h1,nats:***@h2"),
        ("https://tok?hunter2@host/", "https://***@host/"),
        ("https://tok/hunter2@host/", "https://***@host/"),
        ("https://tok?hunter2:x@host/", "https://***@host/"),
        (
            "mongodb://AKID@h/?authMechanism=MONGODB-AWS&authMechanismProperties=AWS_SESSION_TOKEN:hunter2",
            "mongodb://AKID@h/?authMechanism=MONGODB-AWS&authMechanismProperties=***",
        ),
        ("https://h/p?page=2&foo=hunter2&lang=de", "https://h/p?page=2&foo=***&lang=de"),
        ("https://h/p?hunter2", "https://h/p?***"),
        ("https://h/p?pass%77ord=hunter2", "https://h/p?pass%77ord=***"),
        ("https://h/cb#access_token=hunter2", "https://h/cb#access_token=***"),
        ("https://h/p;jsessionid=hunter2", "https://h/p;jsessionid=***"),
        ("https://h/?url=postgres%3A%2F%2Fa%3Ahunter2%40h", "https://h/?url=***"),
        ("postgres%3A%2F%2Fapp%3Ahunter2%40host", "***"),
        ("postgres://app%3Ahunter2%40host/db", "postgres://***"),
        ("password%3Dhunter2", "***"),
        ("mongodb://app:hunter2@h1:1,h2:2/db?replicaSet=rs", "mongodb://app:***@h1:1,h2:2/db?replicaSet=rs"),
        ("mongodb://h1:1,app:hunter2", "mongodb://h1:***"),
        ("Driver={x};Server=h;Uid=u;Pwd={a;Server=hunter2};Port=1", "Driver={x};Server=h;Uid=u;Pwd=***;Port=1"),
        ("host = db password = 'hun ter2' port=1", "host = db password = *** port=1"),
        ("jdbc:postgresql://h/db?user=u&password=hunter2", "jdbc:postgresql://h/db?user=u&password=***"),
        (
            "jdbc:sqlserver://h:1433;databaseName=x;user=sa;password=hunter2;encrypt=true",
            "jdbc:sqlserver://h:1433;databaseName=x;user=sa;password=***;encrypt=true",
        ),
        ("jdbc:oracle:thin:scott/hunter2@//h:1521/s", "jdbc:oracle:***@//h:1521/s"),
        ("-----BEGIN RSA PRIVATE KEY-----\nhunter2", "***"),
    ],
)
def test_only_the_password_is_masked(text: str, expected: str) -> None:
    assert mask_credentials(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        f"python:3.12-slim@sha256:{'0f' * 32}",
        f"localhost:5000/team/shop:v1@sha256:{'0f' * 32}",
        "http://shop:8080/path?x=1",
        "http://[::1]:8080/",
        "redis://cache:6379/0",
        "postgres://app@db/shop",
        "sqlite:////var/lib/shop.db",
        "ops@example.com",
        "write to: ops@example.com",
        "host=db port=5432",
        "12:30:00",
        "PT30S",
        "https://example.com/a@b",
        "https://example.com/@user",
        "mongodb://h1:27017,h2:27017/db?replicaSet=rs0&w=majority",
        "postgresql+asyncpg://app@db:5432/shop?sslmode=require&connect_timeout=10",
        "https://example.com/docs?page=2&lang=de&unknown=5&x=true",
        "kafka://b1:9092,b2:9092",
        "jdbc:postgresql://h:5432/db?ssl=true",
        "ldap://dc.example.com:389/dc=example,dc=com",
        "unix:///run/x.sock",
        "see https://example.com/guide#first-steps for more",
        "level=%(level)s message=%(message)s",
        "git@example.com:shop/shop.git",
        "",
    ],
)
def test_what_holds_no_password_is_left_alone(text: str) -> None:
    assert mask_credentials(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "password=" + " " * 300_000,
        "pass" * 100_000,
        "_" * 300_000,
        '"token":1,' * 30_000,
        "a:" * 200_000,
        "://" * 99_999,
        "x://" * 99_999,
        "x://u:p@h," * 30_000,
        "https://h/?" + "&a=b" * 90_000,
        "a%" * 150_000,
        "x://" + "h:1," * 90_000,
    ],
    ids=lambda text: text[:12],
)
def test_large_hostile_values_are_masked_in_one_pass(text: str) -> None:
    mask_credentials(text)  # quadratic work on this would outlast any patience


def test_a_secret_is_three_stars_whatever_its_length() -> None:
    secret = {"secret": True}
    assert {shown(value, secret) for value in ("x", CANARY, CANARY * 1000)} == {"***"}


def test_unset_empty_and_set_are_told_apart_even_of_a_secret() -> None:
    secret = {"secret": True}
    assert [shown(value, secret) for value in (None, "", "x")] == ["(unset)", "(empty)", "***"]
    assert [shown(value, {}) for value in (None, "", "x")] == ["(unset)", "(empty)", "x"]


def test_the_value_of_a_name_that_the_contract_does_not_know_is_never_shown() -> None:
    assert shown(CANARY, None) == "***"
    assert masked(CANARY, None) == "***"


def test_a_plain_string_that_happens_to_be_a_url_is_masked_as_well() -> None:
    assert shown(f"amqp://app:{CANARY}@mq", {"type": {"kind": "string"}}) == "amqp://app:***@mq"


@pytest.mark.parametrize(
    "value",
    [
        f"ab://{CANARY}",
        CANARY,
        f"{CANARY} https://example.com",
        f"postgresql://app:half#{CANARY}",
        f"postgresql://app:half/{CANARY}host/db",
        f"postgresql://app:half {CANARY}/db",
        f"https://example.com/#{CANARY}",
        f'["https://{CANARY}@h", "https://example.com"]',
        f"nats://a:x@h1,nats://{CANARY}@h2",
    ],
)
def test_where_it_is_not_certain_which_part_of_a_url_is_a_password_all_of_it_is_masked(value: str) -> None:
    assert CANARY not in masked(value, {"credentials": True})


@pytest.mark.parametrize(
    "value", ["https://example.com/a?page=1", "postgresql://app@db:5432/shop", '["https://a.example"]', "redis://h/0"]
)
def test_a_url_that_is_certain_is_shown(value: str) -> None:
    assert masked(value, {"credentials": True}) == value


def test_a_long_value_is_cut_at_sixty_columns() -> None:
    assert shown("x" * 60, {}) == "x" * 60
    assert shown("x" * 61, {}) == "x" * 59 + "…"
    assert shown("漢" * 31, {}) == "漢" * 29 + "…"


def test_cutting_happens_after_masking() -> None:
    assert CANARY[:4] not in shown(f"postgres://{'u' * 50}:{CANARY}@db", {})


@pytest.mark.parametrize("character", ["\x1b", "\n", "\r", "\t", "\0", "\x9b", "\u202e", "\u2028", "\u200b", "\udc80"])
def test_nothing_that_steers_a_terminal_gets_through(character: str) -> None:
    text = shown(f"a{character}b", {})
    assert text.isprintable()
    assert character not in text


def test_a_section_that_holds_a_secret_counts_as_secret() -> None:
    section = {"name": "SHOP_DATABASE", "path": ["database"]}
    password = {"name": "SHOP_DATABASE__PASSWORD", "path": ["database", "password"], "secret": True}
    port = {"name": "SHOP_DATABASE__PORT", "path": ["database", "port"]}
    assert [bool(variable.get("secret")) for variable in as_shown([section, password, port])] == [True, True, False]


@pytest.mark.parametrize("name", ["VAULT_TOKEN", "BAO_TOKEN", "VAULT_SECRET_ID", "vault_password", "BAO_JWT"])
def test_what_boot_itself_is_given_is_a_secret_whatever_the_application_calls_it(name: str) -> None:
    variable = {"name": name, "path": ["token"]}
    assert masked(CANARY, variable) == "***"
    assert masked(CANARY, {"name": "TOKEN", "aliases": [name]}) == "***"
    assert as_shown([variable])[0]["secret"] is True
    assert masked("http://vault:8200", {"name": "VAULT_ADDR"}) == "http://vault:8200"


PLAIN = {"name": "SHOP_PORT", "secret": False}


@pytest.mark.parametrize(
    "value,expected",
    [
        ("8000\n", r"'8000\n'"),
        ("8000\\n", r"'8000\\n'"),
        ("it's", '"it\'s"'),
        ("", "'(empty)'"),
        ("\u200b8", r"'\u200b8'"),
    ],
)
def test_what_is_quoted_can_be_told_from_what_was_written(value: str, expected: str) -> None:
    assert quoted(value, PLAIN) == expected


@given(st.text(max_size=200))
def test_what_is_quoted_is_one_line_and_bounded(value: str) -> None:
    found = quoted(value, PLAIN)
    assert found.isprintable()
    assert found[0] == found[-1]
    assert columns(found) <= SHOWN_COLUMNS + 2
