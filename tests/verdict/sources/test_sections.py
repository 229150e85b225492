"""Sections, Vault and several names of one variable: what outranks what, what is missing, and what is said of it."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from confcontract import bake, resolve
from confcontract.contract.artifact import Contract
from confcontract.report.errors import UsageError
from confcontract.secrets.store import Fetched
from confcontract.verdict.explain import rows
from confcontract.verdict.resolution import Resolution
from tests.verdict.sources.section_settings import Sections

WHOLE = {"url": "u", "tls": {"cert": "c", "key": "k"}}
REST = {"SHOP_CACHE__URL": "c", "SHOP_MAIL__PORT": "25", "SHOP_LOOK__THEME": "dark"}


class Recorder:
    """Answers every reference, and remembers what was asked."""

    def __init__(self, *, configured: bool = True) -> None:
        self.configured = configured
        self.asked: dict[str, str] = {}

    def create(self, references: Mapping[str, str], /) -> Fetched:
        raise AssertionError("nothing is to be created")

    def close(self) -> None:
        self.closed = True

    def read(self, references: Mapping[str, str], /) -> Fetched:
        self.asked = dict(references)
        fetched = Fetched()
        fetched.values.update(dict.fromkeys(references, "from-vault"))
        return fetched


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(Sections, name="sections", version="1")


def said(result: Resolution, variable: str) -> list[str]:
    return [problem.code for problem in result.problems if problem.variable == variable]


def errors(result: Resolution) -> dict[str | None, str | None]:
    return {problem.variable: problem.hint for problem in result.problems if problem.severity == "error"}


def test_a_section_in_the_environment_outranks_vault_for_the_members_it_has(contract: Contract) -> None:
    vault = Recorder()
    given = {**REST, "SHOP_DATABASE": json.dumps({"URL": "u", "tls": {"cert": "c"}})}
    result = resolve(contract, environ=given, vault=vault)
    assert vault.asked == {"SHOP_DATABASE__TLS__KEY": "secret/shop#key"}
    assert result.values["database"] == {"url": "u", "pool": 5, "tls": {"cert": "c", "key": "from-vault"}}


def test_vault_outranks_a_section_in_an_env_file(contract: Contract, tmp_path: object) -> None:
    vault = Recorder()
    file = f"{tmp_path}/a.env"
    with open(file, "w") as stream:
        stream.write(f"SHOP_DATABASE='{json.dumps(WHOLE)}'\n")
    result = resolve(contract, environ=REST, env_files=[file], vault=vault)
    assert set(vault.asked) == {"SHOP_DATABASE__URL", "SHOP_DATABASE__TLS__KEY"}
    assert result.values["database"]["url"] == "from-vault"


@pytest.mark.parametrize("vault", [None, Recorder(configured=False)], ids=["left to boot", "without a server"])
def test_what_a_section_gives_does_not_live_in_vault(contract: Contract, vault: Recorder | None) -> None:
    result = resolve(contract, environ={**REST, "SHOP_DATABASE": json.dumps(WHOLE)}, vault=vault)
    assert result.ok
    assert not any(problem.code == "vault-not-configured" for problem in result.problems)


def test_a_section_of_which_only_vault_has_what_is_missing_is_not_missing(contract: Contract) -> None:
    given = {"SHOP_DATABASE__TLS__CERT": "c", "SHOP_MAIL__PORT": "25", "SHOP_LOOK__THEME": "dark"}
    result = resolve(contract, environ=given)
    assert result.ok
    assert said(result, "SHOP_CACHE__URL") == ["vault-not-configured"]
    assert said(result, "SHOP_CACHE") == []


def test_what_else_such_a_section_lacks_is_missing(contract: Contract) -> None:
    result = resolve(contract, environ=REST)
    assert list(errors(result)) == ["SHOP_DATABASE__TLS__CERT"]


def test_without_a_server_each_member_is_told_once_and_its_section_never(contract: Contract) -> None:
    result = resolve(contract, environ={"SHOP_MAIL__PORT": "25", "SHOP_LOOK": "{}"}, vault=Recorder(configured=False))
    assert set(errors(result)) == {
        "SHOP_DATABASE__URL",
        "SHOP_DATABASE__TLS__KEY",
        "SHOP_DATABASE__TLS__CERT",
        "SHOP_CACHE__URL",
    }
    assert said(result, "SHOP_CACHE__URL") == ["vault-not-configured"]


def test_what_is_said_of_a_missing_section_names_what_to_set(contract: Contract) -> None:
    hints = errors(resolve(contract, environ={"SHOP_DATABASE": json.dumps(WHOLE), "SHOP_CACHE__URL": "c"}))
    assert hints == {"SHOP_MAIL": "set SHOP_MAIL__PORT", "SHOP_LOOK": "set any part of it, such as SHOP_LOOK__THEME"}


def test_positions_in_a_list_are_counted_from_1(contract: Contract) -> None:
    result = resolve(contract, environ={**REST, "SHOP_DATABASE": json.dumps(WHOLE), "SHOP_MAIL__HOSTS": '[1, "x"]'})
    assert [problem.message.partition(":")[0] for problem in result.problems] == ["at item 2"]


@pytest.mark.parametrize("reverse", [False, True])
def test_of_two_names_of_a_variable_the_one_that_the_application_takes_is_shown(
    contract: Contract, reverse: bool
) -> None:
    named = [("NEW_TOKEN", "new"), ("VAULT_OLD_TOKEN", "old"), ("SHOP_MAIL__SMTP_PORT", "1"), ("SHOP_MAIL__PORT", "2")]
    named = list(reversed(named)) if reverse else named
    given = {"SHOP_CACHE__URL": "c", "SHOP_LOOK": "{}", "SHOP_DATABASE": json.dumps(WHOLE), **dict(named)}
    result = resolve(contract, environ=given)
    assert (result.values["token"], result.values["mail"]["port"]) == ("new", 2)
    assert result.sources["NEW_TOKEN"].name == "NEW_TOKEN"
    shown = {row.name: row.value for row in rows(result)}
    assert (shown["NEW_TOKEN"], shown["SHOP_MAIL__PORT"]) == ("***", "2")  # the one is called like a secret


def test_what_is_addressed_to_boot_goes_but_for_what_the_application_declares(contract: Contract) -> None:
    ours = {"VAULT_OLD_TOKEN": "a", "vault_old_token": "b", "VAULT_LIMITS__A": "1", "VAULT_TOKEN": "t", "BAO_ADDR": "x"}
    result = resolve(contract, environ={**REST, **ours, "VAULT_X": "kept"}, keep=["VAULT_X"])
    assert set(result.environ) - set(REST) == {"VAULT_OLD_TOKEN", "vault_old_token", "VAULT_LIMITS__A", "VAULT_X"}


def test_a_role_that_is_not_declared_is_told_with_those_that_are() -> None:
    from confcontract import Role, declare

    declared = declare(Sections, name="sections", version="1", roles={"web": Role(["web"]), "worker": Role(["work"])})
    with pytest.raises(UsageError) as raised:
        resolve(bake(declared), environ={}, role="wrker")
    problem = raised.value.problems[0]
    assert "role 'wrker' is not declared" in problem.message
    assert problem.hint == "did you mean worker? roles: web, worker"
