"""`confcontract secrets policy`: a real server takes it, a boot needs no more, and no line of it can go."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest

from tests.support.postgres import Postgres
from tests.support.vault.deployments import Shop
from tests.support.vault.openbao import OpenBao, until

LogIn = Callable[..., dict[str, str]]

STILL = """\
# What shop 1.4.0 reads from Vault

# SHOP_OLD
path "legacy/shop" {
  capabilities = ["read"]
}

# SHOP_EXTRA
path "secret/data/common" {
  capabilities = ["read"]
}

# SHOP_COLOUR, SHOP_EXTRA
path "secret/data/nothing" {
  capabilities = ["read"]
}

# SHOP_DATABASE_URL, SHOP_PASSWORD
path "secret/data/shop" {
  capabilities = ["read"]
}

# revokes the token when boot no longer needs it
path "auth/token/revoke-self" {
  capabilities = ["update"]
}
"""


def blocks(policy: str) -> dict[str, str]:
    """path → its block."""
    return {match[1]: match[0] for match in re.finditer(r'^path "([^"]+)" \{\n(?:  .*\n)+\}\n', policy, re.MULTILINE)}


def without(policy: str, path: str) -> str:
    return policy.replace(blocks(policy)[path], "")


def test_the_policy_of_what_lies_in_vault(still: Shop, root: dict[str, str]) -> None:
    done = still.secrets("policy", environ=root)
    assert (done.code, done.err) == (0, "")
    assert done.out == STILL
    assert still.secrets("policy", environ=root).out == done.out


def test_no_server_is_needed_where_the_engines_are_told(still: Shop) -> None:
    environ = {"CONFCONTRACT_VAULT_KV_VERSION": "secret=2,legacy=1"}
    assert still.secrets("policy", environ=environ).out == STILL
    done = still.secrets("policy", environ={})
    assert (done.code, done.out) == (66, "")
    assert "CONFCONTRACT_VAULT_KV_VERSION" in done.err


def test_moves_are_applied(still: Shop) -> None:
    environ = {
        "CONFCONTRACT_VAULT_KV_VERSION": "team/kv=2,legacy=1",
        "CONFCONTRACT_VAULT_MOVE": "secret=team/kv/staging",
    }
    paths = list(blocks(still.secrets("policy", environ=environ).out))
    assert "team/kv/data/staging/shop" in paths
    assert not [path for path in paths if path.startswith("secret/")]


@pytest.mark.parametrize("path", ["secret/a+b/+/c", "secret/shop*", "secret/{{identity.entity.id}}"])
def test_a_path_that_a_policy_would_take_for_a_pattern_is_refused(still: Shop, path: str) -> None:
    environ = {"CONFCONTRACT_VAULT_KV_VERSION": "2", "SHOP_PASSWORD": f"vault:{path}#k"}
    done = still.secrets("policy", environ=environ)
    assert (done.code, done.out) == (78, "")
    assert "SHOP_PASSWORD" in done.err


@pytest.mark.parametrize("path", ["do${llar", "do${x}llar", 'quote"d', "back\\slash", "per%cent", "a b/ü", "[x]"])
def test_a_path_of_odd_characters_is_named_so_that_the_server_takes_it_as_it_is(
    still: Shop, bao: OpenBao, root: dict[str, str], log_in: LogIn, path: str
) -> None:
    bao.do("POST", f"secret/data/odd/{quote(path)}", {"data": {"k": "found"}})
    odd = {"SHOP_PASSWORD": f"vault:secret/odd/{path}#k"}
    printed = still.secrets("policy", environ=root | odd)
    assert printed.code == 0
    assert still.boot(environ=log_in(printed.out, "odd") | odd).environ["SHOP_PASSWORD"] == "found"


def test_a_boot_with_this_policy_and_no_other_reads_everything_and_no_read_can_be_left_out(
    still: Shop, root: dict[str, str], log_in: LogIn
) -> None:
    policy = still.secrets("policy", environ=root).out
    booted = still.boot(environ=log_in(policy))
    assert booted.code == 0, booted.err
    assert booted.environ["SHOP_EXTRA"] == "common"
    for path in blocks(policy):
        if not path.startswith("auth/"):
            assert still.boot(environ=log_in(without(policy, path), "less")).code == 77, path


def test_without_the_last_line_boots_own_token_outlives_it(
    still: Shop, bao: OpenBao, root: dict[str, str], log_in: LogIn
) -> None:
    policy = still.secrets("policy", environ=root).out

    def tokens() -> set[str]:
        return set(bao.do("LIST", "auth/token/accessors")["keys"])

    for text, name, left in ((policy, "whole", 0), (without(policy, "auth/token/revoke-self"), "less", 1)):
        environ = log_in(text, name)
        before = tokens()
        assert still.boot(environ=environ).code == 0
        until(lambda before=before, left=left: len(tokens() - before) == left)  # type: ignore[misc]  # boot doesn't wait


def test_the_policy_of_what_vault_makes(
    made: Shop, bao: OpenBao, postgres: Postgres, root: dict[str, str], log_in: LogIn
) -> None:
    policy = made.secrets("policy", environ=root).out
    assert list(blocks(policy)) == [
        "certificates/issue/web",
        "database/creds/shop",
        "secret/data/shop",
        "sys/leases/renew",
        "auth/token/renew-self",
        "sys/leases/revoke",
        "auth/token/revoke-self",
    ]
    assert blocks(policy)["certificates/issue/web"] == (
        'path "certificates/issue/web" {\n  capabilities = ["update"]\n  allowed_parameters = {\n'
        '    "common_name" = ["shop.example"]\n    "ttl" = ["24h"]\n  }\n}\n'
    )
    booted = made.boot(environ=log_in(policy))
    assert booted.code == 0, booted.err
    assert postgres.roles() == [booted.environ["SHOP_DB_USER"]]
    for path in ("certificates/issue/web", "database/creds/shop", "secret/data/shop"):
        assert made.boot(environ=log_in(without(policy, path), "less")).code == 77, path


def test_the_lines_about_leases_are_needed_to_renew_them_and_to_give_them_back(
    made: Shop, bao: OpenBao, postgres: Postgres, root: dict[str, str], log_in: LogIn
) -> None:
    policy = made.secrets("policy", environ=root).out
    for text, expected in (
        (policy, [200, 200, 204]),
        (without(policy, "sys/leases/renew"), [403, 200, 204]),
        (without(policy, "auth/token/renew-self"), [200, 403, 204]),
        (without(policy, "sys/leases/revoke"), [200, 200, 403]),
    ):
        environ = log_in(text, "renewing")
        body = {"role_id": environ["VAULT_ROLE_ID"], "secret_id": environ["VAULT_SECRET_ID"]}
        token = bao.do("POST", "auth/approle/login", body)["client_token"]
        lease = bao.api("GET", "database/creds/shop", token=token)[1]["lease_id"]
        statuses = [
            bao.api("PUT", "sys/leases/renew", {"lease_id": lease}, token=token)[0],
            bao.api("POST", "auth/token/renew-self", {}, token=token)[0],
            bao.api("PUT", "sys/leases/revoke", {"lease_id": lease}, token=token)[0],
        ]
        assert statuses == expected


def test_a_deployment_that_is_given_its_token_gives_leases_back_one_by_one(
    made: Shop, bao: OpenBao, postgres: Postgres, root: dict[str, str]
) -> None:
    policy = made.secrets("policy", "--given-token", environ=root).out
    assert "auth/token/revoke-self" not in blocks(policy)
    for text, left in ((policy, 0), (without(policy, "sys/leases/revoke"), 1)):
        bao.do("POST", "sys/policies/acl/given", {"policy": text})
        token = bao.make_token("given", no_default_policy=True)
        assert made.boot(environ=root | {"VAULT_TOKEN": token}).code == 0
        bao.do("PUT", "sys/leases/revoke-prefix/database/creds")
        assert made.boot("--dry-run", environ=root | {"VAULT_TOKEN": token}).code == 0
        until(lambda left=left: len(postgres.roles()) == left)  # type: ignore[misc]
        bao.do("PUT", "sys/leases/revoke-prefix/database/creds")


def test_what_the_policy_allows_is_enough_for_check(still: Shop, root: dict[str, str], log_in: LogIn) -> None:
    policy = still.secrets("policy", environ=root).out
    assert still.secrets("check", environ=log_in(policy)).code == 0
