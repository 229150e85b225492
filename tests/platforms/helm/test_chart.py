"""A chart: helm lints it, renders what kubectl would get, and refuses wrong values by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import pytest
import yaml  # type: ignore[import-untyped]
from jsonschema import Draft202012Validator
from kubernetes_validate import validate  # type: ignore[import-untyped]
from pydantic import BaseModel, Field, SecretStr, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import OnChange, Role, bake, declare
from confcontract.platforms.helm.chart_files import chart_version
from confcontract.platforms.workload_options import SecretsBy
from confcontract.platforms.written_yaml import to_yaml
from tests.platforms.exporting import shop as wide_shop
from tests.platforms.helm.charts import chart, refused, rendered
from tests.platforms.kubernetes.exported import IMAGE
from tests.platforms.kubernetes.operator_schemas import faults, of_an_operator
from tests.platforms.kubernetes.read_back import container_of, expanded, one, template_of
from tests.platforms.yaml_cases import KNOWN
from tests.support.tools import helm, run_tool

VALUES = {"SHOP_PORT": "80", "SHOP_BANNER": "sale", "SHOP_NOTE": "x", "VAULT_ADDR": "https://vault.example.com"}
FILLED = {"rel-shop": {"SHOP_PASSWORD": "p", "SHOP_SIGNING_KEY": "k", "SHOP_API_TOKEN": "t"}}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return chart(tmp_path_factory.mktemp("usual"), VALUES, SecretsBy.SECRET)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a contract with a required variable that is not given, lists, mappings, aliases."""
    return chart(tmp_path_factory.mktemp("wide"), {}, contract=wide_shop())


@pytest.mark.parametrize("by", [None, SecretsBy.VAULT_OPERATOR])
def test_helm_finds_nothing_wrong_and_kubernetes_takes_what_it_renders(by: SecretsBy | None, tmp_path: Path) -> None:
    folder = chart(tmp_path, {**VALUES, "VAULT_ROLE": "shop"}, by)
    done = run_tool(helm(), "lint", "--strict", str(folder))
    assert done.returncode == 0, done.stdout
    made = rendered(folder)
    assert {each["kind"] for each in made} >= {"ConfigMap", "Deployment", "Job", "ServiceAccount"}
    for each in made:
        if of_an_operator(each):
            assert faults(each) == []
        else:
            validate(each, "1.37", strict=True)
    assert one(made, "Deployment")["metadata"]["name"] == "rel-shop-web"


def test_the_schema_of_the_values_is_one_and_takes_the_charts_own(usual: Path, wide: Path) -> None:
    for folder in (usual, wide):
        schema = json.loads((folder / "values.schema.json").read_text())
        Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("by", [None, SecretsBy.VAULT_OPERATOR])
def test_values_of_a_chart_each_say_what_they_are(by: SecretsBy | None, tmp_path: Path) -> None:
    text = (chart(tmp_path, {}, by) / "values.yaml").read_text()
    blocks = [block.splitlines() for block in text.split("\n\n")[1:]]
    assert [block[0] for block in blocks if not block[0].startswith("# ")] == []
    (secret,) = [block for block in blocks if "secret:" in block]
    keys = "SHOP_API_TOKEN" if by else "SHOP_API_TOKEN, SHOP_PASSWORD, SHOP_SIGNING_KEY"
    assert f"# Its keys: {keys}." in secret
    keys_of_values = set(yaml.load(text, yaml.CSafeLoader))
    assert keys_of_values == {line.partition(":")[0] for block in blocks for line in block if line[0] not in "# "}


def test_a_file_that_the_values_name_can_be_mounted_by_those_of_the_release(usual: Path) -> None:
    """Such as the certificate of Vault."""
    volume = {"name": "ca", "configMap": {"name": "vault-ca"}}
    mount = {"name": "ca", "mountPath": "/etc/vault"}
    made = rendered(usual, {"volumes": [volume], "volumeMounts": [mount]})
    for kind in ("Deployment", "Job"):
        spec = template_of(one(made, kind))["spec"]
        assert volume in spec["volumes"]
        assert mount in spec["containers"][0]["volumeMounts"]
        assert len(spec["volumes"]) > 2
        validate(one(made, kind), "1.37", strict=True)


def test_a_chart_has_no_template_for_values_that_its_contract_does_not_have(usual: Path, wide: Path) -> None:
    for folder, expected in ((usual, True), (wide, False)):
        helpers = (folder / "templates" / "_helpers.tpl").read_text()
        assert ('shop.live" -' in helpers, "omit " in helpers, "regexMatch" in helpers) == (expected,) * 3


