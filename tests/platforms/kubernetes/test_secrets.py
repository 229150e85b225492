"""Secrets: where a container finds each, and what has to fetch it. Never a value."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from confcontract import FromStore, Vault, bake
from confcontract.platforms.workload_options import SecretsBy
from tests.platforms.kubernetes.exported import exported, objects
from tests.platforms.kubernetes.operator_schemas import faults, of_an_operator
from tests.platforms.kubernetes.read_back import Object, one, template_of

EXTERNAL, OPERATOR = SecretsBy.EXTERNAL_SECRETS, SecretsBy.VAULT_OPERATOR
VAULT = {"VAULT_ADDR": "https://vault.example.com"}


def references(workload: Object) -> dict[str, tuple[str, str]]:
    """Variable → Secret and key."""
    spec = template_of(workload)["spec"]
    (container,) = spec["containers"]
    found = {
        each["name"]: (each["valueFrom"]["secretKeyRef"]["name"], each["valueFrom"]["secretKeyRef"]["key"])
        for each in container["env"]
        if "valueFrom" in each
    }
    for volume in spec["volumes"]:
        for source in volume.get("projected", {}).get("sources", ()):
            for item in source["secret"]["items"]:
                found[item["path"]] = (source["secret"]["name"], item["key"])
    return found


def test_what_the_contract_has_no_reference_for_and_nobody_fetches_is_in_a_secret_that_somebody_fills() -> None:
    made = objects()
    assert references(one(made, "Deployment")) == {
        name: ("shop", name) for name in ("SHOP_PASSWORD", "SHOP_SIGNING_KEY", "SHOP_API_TOKEN")
    }
    assert references(one(objects(secret="filled"), "Deployment"))["SHOP_API_TOKEN"] == ("filled", "SHOP_API_TOKEN")


def test_a_pod_starts_without_a_secret_that_has_a_default() -> None:
    (container,) = template_of(one(objects(by=SecretsBy.SECRET), "Deployment"))["spec"]["containers"]
    keys = {each["name"]: each["valueFrom"]["secretKeyRef"] for each in container["env"] if "valueFrom" in each}
    assert {name for name, key in keys.items() if key.get("optional")} == {"SHOP_DB_USER", "SHOP_CERTIFICATE"}
    assert "optional" not in keys["SHOP_PASSWORD"]


def test_where_boot_reads_vault_it_gets_its_settings_and_its_service_account_and_nothing_more() -> None:
    login = {"CONFCONTRACT_VAULT_AUTH": "kubernetes", "VAULT_ROLE": "shop"}
    for by in (None, SecretsBy.BOOT):
        made = objects({**VAULT, **login}, by)
        assert set(references(one(made, "Deployment"))) == {"SHOP_API_TOKEN"}
        spec = template_of(one(made, "Deployment"))["spec"]
        assert (spec["serviceAccountName"], spec["automountServiceAccountToken"]) == ("shop", True)
        assert one(made, "ServiceAccount")["automountServiceAccountToken"] is False
        assert one(made, "ConfigMap", "shop")["data"] == {**VAULT, **login}


def test_boot_is_not_left_without_a_vault() -> None:
    (problem,) = exported(by=SecretsBy.BOOT).problems
    assert (problem.code, problem.severity, problem.variable) == ("export-impossible", "error", "SHOP_PASSWORD")
    assert "VAULT_ADDR" in str(problem.hint)


def test_external_secrets_are_told_of_path_key_and_version() -> None:
    contract = bake(
        type(
            "One",
            (BaseSettings,),
            {
                "__annotations__": {
                    "password": Annotated[SecretStr, Vault("team/kv/shop#pass.word@3")],
                    "key": Annotated[SecretStr, FromStore("aws-sm:shop/key#signing@AWSPREVIOUS")],
                    "whole": Annotated[SecretStr, FromStore("aws-sm:shop/whole")],
                    "by_id": Annotated[SecretStr, FromStore("aws-sm:shop/key#a@0a1b2c3d-0000-1111-2222-333344445555")],
                    "parameter": Annotated[SecretStr, FromStore("aws-ssm:/shop/key@4")],
                }
            },
        ),
        name="shop",
        version="1",
    )
    made = objects({"CONFCONTRACT_VAULT_MOVE": "team/kv=other/kv"}, EXTERNAL, contract=contract)
    told = {
        each["secretKey"]: (external["spec"]["secretStoreRef"]["name"], each["remoteRef"])
        for external in made
        if external["kind"] == "ExternalSecret"
        for each in external["spec"]["data"]
    }
    assert told == {
        "PASSWORD": ("vault", {"key": "other/kv/shop", "property": "pass.word", "version": "3"}),
        "KEY": ("aws-secrets-manager", {"key": "shop/key", "property": "signing", "version": "AWSPREVIOUS"}),
        "WHOLE": ("aws-secrets-manager", {"key": "shop/whole"}),
        "BY_ID": (
            "aws-secrets-manager",
            {"key": "shop/key", "property": "a", "version": "uuid/0a1b2c3d-0000-1111-2222-333344445555"},
        ),
        "PARAMETER": ("aws-parameter-store", {"key": "/shop/key", "version": "4"}),
    }
    names = {each["spec"]["target"]["name"] for each in made if each["kind"] == "ExternalSecret"}
    assert {secret for secret, _ in references(one(made, "Deployment")).values()} == names


def only(made: Any) -> list[tuple[str | None, str]]:
    return [(each.variable, each.message) for each in made.problems if each.severity == "error"]


def test_external_secrets_make_no_credentials() -> None:
    found = only(exported(by=EXTERNAL))
    assert [name for name, _ in found] == ["SHOP_CERTIFICATE", "SHOP_DB_USER"]
    assert all("is made by Vault" in message for _, message in found)


def test_a_store_of_another_kind_is_named_with_it() -> None:
    made = objects(by=EXTERNAL, role="migrate", store="ClusterSecretStore/platform")
    assert one(made, "ExternalSecret")["spec"]["secretStoreRef"] == {"kind": "ClusterSecretStore", "name": "platform"}


def test_the_vault_operator_is_told_of_static_dynamic_and_written_paths() -> None:
    made = objects({"VAULT_NAMESPACE": "team"}, OPERATOR, store="shop-auth")
    told = {
        each["metadata"]["name"]: (each["kind"], each["spec"]) for each in made if "hashicorp" in each["apiVersion"]
    }
    restarts = [{"kind": "Deployment", "name": "shop-web"}]
    common = {"vaultAuthRef": "shop-auth", "namespace": "team"}
    assert {name: kind for name, (kind, _) in told.items()} == {
        "shop-shop": "VaultStaticSecret",
        "shop-shop-live": "VaultStaticSecret",
        "shop-creds-shop": "VaultDynamicSecret",
        "shop-issue-shop": "VaultDynamicSecret",
    }
    assert told["shop-shop"][1] == {
        **common,
        "mount": "secret",
        "type": "kv-v2",
        "path": "shop",
        "refreshAfter": "5m",
        "destination": {
            "name": "shop-shop",
            "create": True,
            "transformation": {"excludeRaw": True, "includes": ["^password$"]},
        },
        "rolloutRestartTargets": restarts,
    }
    live = told["shop-shop-live"][1]
    assert live["version"] == 3
    assert live["destination"]["transformation"]["includes"] == ["^signing\\.key$"]
    assert "rolloutRestartTargets" not in live, "what is reloaded restarts nothing"
    assert told["shop-creds-shop"][1]["path"] == "creds/shop"
    assert told["shop-creds-shop"][1]["rolloutRestartTargets"] == restarts
    written = told["shop-issue-shop"][1]
    assert (written["requestHTTPMethod"], written["params"]) == ("PUT", {"common_name": "shop.example.com"})
    assert references(one(made, "Deployment")) == {
        "SHOP_PASSWORD": ("shop-shop", "password"),
        "SHOP_SIGNING_KEY": ("shop-shop-live", "signing.key"),
        "SHOP_DB_USER": ("shop-creds-shop", "username"),
        "SHOP_CERTIFICATE": ("shop-issue-shop", "certificate"),
        "SHOP_API_TOKEN": ("shop", "SHOP_API_TOKEN"),
    }


def test_a_certificate_is_fetched_anew_in_time_where_its_reference_says_how_long_it_is_valid() -> None:
    found = exported(by=OPERATOR, contract=of_vault("pki/issue/shop?common_name=x&ttl=24h#certificate"))
    assert [each for each in found.problems if each.variable] == []
    made = objects(by=OPERATOR, contract=of_vault("pki/issue/shop?common_name=x&ttl=24h#certificate"))
    assert one(made, "VaultDynamicSecret")["spec"]["refreshAfter"] == "57600s"
    (warning,) = [each for each in exported(by=OPERATOR).problems if each.variable == "SHOP_CERTIFICATE"]
    assert (warning.code, warning.severity) == ("export-assumed", "warning")
    assert "ttl" in str(warning.hint)


def of_vault(*markers: Vault | str) -> Any:
    found = [each if isinstance(each, Vault) else Vault(each) for each in markers]
    names = {f"v{number}": Annotated[SecretStr, each] for number, each in enumerate(found)}
    return bake(type("One", (BaseSettings,), {"__annotations__": names}), name="shop", version="1")


def of_stores(*references: str) -> Any:
    names = {f"v{number}": Annotated[SecretStr, FromStore(each)] for number, each in enumerate(references)}
    return bake(type("One", (BaseSettings,), {"__annotations__": names}), name="shop", version="1")


def test_which_engine_a_path_belongs_to_is_said_by_the_values_or_seen_from_its_form() -> None:
    contract = of_vault("team/kv/shop#a", "legacy/x#b", "database/static-creds/shop#password", "odd/creds#c")
    engines = {"CONFCONTRACT_VAULT_KV_VERSION": "team/kv=2,legacy=1"}
    made = objects(engines, OPERATOR, contract=contract)
    told = {
        (spec["mount"], spec["path"]): spec.get("type", spec.get("allowStaticCreds"))
        for spec in (each["spec"] for each in made if "hashicorp" in each["apiVersion"])
    }
    assert told == {
        ("team/kv", "shop"): "kv-v2",
        ("legacy", "x"): "kv-v1",
        ("database", "static-creds/shop"): True,
        ("odd", "creds"): "kv-v2",
    }


@pytest.mark.parametrize(
    "values,options",
    [
        ({}, {"by": EXTERNAL, "role": "migrate", "store": "ClusterSecretStore/platform"}),
        ({"VAULT_NAMESPACE": "team"}, {"by": OPERATOR, "store": "vault/shop-auth"}),
        ({}, {"by": EXTERNAL, "contract": of_stores("aws-sm:a/b#c@AWSPREVIOUS", "aws-ssm:/a/b@4", "vault:a/b#c@3")}),
        (
            {"CONFCONTRACT_VAULT_KV_VERSION": "legacy=1"},
            {"by": OPERATOR, "contract": of_vault("legacy/x#b", "database/static-creds/x#password", "kv/x#c@2")},
        ),
        ({}, {"by": OPERATOR, "contract": of_vault("pki/sign/shop?ttl=90#certificate", "aws/creds/x#access_key")}),
    ],
)
def test_the_operators_own_definitions_know_every_field(values: dict[str, str], options: dict[str, Any]) -> None:
    made = [each for each in objects(values, **options) if of_an_operator(each)]
    assert made
    assert [faults(each) for each in made] == [[]] * len(made)
    made[0]["spec"]["refresh"] = "5m"
    assert faults(made[0]), "another field is refused"


@pytest.mark.parametrize("by", [EXTERNAL, OPERATOR])
@pytest.mark.parametrize(
    "marker,words",
    [
        (Vault("secret/a#k", fallback="secret/b#k"), "several references"),
        (Vault("secret/a#k", optional=True), "that may not exist"),
        (Vault("identity/oidc/token/shop#token"), "can't read"),
    ],
    ids=["several", "optional", "identity"],
)
def test_what_only_boot_can_do_is_said(by: SecretsBy, marker: Vault, words: str) -> None:
    ((variable, message),) = only(exported(by=by, contract=of_vault(marker)))
    assert variable == "V0"
    assert words in message


def test_a_key_that_no_secret_can_have_is_not_for_the_operator() -> None:
    ((_, message),) = only(exported(by=OPERATOR, contract=of_vault("secret/a#pass word")))
    assert "no Secret can have" in message
    made = objects(by=EXTERNAL, contract=of_vault("secret/a#pass word"))
    assert one(made, "ExternalSecret")["spec"]["data"][0]["remoteRef"]["property"] == "pass word"


def test_a_reference_among_the_values_takes_the_place_of_the_contracts() -> None:
    values = {"SHOP_API_TOKEN": "vault:secret/tokens#api"}
    made = objects(values, OPERATOR)
    assert references(one(made, "Deployment"))["SHOP_API_TOKEN"] == ("shop-tokens", "api")
    assert "SHOP_API_TOKEN" not in one(made, "ConfigMap", "shop")["data"]
    by_boot = objects({**values, **VAULT})
    assert one(by_boot, "ConfigMap", "shop")["data"]["SHOP_API_TOKEN"] == "vault:secret/tokens#api"


def test_files_that_the_values_name_and_nothing_mounts_are_said() -> None:
    login = {"CONFCONTRACT_VAULT_JWT_FILE": "/var/run/secrets/kubernetes.io/serviceaccount/token"}
    values = {**VAULT, **login, "VAULT_CACERT": "/etc/vault/ca.pem", "SHOP_API_TOKEN_FILE": "/srv/token"}
    (note,) = [each for each in exported(values).problems if "nothing of the export mounts" in each.message]
    assert (note.code, note.severity) == ("export-assumed", "info")
    assert note.message.endswith(": /etc/vault/ca.pem (VAULT_CACERT), /srv/token (SHOP_API_TOKEN_FILE)")
    assert not [each for each in exported({**VAULT, **login}).problems if "mounts" in each.message]


def test_wrong_words_about_vault_in_the_values_are_said() -> None:
    (problem,) = exported({"CONFCONTRACT_VAULT_MOVE": "a=b=#"}, OPERATOR).problems
    assert "CONFCONTRACT_VAULT_MOVE" in problem.message
