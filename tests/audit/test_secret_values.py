"""Which texts are searched for: all that a secret is set to anywhere, and the secret parts of them."""

from __future__ import annotations

import pytest

from confcontract.audit.secret_values import SecretValues, secret_values
from confcontract.secrets.store import Fetched
from tests.audit.right_image import CONTRACT


def given(**environ: str) -> SecretValues:
    return secret_values(CONTRACT, environ, [], [], lambda _: Fetched())


@pytest.mark.parametrize(
    "address,passwords",
    [
        ("postgres://u:pw1@h1:1,u2:pw2@h2:2/shop", {"pw1", "pw2"}),
        ("postgres://u:p%40w@h1,h2:5432,u3:p3@[::1]:7,h4/shop", {"p%40w", "p@w", "p3", "5432,u3:p3"}),  # of h2?
        ("postgres://u:1,2@h1,u2:33@h2", {"1,2", "33"}),
        ("postgres://u@h1,u2:pw2@h2/shop", {"pw2"}),
        ("postgres://u:p@ss@h/shop", {"p@ss"}),
        ("postgres://u:pw1@/shop", {"pw1"}),
        ("postgres://u@h1,h2/shop", set()),
        ("postgres://h/shop?user=u&password=a%2Bb+c", {"a%2Bb+c", "a+b+c", "a+b c"}),
        ("postgres://u:pw1@h/shop?sslmode=require&sslpassword=pw2#f", {"pw1", "pw2"}),
        ("postgres:///shop?host=/run&ssl%70assword=x", {"x"}),
        ("postgres://h/shop?user=u&sslmode=require&application_name=shop", set()),
    ],
)
def test_every_password_of_an_address_is_searched_for(address: str, passwords: set[str]) -> None:
    assert set(given(SHOP_DATABASE=address).values.get("SHOP_DATABASE", ())) == passwords