def test_a_container_gets_its_values_files_and_secrets(usual: Path) -> None:
    made = rendered(usual)
    read = container_of(one(made, "Deployment"), made, FILLED)
    assert read.environment["SHOP_PORT"] == "80"
    assert read.environment["VAULT_ADDR"] == VALUES["VAULT_ADDR"]
    assert read.environment["SHOP_API_TOKEN"] == "t"
    assert read.files[read.environment["SHOP_BANNER_FILE"]] == "sale"
    assert read.files[read.environment["SHOP_SIGNING_KEY_FILE"]] == "k"
    assert read.args == ["shop", "serve", "--on=$(SHOP_PORT)", "$$"]
    (container,) = template_of(one(made, "Deployment"))["spec"]["containers"]
    assert container["image"] == IMAGE


def test_a_migration_is_a_hook_that_brings_its_values_along(usual: Path) -> None:
    made = rendered(usual, {"config": {"SHOP_GREETING": "$(SHOP_PORT)$$"}})
    job = one(made, "Job")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    (container,) = template_of(job)["spec"]["containers"]
    assert "envFrom" not in container
    told = {each["name"]: each.get("value") for each in container["env"]}
    assert expanded(told["SHOP_GREETING"], told) == "$(SHOP_PORT)$$"
    assert {"SHOP_PORT", "SHOP_BANNER", "VAULT_ADDR"} <= told.keys()
    assert "SHOP_BANNER_FILE" not in told


def test_what_fetches_secrets_is_there_before_the_migration_at_the_first_installation(tmp_path: Path) -> None:
    folder = chart(tmp_path, {"VAULT_ADDR": "https://vault"}, SecretsBy.VAULT_OPERATOR, store="auth")
    made = rendered(folder, {"vaultAuth": "other"})
    assert one(made, "Job")["metadata"]["annotations"]["helm.sh/hook"] == "post-install,pre-upgrade"
    static = one(made, "VaultStaticSecret", "rel-shop-shop")
    assert static["spec"]["vaultAuthRef"] == "other"
    assert static["spec"]["rolloutRestartTargets"] == [{"kind": "Deployment", "name": "rel-shop-web"}]


class Server(BaseModel):
    host: str


