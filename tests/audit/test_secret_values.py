"""Which texts are searched for: all that a secret is set to anywhere, and the secret parts of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from confcontract.audit.secret_values import SecretValues, secret_values
from confcontract.report.problem import Problem
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


@pytest.mark.parametrize(
    "address", ["u:hunter22@tcp(db:3306)/shop", "host=db user=u password=hunter22", "db:/u:hunter22@h"]
)
def test_a_password_that_is_not_found_in_an_address_is_not_examined(address: str) -> None:
    found = given(SHOP_DATABASE=address)
    assert [*found.unexamined] == [
        "the password within the value of SHOP_DATABASE, from the environment: it is not a URL"
    ]
    in_plain_text = given(SHOP_LOGIN__USER=address)
    assert [*in_plain_text.unexamined] == [each.replace("DATABASE", "LOGIN__USER") for each in found.unexamined]
    assert [*given(SHOP_DATABASE="postgres://u:hunter22@h/shop").unexamined] == []


def test_the_values_of_all_sources_are_searched_for(tmp_path: Path) -> None:
    (tmp_path / "one.env").write_text("SHOP_KEY=of-the-first\nSHOP_LOGIN__PASSWORD=member-1\n")
    (tmp_path / "two.env").write_text(f"SHOP_KEY=of-the-second\nSHOP_KEY_FILE={tmp_path / 'key'}\n")
    (tmp_path / "key").write_text("of-the-file\n")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/SHOP_KEY").write_text("vault:of-a-secrets-dir")
    environ = {"SHOP_KEY": "of-the-environment", "SHOP_LOGIN": '{"password": "member-2"}'}
    env_files = [str(tmp_path / name) for name in ("one.env", "two.env")]
    found = secret_values(CONTRACT, environ, env_files, [str(tmp_path / "secrets")], lambda _: Fetched())
    assert set(found.values["SHOP_KEY"]) == {
        "of-the-first",
        "of-the-second",
        "of-the-file",
        "vault:of-a-secrets-dir",
        "of-the-environment",
    }
    assert found.values["SHOP_LOGIN__PASSWORD"] == ["member-1"]
    assert "member-2" in found.values["SHOP_LOGIN"]
    assert [*found.unknown, *found.unexamined] == []
    assert "of-the" not in repr(found)


def test_the_values_that_a_later_line_of_an_env_file_replaces_are_searched_for(tmp_path: Path) -> None:
    one, two = tmp_path / "one.env", tmp_path / "two.env"
    (tmp_path / "key").write_text("of-the-file\n")
    one.write_text(f"SHOP_KEY=first\nSHOP_KEY=second\nSHOP_KEY_FILE={tmp_path / 'key'}\nSHOP_KEY_FILE=/etc/none\n")
    two.write_text("SHOP_KEY=third\nSHOP_KEY='fourth'\nSHOP_KEY\n")
    found = secret_values(CONTRACT, {"SHOP_KEY": "counts"}, [str(one), str(two)], [], lambda _: Fetched())
    assert set(found.values["SHOP_KEY"]) == {"first", "second", "third", "fourth", "of-the-file", "counts"}


STORED = {"vault:secret/a#key": "of-a", "vault:secret/b#key": "of-b", "vault:secret/c#key": "of-c"}


def stored(references: Mapping[str, str]) -> Fetched:
    fetched = Fetched()
    for name, text in references.items():
        if text in STORED:
            fetched.values[name] = STORED[text]
        elif text.startswith("aws-sm:"):
            fetched.unasked.append(name)
        else:
            fetched.problems.append(Problem("vault-denied", "Vault denies it", variable=name))
    return fetched


def test_a_reference_that_is_outranked_is_read_as_well(tmp_path: Path) -> None:
    files = []
    for letter in ("a", "b", "c"):
        (tmp_path / letter).write_text(f"SHOP_KEY=vault:secret/{letter}#key\n")
        files.append(str(tmp_path / letter))
    found = secret_values(CONTRACT, {}, files, [], stored)
    assert sorted(found.values["SHOP_KEY"]) == ["of-a", "of-b", "of-c"]


@pytest.mark.parametrize(
    "line,said",
    [
        ("SHOP_KEY_FILE=/etc/no-such-file", "another value of SHOP_KEY: SHOP_KEY_FILE names a file in /etc that"),
        ("SHOP_KEY=vault:secret/denied#key", "another value of SHOP_KEY: Vault denies it"),
        ("SHOP_KEY=vault:hunter2", "another value of SHOP_KEY: it begins like a reference to Vault, but is not one"),
        (
            "SHOP_KEY=aws-sm:a",
            "another value of SHOP_KEY: it is stored in AWS Secrets Manager, which is not configured",
        ),
    ],
)
def test_what_is_outranked_and_cannot_be_read_is_not_examined(line: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.env").write_text(f"{line}\n")
    found = secret_values(CONTRACT, {"SHOP_KEY": "counts"}, [str(tmp_path / "a.env")], [], stored)
    assert found.values["SHOP_KEY"] == ["counts"]
    (told,) = found.unexamined
    assert told.startswith(said)
    assert "hunter2" not in told


def test_a_reference_that_counts_and_is_not_read_is_unknown_though_a_lower_value_is_searched_for(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.env").write_text("SHOP_KEY=lower\n")
    found = secret_values(CONTRACT, {"SHOP_KEY": "aws-sm:a"}, [str(tmp_path / "a.env")], [], stored)
    assert found.values["SHOP_KEY"] == ["lower"]
    assert "SHOP_KEY" in found.unknown


@pytest.mark.parametrize("text", ['{"password":"x-in-it"', "x-in-it", '\ufeff{"password": x-in-it}'])
def test_a_section_that_is_not_valid_json_is_not_examined(text: str) -> None:
    found = given(SHOP_LOGIN=text)
    assert [*found.unexamined] == ["parts of the value of SHOP_LOGIN, from the environment: it is not valid JSON"]
    assert text in found.values["SHOP_LOGIN"]


def test_json_that_is_valid_and_a_text_with_a_bracket_are_examined() -> None:
    assert [*given(SHOP_LOGIN='{"password": "x"}', SHOP_KEY="{a").unexamined] == []
    assert [*given(SHOP_LOGIN="null").unexamined] == []


def test_a_file_is_searched_for_without_its_byte_order_mark_as_well(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hunter22\n", encoding="utf-8-sig")
    (tmp_path / "login").write_text('{"password": "in-it"}', encoding="utf-8-sig")
    found = given(SHOP_KEY_FILE=str(tmp_path / "key"), SHOP_LOGIN_FILE=str(tmp_path / "login"))
    assert set(found.values["SHOP_KEY"]) == {"hunter22", "\ufeffhunter22"}
    assert "in-it" in found.values["SHOP_LOGIN"]
    assert [*found.unexamined] == []
