"""Where a target leads, and what of it may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confcontract.boot.checks.address import Address, NotAnAddress, parse

CANARY = "canary-3e1c"


@pytest.mark.parametrize(
    ("text", "endpoints", "where"),
    [
        ("db:5432", [("db", 5432)], "db:5432"),
        (" db:5432\n", [("db", 5432)], "db:5432"),
        ("[::1]:80", [("::1", 80)], "[::1]:80"),
        ("a:1,b:2", [("a", 1), ("b", 2)], "a:1, b:2"),
        ("nats://u:p@a,nats://u:p@b:1", [("a", 4222), ("b", 1)], "a:4222, b:1"),
        ("redis://a/0,rediss://:p@b/1", [("a", 6379), ("b", 6379)], "a:6379, b:6379"),
        ("https://a/?to=x,https://b", [("a", 443)], "a:443"),
        ("postgresql://u:p@db/shop", [("db", 5432)], "db:5432"),
        ("postgresql+psycopg://u:p@db:6432/shop?sslmode=require", [("db", 6432)], "db:6432"),
        ("postgres://u:p@a,b:6432,[::1]/shop", [("a", 5432), ("b", 6432), ("::1", 5432)], "a:5432, b:6432, [::1]:5432"),
        ("postgres://u:p@w@db/shop", [("db", 5432)], "db:5432"),
        ("redis://cache", [("cache", 6379)], "cache:6379"),
        ("rediss://:pw@cache/0", [("cache", 6379)], "cache:6379"),
        ("http://h", [("h", 80)], "h:80"),
        ("HTTPS://h?x#y", [("h", 443)], "h:443"),
        ("mysql+pymysql://h/d", [("h", 3306)], "h:3306"),
        ("amqp://u:p@h//", [("h", 5672)], "h:5672"),
        ("amqps://h", [("h", 5671)], "h:5671"),
        ("mongodb://a:1,b/d", [("a", 1), ("b", 27017)], "a:1, b:27017"),
        ("unix:///run/redis.sock?db=1", ["/run/redis.sock"], "/run/redis.sock"),
        ("redis+unix:///run/redis.sock", ["/run/redis.sock"], "/run/redis.sock"),
        ("postgresql://u:p@/shop?host=/run/pg", ["/run/pg/.s.PGSQL.5432"], "/run/pg/.s.PGSQL.5432"),
        ("postgresql:///shop?host=db&port=6432", [("db", 6432)], "db:6432"),
        ("postgresql://%2Frun%2Fpg/shop", ["/run/pg/.s.PGSQL.5432"], "/run/pg/.s.PGSQL.5432"),
        (f"postgres://user:12/{CANARY}@db/shop", [("user", 12)], None),
        (f"postgres://user:12#{CANARY}@db/shop", [("user", 12)], None),
        (f"postgres://user:12?{CANARY}@db/shop", [("user", 12)], None),
    ],
)
def test_targets_lead_to_their_hosts_and_default_ports(
    text: str, endpoints: list[tuple[str, int] | str], where: str | None
) -> None:
    address = parse(text)
    assert (address.endpoints, address.where) == (endpoints, where)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("db", "has no port"),
        ("", "has no host"),
        (":80", "has no host"),
        ("db:0", "port that is not a number"),
        ("db:65536", "port that is not a number"),
        (f"db:{CANARY}", "port that is not a number"),
        ("::1", "not in brackets"),
        ("[::1:80", "a [ without its ]"),
        ("[::1]80", "a [ without its ]"),
        (f"u:{CANARY}@db:80", "neither a URL nor HOST:PORT"),
        (f"/run/{CANARY}", "neither a URL nor HOST:PORT"),
        (f"host=db password={CANARY}", "white space"),
        (f"redis://u:{CANARY}/x@h", "port that is not a number"),
        ("custom://h", "has no port"),
        ("mongodb+srv://h/d", "DNS SRV"),
        ("sqlite:///x.db", "has no host"),
        ("unix://relative", "the absolute path"),
        ("h\0:80", "control characters"),
        ("a:1,,b:2", "has no host"),
    ],
)
def test_what_leads_nowhere_is_refused_in_words_that_do_not_show_it(text: str, words: str) -> None:
    with pytest.raises(NotAnAddress) as caught:
        parse(text)
    assert words in str(caught.value)
    assert CANARY not in str(caught.value)


@given(st.text(":/?#@[],%. ab12\n", max_size=30).map("postgres://".__add__) | st.text(max_size=30))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        address = parse(text)
    except NotAnAddress:
        return
    assert isinstance(address, Address)
    assert address.endpoints


@given(st.text("abc:/?#@[]%1", min_size=1, max_size=12))
def test_no_password_is_ever_shown_however_it_is_written(secret: str) -> None:
    password = f"{CANARY}{secret}{CANARY}"
    for text in (f"postgres://user:{password}@db:5432/shop", f"redis://:{password}@db/0?password={password}"):
        try:
            shown = str(parse(text).where)
        except NotAnAddress as error:
            shown = str(error)
        assert CANARY not in shown