class Required(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")

    db: Server
    rates: dict[str, int]


@pytest.mark.parametrize(
    "config,lacking",
    [
        ({"DB__HOST": "a", "RATES__EUR": 1}, None),
        ({"DB": {"host": "a"}, "RATES_FILE": "/etc/rates"}, None),
        ({"DB__HOST_FILE": "/etc/host", "RATES": {"EUR": 1}}, None),
        ({"RATES": {"EUR": 1}}, "DB__HOST"),
        ({"DB__HOST": "a"}, "RATES"),
    ],
)
def test_what_is_required_may_be_given_in_every_way_that_boot_takes(
    config: dict[str, Any], lacking: str | None, tmp_path: Path
) -> None:
    folder = chart(tmp_path, contract=bake(Required, name="shop", version="1"))
    if lacking is None:
        rendered(folder, {"config": config})
    else:
        assert f"config.{lacking} is required" in refused(folder, {"config": config})


def test_a_chart_takes_the_values_that_it_was_exported_with_however_they_are_spelt(tmp_path: Path) -> None:
    folder = chart(tmp_path, {"rates__eur": "1", "db": '{"host": "a"}'}, contract=bake(Required, name="x", version="1"))
    assert one(rendered(folder), "ConfigMap")["data"] == {"RATES__eur": "1", "DB": '{"host": "a"}'}


def test_external_secrets_ask_the_store_of_the_values(tmp_path: Path) -> None:
    folder = chart(tmp_path, {"SHOP_PORT": "80"}, SecretsBy.EXTERNAL_SECRETS, contract=wide_shop())
    external = one(
        rendered(folder, {"stores": {"vault": {"kind": "ClusterSecretStore", "name": "east"}}}), "ExternalSecret"
    )
    assert external["spec"]["secretStoreRef"] == {"kind": "ClusterSecretStore", "name": "east"}
    assert external["spec"]["target"]["name"] == "rel-shop-vault"
    assert faults(external) == []
    assert "\n# Where External Secrets reads" in (folder / "values.yaml").read_text()


WRONG: dict[str, Any] = {
    "SHOP_PROT": "80",
    "SHOP_PORT": "eighty",
    "SHOP_GREETING": 123,
    "SHOP_DATABASE__POOL": 51,
    "SHOP_TAGS": 5,
    "SHOP_CACHE__PORT": 80.5,
}


def test_helm_itself_refuses_wrong_values_and_says_which(wide: Path) -> None:
    said = refused(
        wide,
        {
            "config": WRONG,
            "image": {"digest": "sha256:abc"},
            "replicas": {"wbe": 2, "web": -1},
            "boot": {"SHOP_PORT": "80"},
        },
    )
    for name in WRONG:
        assert (f"'/config/{name}'" in said) or f"'{name}' not allowed" in said, said
    for words in ("/image/digest", "wbe", "/replicas/web", "at '/boot'"):
        assert words in said


@pytest.mark.parametrize(
    "values,words",
    [({"confg": {}}, "confg"), ({"boot": {"VAULT_TOKEN": "hvs.x"}}, "invalid propertyName 'VAULT_TOKEN'")],
    ids=["a key", "a credential"],
)
def test_a_key_that_nobody_reads_or_should_have_is_refused(values: Any, words: str, wide: Path) -> None:
    assert words in refused(wide, {"config": {"SHOP_PORT": 80}, **values})


def test_a_secret_has_no_place_in_the_values_and_is_not_shown(wide: Path, usual: Path) -> None:
    for folder, name in ((wide, "SHOP_SIGNING_KEY"), (usual, "SHOP_PASSWORD")):
        said = refused(folder, {"config": {"SHOP_PORT": 80, name: "hunter2-hunter2-hunter2"}})
        assert name in said
        assert "hunter2" not in said
    made = rendered(wide, {"config": {"SHOP_PORT": 80, "SHOP_SIGNING_KEY": "vault:secret/shop#key"}})
    read = container_of(one(made, "Deployment", "rel-shop-web"), made, {"rel-shop": {"SHOP_DATABASE__URL": "u"}})
    assert read.environment["SHOP_SIGNING_KEY"] == "vault:secret/shop#key"


def test_what_is_required_and_not_given_is_asked_for_in_the_contracts_words(wide: Path) -> None:
    said = refused(wide, {})
    assert "config.SHOP_PORT is required: Where it listens" in said
    assert "integer, at least 1" in said


def test_an_image_that_is_not_named_is_asked_for(tmp_path: Path) -> None:
    assert "image.repository is not set" in refused(chart(tmp_path, {}, SecretsBy.SECRET, image=None), {})


def test_values_as_yaml_has_them_become_the_text_of_an_environment(wide: Path) -> None:
    values = """
    config:
      SHOP_PORT: 1000000
      SHOP_DATABASE__POOL: 0x10
      SHOP_TAGS: [a, "b,c"]
      SHOP_LIMITS: {a: 1}
      SHOP_BANNER: "yes"
    """
    made = rendered(wide, values)
    data = one(made, "ConfigMap", "rel-shop")["data"]
    assert data == {
        "SHOP_PORT": "1000000",
        "SHOP_DATABASE__POOL": "16",
        "SHOP_TAGS": '["a","b,c"]',
        "SHOP_LIMITS": '{"a":1}',
        "SHOP_BANNER": "yes",
    }


def checksum(folder: Path, config: dict[str, Any]) -> str:
    made = template_of(one(rendered(folder, {"config": config}), "Deployment"))
    return str(made["metadata"]["annotations"]["confcontract/restart-checksum"])


def test_only_what_needs_a_restart_restarts(usual: Path) -> None:
    before = checksum(usual, {})
    assert checksum(usual, {"SHOP_PORT": 80}) == before, "the same text"
    assert checksum(usual, {"SHOP_PORT": 81}) != before
    assert checksum(usual, {"SHOP_GREETING": "Hi"}) != before
    assert checksum(usual, {"SHOP_BANNER": "over", "SHOP_NOTE": "y", "SHOP_RATES": {"EUR": 2}}) == before


def test_what_the_operator_adds_is_there(usual: Path) -> None:
    values = {
        "replicas": {"web": None},
        "resources": {"web": {"limits": {"memory": "64Mi"}}},
        "env": [{"name": "TZ", "value": "UTC"}],
        "podAnnotations": {"a": "b"},
        "imagePullSecrets": [{"name": "pull"}],
        "serviceAccount": {"create": True, "automount": False, "name": "own"},
        "secret": {"name": "filled"},
        "fullnameOverride": "market",
        "global": {"anything": 1},
    }
    made = rendered(usual, values)
    deployment = one(made, "Deployment", "market-web")
    validate(deployment, "1.37", strict=True)
    assert "replicas" not in deployment["spec"]
    spec = template_of(deployment)["spec"]
    (container,) = spec["containers"]
    assert container["resources"] == {"limits": {"memory": "64Mi"}}
    assert {"name": "TZ", "value": "UTC"} in container["env"]
    assert spec["imagePullSecrets"] == [{"name": "pull"}]
    assert spec["serviceAccountName"] == "own"
    assert one(made, "ServiceAccount")["metadata"]["name"] == "own"
    secrets = {each["valueFrom"]["secretKeyRef"]["name"] for each in container["env"] if "valueFrom" in each}
    assert secrets == {"filled"}


def test_the_notes_say_which_secret_has_to_be_filled(usual: Path) -> None:
    done = run_tool(helm(), "install", "rel", str(usual), "--dry-run=client")
    notes = done.stdout.partition("NOTES:")[2]
    assert done.returncode == 0, done.stderr
    assert "The Secret rel-shop in the namespace default has to have these keys:\n  SHOP_API_TOKEN\n" in notes


class Odd(BaseSettings):
    """The base of generated classes."""


def test_every_text_arrives_as_it_is_by_all_ways(tmp_path: Path) -> None:
    """As a value of the chart and as one that is given to it; as a variable, as a file, and with a hook."""
    fields: dict[str, Any] = {}
    for number in range(len(KNOWN)):
        fields[f"v{number}"] = (str, Field("", description='{{ fail "x" }} "$(X)" #'))
        fields[f"w{number}"] = (Annotated[str, OnChange("files")], "")
    model: type[BaseSettings] = create_model("Odd", __base__=Odd, key=(SecretStr, ...), **fields)
    roles = {"web": Role(command=["{{ .Values }}", "}}", "$(V1)"]), "migrate": Role(command=["x"], needs=[])}
    contract = bake(declare(model, name="odd", version="1", description="{{ no: template }}", roles=roles))
    given = {f"{letter}{number}": text for number, text in enumerate(KNOWN) for letter in "VW"}
    written = {name: text for name, text in given.items() if "https://u@" not in text}
    folder = chart(tmp_path, given, contract=contract)
    for made, expected in (
        (rendered(folder), written),
        (rendered(folder, to_yaml({"config": given})), given),
    ):
        read = container_of(one(made, "Deployment"), made, {"rel-odd": {**given, "KEY": "k"}})
        job = one(made, "Job")
        (hook,) = template_of(job)["spec"]["containers"]
        told = {each["name"]: each["value"] for each in hook["env"] if "value" in each}
        for name, text in expected.items():
            if name[0] == "V":
                assert read.environment[name] == text
            else:
                content = read.files[read.environment[f"{name}_FILE"]]
                assert content == (f"{text}\n" if text.endswith("\n") else text)
            assert expanded(told[name], told) == text
        assert read.args == ["{{ .Values }}", "}}", "$(V1)"]


@pytest.mark.parametrize(
    "version,expected",
    [
        ("1.4.0", "1.4.0"),
        ("v2", "2.0.0"),
        ("1.4", "1.4.0"),
        ("1.4.0-rc.1+b7", "1.4.0-rc.1+b7"),
        ("2026_01", "0.0.0-2026-01"),
    ],
)
def test_a_chart_has_a_version_that_helm_takes(version: str, expected: str) -> None:
    assert chart_version(version) == expected


def test_a_chart_is_one_whatever_the_contract_is_called_and_without_roles_or_settings(tmp_path: Path) -> None:
    class Nothing(BaseSettings):
        """No variables at all."""

    folder = chart(
        tmp_path, contract=bake(declare(Nothing, name="My.Shop_" + "x" * 60, version="{{ 2 }}", description="'\""))
    )
    done = run_tool(helm(), "lint", "--strict", str(folder))
    assert done.returncode == 0, done.stdout
    made = rendered(folder)
    for each in made:
        validate(each, "1.37", strict=True)
    (container,) = template_of(one(made, "Deployment"))["spec"]["containers"]
    assert "args" not in container
    assert one(made, "Deployment")["metadata"]["annotations"]["confcontract/name"] == "My.Shop_" + "x" * 60


def test_names_in_another_case_aliases_members_and_files_are_values_too(tmp_path: Path) -> None:
    given = {"shop_banner": "x", "Shop_Port": "80", "shop_limits__Ab": "1", "SHOP_TOKEN_FILE": "/run/own/token"}
    folder = chart(tmp_path, given, contract=wide_shop())
    filled = {"rel-shop": {"SHOP_DATABASE__URL": "u", "SHOP_SIGNING_KEY": "k"}}
    told = [
        environment(folder, values, filled) for values in ({}, {"config": {"SHOP_SIGNING_KEY_FILE": "/run/own/key"}})
    ]
    for each in told:
        assert each.items() >= {"SHOP_PORT": "80", "SHOP_TOKEN_FILE": "/run/own/token", "SHOP_LIMITS__Ab": "1"}.items()
        assert "x" in (each.get("SHOP_BANNER"), each.get("SHOP_GREETING"))
        assert "SHOP_TOKEN" not in each
    assert told[0]["SHOP_SIGNING_KEY"] == "k"
    assert ("SHOP_SIGNING_KEY" in told[1], told[1]["SHOP_SIGNING_KEY_FILE"]) == (False, "/run/own/key")


def environment(folder: Path, values: Any, filled: dict[str, dict[str, str]]) -> dict[str, str]:
    made = rendered(folder, values)
    return container_of(one(made, "Deployment", "rel-shop-web"), made, filled).environment
