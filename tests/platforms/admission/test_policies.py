"""What policies are made of: which objects they ask about, in which namespaces, at what cost, with which words."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import Field, PostgresDsn, SecretStr, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake
from confcontract.contract.artifact import Contract
from confcontract.contract.image_defaults import ImageDefaults
from confcontract.platforms.admission.admission_options import AUDIT, DENY, WARN, actions_of
from confcontract.platforms.admission.image_references import spellings
from confcontract.platforms.admission.policy_cost import BUDGET, CONTAINERS, ENTRIES
from confcontract.platforms.admission.policy_documents import COST, EXEMPT
from confcontract.report.errors import UsageError
from tests.platforms.admission.drawn import shop, without_roles
from tests.platforms.admission.engines import ENGINES, Engine, documents_in
from tests.platforms.admission.written import (
    FROM_SECRET,
    IMAGE,
    container,
    data_object,
    enforced_of,
    pod,
    policies,
    refusals,
    workload,
    written,
)
from tests.support.tools import valid_for_kubernetes

EVERY_ENGINE = pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
FINE: dict[str, Any] = {"SHOP_PORT": "80", "SHOP_TOKEN": FROM_SECRET, "SHOP_DATABASE__HOST": "db"}
BROKEN = {**FINE, "SHOP_PORT": "abc"}
KINDS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod")
PORT = "SHOP_PORT is not valid; set an integer from 1 to 65535 [value-invalid]"


def said(engine: Engine, given: Any, old: Any = None) -> list[str]:
    return refusals(engine, enforced_of(without_roles()), given, old)


@EVERY_ENGINE
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_workload_is_judged_with_the_containers_that_run_first(kind: str, engine: Engine) -> None:
    assert said(engine, workload(kind, pod(container(FINE)))) == []
    assert said(engine, workload(kind, pod(container(BROKEN)))) == [PORT]
    assert said(engine, workload(kind, pod(container(FINE), init=(container(BROKEN),)))) == [PORT]
    assert said(engine, workload(kind, pod(container(FINE), container(BROKEN, name="second")))) == [PORT]


@EVERY_ENGINE
def test_what_is_missing_is_told_in_the_words_of_boot(engine: Engine) -> None:
    needed = {
        "SHOP_TOKEN": "set SHOP_TOKEN, or SHOP_TOKEN_FILE to the path of a file that holds it [secret-missing]",
        "SHOP_DATABASE": "set SHOP_DATABASE__HOST [value-missing]",
        "SHOP_DATABASE__HOST": "set SHOP_DATABASE__HOST: text, at least 2 characters [value-missing]",
    }
    assert said(engine, workload("Pod", pod(container({"SHOP_PORT": "80"})))) == [
        f"{name} is required and has no value in any source; {hint}" for name, hint in needed.items()
    ]


@EVERY_ENGINE
@pytest.mark.parametrize(
    "more",
    [
        {"envFrom": [{"secretRef": {"name": "s"}}]},
        {"args": ["--env-file=/etc/shop.env", "--", "app"]},
        {"args": ["--mounted-secrets", "/secrets"]},
        {"volumeMounts": [{"name": "v", "mountPath": "/run/secrets/shop"}]},
        {"volumeMounts": [{"name": "v", "mountPath": "/etc/confcontract"}]},
        {"volumeMounts": [{"name": "v", "mountPath": "/opt/../etc/confcontract"}]},
        {"volumeMounts": [{"name": "v", "mountPath": "/"}]},
        {"env": [{"name": "SERVICE_BINDING_ROOT", "value": "/bindings"}]},
        {"env": [{"name": "CREDENTIALS_DIRECTORY", "value": "/c"}]},
        {"env": [{"name": "CONFCONTRACT_CONF_FILES", "value": "/c.toml"}]},
        {"env": [{"name": "CONFCONTRACT_PATH", "value": "/other.json"}]},
        {"args": ["--contract", "/other.json"]},
        {"command": ["sh", "-c", "confcontract boot -- app"]},
        {"command": ["/bin/cp"], "args": ["-r", "/static", "/out"]},
    ],
    ids=str,
)
def test_nothing_is_missing_where_something_else_may_bring_it(more: dict[str, Any], engine: Engine) -> None:
    assert said(engine, workload("Deployment", pod(container(**more)))) == []


@EVERY_ENGINE
@pytest.mark.parametrize(
    "more",
    [
        {"command": ["/usr/bin/tini", "--", "confcontract", "boot", "--", "app"]},
        {"command": ["python3", "-I", "-m", "confcontract"], "args": ["boot", "--", "app"]},
        {"args": ["app", "--role-of-mine"]},
        {"volumeMounts": [{"name": "t", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}]},
        {"volumeMounts": [{"name": "t", "mountPath": "/run/confcontract"}]},
    ],
    ids=str,
)
def test_what_is_in_about_every_pod_hides_nothing(more: dict[str, Any], engine: Engine) -> None:
    assert len(said(engine, workload("Deployment", pod(container(**more))))) == 4


@EVERY_ENGINE
@pytest.mark.parametrize(
    "written_as", [{"name": "SHOP_TOKEN_FILE", "value": "/t"}, {"name": "shop_token", "valueFrom": FROM_SECRET}]
)
def test_a_value_may_be_given_by_any_of_its_names(written_as: dict[str, str], engine: Engine) -> None:
    env = [{"name": "SHOP_PORT", "value": "80"}, {"name": "SHOP_DATABASE", "value": '{"host": "db"}'}, written_as]
    assert said(engine, workload("Pod", pod(container(env)))) == []


@EVERY_ENGINE
def test_a_service_of_the_namespace_may_bring_what_is_called_like_its_links(engine: Engine) -> None:
    fields: Any = {"port": (int, ...), "db_service_host": (str, ...), "db_port": (str, ...)}
    settings = create_model("Links", __base__=BaseSettings, **fields)
    found = policies(written(bake(settings)))
    assert [each.split()[0] for each in refusals(engine, found, workload("Pod", pod(container())))] == ["PORT"]
    unlinked = workload("Pod", pod(container(), enableServiceLinks=False))
    assert [each.split()[0] for each in refusals(engine, found, unlinked)] == ["PORT", "DB_SERVICE_HOST", "DB_PORT"]


@EVERY_ENGINE
def test_a_change_of_something_else_is_not_judged_again(engine: Engine) -> None:
    old = workload("Deployment", pod(container(BROKEN)))
    new = copy.deepcopy(old)
    new["metadata"]["finalizers"] = []
    new["spec"]["replicas"] = 3
    assert said(engine, new, old) == []
    assert said(engine, new, {}) == [PORT]
    new["spec"]["template"]["spec"]["containers"][0]["args"] = ["app"]
    assert said(engine, new, old) == [PORT]


@EVERY_ENGINE
def test_an_object_that_lost_its_label_or_is_going_is_not_judged(engine: Engine) -> None:
    broken = data_object("ConfigMap", {"SHOP_PORT": "abc"})
    assert said(engine, broken) == [PORT]
    assert said(engine, data_object("ConfigMap", {"SHOP_PORT": "abc"}, name="blog")) == []
    going = copy.deepcopy(broken)
    going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    assert said(engine, going) == []
    policy = next(each for each in enforced_of(without_roles()) if each.selects(broken))
    condition = policy.spec["matchConditions"][0]["expression"]
    unlabelled = {"metadata": {}, "data": {"SHOP_PORT": "abc"}}
    assert engine(condition, {"object": unlabelled, "oldObject": broken}) is False  # the API server asks for either


@EVERY_ENGINE
@pytest.mark.parametrize("data", [{}, {"config.yaml": "a: 1"}, {"SHOP_PORT": "80", "binary": "x" * 5000}])
def test_files_in_a_config_map_are_nobodys_settings(data: dict[str, str], engine: Engine) -> None:
    assert said(engine, data_object("ConfigMap", data)) == []


@EVERY_ENGINE
def test_a_secret_is_read_as_far_as_it_is_short_and_printable(engine: Engine) -> None:
    from base64 import b64encode

    def secret(value: bytes) -> list[str]:
        return said(engine, data_object("Secret", {"SHOP_PORT": b64encode(value).decode()}))

    for value in (b"80", b"443", b"8080"):  # each with another padding
        assert secret(value) == []
    for value in (b"a", b"ab", b"abc", bytes(range(0x20, 0x7F)), b"9" * 144):
        assert secret(value) == [PORT]
    for value in (b"abc\n", "é".encode(), b"\xff", b"a" * 145, b"vault:secret/shop#port"):
        assert secret(value) == []


@EVERY_ENGINE
@pytest.mark.parametrize(
    ("reference", "same", "others"),
    [
        ("r.io/shop", ["r.io/shop", "r.io/shop:1", "r.io/shop@sha256:a"], ["r.io/shopper", "r.io/shop/web", "io/shop"]),
        ("r.io/shop:1", ["r.io/shop:1", "r.io/shop:1@sha256:a"], ["r.io/shop:1.1", "r.io/shop", "r.io/shop@sha256:a"]),
        ("r.io/shop@sha256:a", ["r.io/shop@sha256:a", "r.io/shop:2@sha256:a"], ["r.io/shop@sha256:ab", "r.io/shop:2"]),
        ("r.io:5000/shop", ["r.io:5000/shop:2", "r.io:5000/shop"], ["r.io:5000/shop2", "r.io:5000"]),
        ("acme/shop:1", ["docker.io/acme/shop:1", "index.docker.io/acme/shop:1"], ["quay.io/acme/shop:1"]),
        ("nginx", ["library/nginx:1", "docker.io/library/nginx", "docker.io/nginx:2"], ["acme/nginx"]),
    ],
)
def test_containers_are_those_of_the_image(reference: str, same: list[str], others: list[str], engine: Engine) -> None:
    found = enforced_of(without_roles(), image=reference)
    for image in (*same, *others):
        given = workload("Pod", pod(container(BROKEN) | {"image": image}))
        assert refusals(engine, found, given) == ([PORT] if image in same else []), image


def test_an_image_of_docker_hub_has_several_spellings() -> None:
    assert spellings("localhost/shop:1") == ["localhost/shop:1"]
    assert spellings("docker.io/library/nginx") == spellings("nginx")


@EVERY_ENGINE
def test_images_may_be_named_by_a_config_map(engine: Engine) -> None:
    exported = written(without_roles(), image="r.io/shop:1", parameters="policies")
    found = policies(exported)
    given = workload("Pod", pod(container(BROKEN) | {"image": "mirror.io/shop:2"}))
    for params, messages in (
        ({"data": {"images": "r.io/shop:1\nmirror.io/shop:2\n"}}, [PORT]),
        ({"data": {"images": "r.io/shop:1\n"}}, []),
        ({}, []),
    ):
        assert refusals(engine, found, given, params=params) == messages
    assert refusals(engine, found, workload("Pod", pod(container(BROKEN) | {"image": "r.io/shop:1"})), params={}) == [
        PORT
    ]
    documents = documents_in(exported.files["workloads.yaml"])
    assert documents[0]["spec"]["paramKind"] == {"apiVersion": "v1", "kind": "ConfigMap"}
    reference = documents[1]["spec"]["paramRef"]
    made = documents_in(exported.files["parameters.yaml"])[0]
    assert (reference["name"], reference["namespace"]) == (made["metadata"]["name"], made["metadata"]["namespace"])
    assert made["data"] == {"images": "r.io/shop:1\n"}
    with pytest.raises(UsageError, match="Kyverno"):
        written(without_roles(), "kyverno", parameters="policies")


@EVERY_ENGINE
def test_what_a_role_does_not_need_is_not_asked_of_it(engine: Engine) -> None:
    def missing(contract_role: str | None, **options: Any) -> list[str]:
        env = [] if contract_role is None else [{"name": "CONFCONTRACT_ROLE", "value": contract_role}]
        found = enforced_of(shop(), **options)
        return [each.split()[0] for each in refusals(engine, found, workload("Pod", pod(container(env))))]

    everything = ["SHOP_PORT", "SHOP_TOKEN", "SHOP_DATABASE", "SHOP_DATABASE__HOST"]
    assert missing("web") == everything
    assert missing("migrate") == []
    assert missing(None) == []  # the image itself may name one
    assert missing(None, role="web") == everything
    assert missing(None, role="migrate") == []


def test_what_the_image_sets_itself_is_not_asked_for() -> None:
    given = frozenset(["SHOP_PORT", "SHOP_DATABASE", "SHOP_DATABASE__HOST"])
    found = enforced_of(without_roles(), given=given)
    messages = refusals(ENGINES["c++"], found, workload("Pod", pod(container())))
    assert [each.split()[0] for each in messages] == ["SHOP_TOKEN"]


NEEDED = ["SHOP_PORT", "SHOP_TOKEN", "SHOP_DATABASE", "SHOP_DATABASE__HOST"]
BOOT = ("confcontract", "boot")


@pytest.mark.parametrize(
    ("image", "env", "refused"),
    [
        (ImageDefaults(), {}, NEEDED),
        (ImageDefaults(["SHOP_PORT=80", "SHOP_TOKEN_FILE=/t", "SHOP_DATABASE__HOST=db", "PATH=/bin"]), {}, []),
        (ImageDefaults(["SHOP_PORT=", 'SHOP_DATABASE={"host": "db"}']), {}, ["SHOP_PORT", "SHOP_TOKEN"]),
        (ImageDefaults(["SHOP_PORT=80"]), {"SHOP_PORT": "abc"}, NEEDED),
        (ImageDefaults(["SHOP_WORKERS=2"]), {"SHOP_PROCESSES": "two"}, NEEDED),  # which a better name outranks
        (ImageDefaults(["SHOP_PROCESSES=2"]), {"SHOP_WORKERS": "two"}, [*NEEDED, "SHOP_WORKERS"]),
        (ImageDefaults([], [*BOOT, "--env-file", "/etc/shop.env", "--"], ["app"]), {}, []),
        (ImageDefaults(["CREDENTIALS_DIRECTORY=/run/c"]), {}, []),
        (ImageDefaults([], BOOT, ["--role", "web", "--", "app"]), {}, NEEDED),
        (ImageDefaults(["CONFCONTRACT_ROLE=migrate"]), {}, []),
    ],
)
def test_of_a_contract_from_an_image_nothing_is_asked_for_that_the_image_brings(
    image: ImageDefaults, env: dict[str, str], refused: list[str]
) -> None:
    contract = Contract((shop() if "role" in f"{image.command}{image.variables}".lower() else without_roles()).data)
    contract.image = image
    exported = written(contract)
    messages = refusals(ENGINES["c++"], policies(exported), workload("Pod", pod(container(env))))
    assert {each.split()[0] for each in messages} == {*refused}
    bypassed = [each.code for each in exported.problems if each.code == "boot-bypassed"]
    assert bypassed == ([] if image.entrypoint else ["boot-bypassed"])


@pytest.mark.parametrize("kind", ["vap", "kyverno"])
def test_actions_and_exempt_namespaces_are_in_the_objects(kind: str) -> None:
    for asked, actions in (
        ((False, False), [DENY]),
        ((True, False), [AUDIT]),
        ((False, True), [WARN]),
        ((True, True), [WARN, AUDIT]),
    ):
        exported = written(without_roles(), kind, actions=actions_of(audit=asked[0], warn=asked[1]))
        assert [*exported.files] == ["workloads.yaml", "config-maps.yaml", "secrets.yaml"]
        for text in exported.files.values():
            documents = documents_in(text)
            last = documents[-1]["spec"]
            assert last["validationActions"] == actions
            matched = last["matchResources"] if kind == "vap" else last["matchConstraints"]
            assert matched["namespaceSelector"]["matchExpressions"] == [
                {"key": EXEMPT, "operator": "NotIn", "values": ["off"]}
            ]
            assert documents[0]["spec"]["failurePolicy"] == "Ignore"


def test_kyverno_gets_the_same_expressions() -> None:
    for ours, other in zip(enforced_of(without_roles()), enforced_of(without_roles(), "kyverno"), strict=True):
        assert other.document["apiVersion"] == "policies.kyverno.io/v1"
        for part in ("matchConditions", "variables", "validations"):
            assert ours.spec[part] == other.spec[part]
        rules = other.spec["matchConstraints"]["resourceRules"]
        assert rules == ours.spec["matchConstraints"]["resourceRules"]


def test_policies_are_objects_of_kubernetes(tmp_path: Path) -> None:
    for number, contract in enumerate((shop(), without_roles())):
        for name, text in written(contract, parameters="policies").files.items():
            (tmp_path / f"{number}-{name}").write_text(text)
    assert valid_for_kubernetes(*sorted(tmp_path.iterdir())).count(" passed ") == 2 * 7


@cache
def _wide(count: int) -> Any:
    fields: Any = {f"name_{number}": (int, Field(5, ge=1, le=9)) for number in range(count)}
    settings = create_model("Wide", __base__=BaseSettings, **fields)
    settings.model_config = SettingsConfigDict(env_prefix="WIDE_")
    return bake(settings)


def test_a_policy_that_would_cost_too_much_is_split() -> None:
    exported = written(_wide(500))
    files = [name for name in exported.files if name.startswith("workloads")]
    assert files == [f"workloads-{number}.yaml" for number in range(1, len(files) + 1)]
    assert len(files) > 1
    judged: list[str] = []
    for name in files:
        policy, binding = documents_in(exported.files[name])
        assert policy["metadata"]["name"] == binding["spec"]["policyName"]
        assert int(policy["metadata"]["annotations"][COST]) <= BUDGET // 2
        assert len(exported.files[name]) < 256 * 1024
        judged += [each["message"].split()[0] for each in policy["spec"]["validations"]]
    assert judged == [f"WIDE_NAME_{number}" for number in range(500)]


def test_the_cost_grows_with_what_a_policy_looks_at() -> None:
    costs = [int(enforced_of(_wide(count))[0].document["metadata"]["annotations"][COST]) for count in (1, 100)]
    # entries, once for each container; then each validation looks at each entry
    assert costs[1] - costs[0] == 99 * CONTAINERS * (3 * ENTRIES + 250)


def test_it_is_said_what_is_not_judged_what_is_assumed_and_what_it_costs() -> None:
    exported = written(without_roles(), image="r.io/shop")
    told = {(problem.code, problem.severity): problem.message for problem in exported.problems}
    assert told["export-assumed", "info"] == (
        "refused if not set: SHOP_PORT, SHOP_TOKEN, SHOP_DATABASE, SHOP_DATABASE__HOST, SHOP_CACHE__URL"
    )
    assert "every version of r.io/shop" in told["export-assumed", "warning"]
    messages = [problem.message for problem in exported.problems]
    assert "not checked at admission: the items, of SHOP_HOSTS" in messages
    assert (
        "not checked at admission: everything except its outer form, of SHOP_WAIT, SHOP_BROKER, SHOP_CACHE__URL"
        in messages
    )
    assert any(message.startswith("workloads: ") and f" of {BUDGET}" in message for message in messages)


def test_words_survive_quotes_line_breaks_dollars_and_backslashes() -> None:
    [message] = {
        each["message"]
        for policy in enforced_of(without_roles())
        for each in policy.spec["validations"]
        if each["message"].startswith("SHOP_LEVEL")
    }
    assert "\n" not in message
    for word in ("it's", 'a"b', "back\\slash", "$HOME ${X} $(X)"):
        assert word in message
    for engine in ENGINES.values():
        for value in ("it's", 'a"b', "back\\slash", "new\nline", "$HOME ${X}"):
            wrong = said(engine, workload("Pod", pod(container({**FINE, "SHOP_LEVEL": value}))))
            assert wrong == ([message] if value == "$HOME ${X}" else []), value


def test_an_image_has_to_be_named() -> None:
    with pytest.raises(UsageError, match="the images that it applies to"):
        written(without_roles(), image="")


def test_a_contract_of_which_nothing_can_be_judged_is_told() -> None:
    class Anything(BaseSettings):
        note: str = ""

    exported = written(bake(Anything))
    assert exported.files == {}
    assert [problem.code for problem in exported.problems] == ["export-impossible"]
    assert IMAGE not in str(exported.files)


class Canary(BaseSettings):
    """Secrets wherever a policy could find one: in defaults, in constraints' company, in credentials."""

    model_config = SettingsConfigDict(env_prefix="CANARY_")

    token: SecretStr = Field(SecretStr("zqhunter2zq"), min_length=8)
    password: str = "zqhunter2zq"
    dsn: PostgresDsn = PostgresDsn("postgres://shop:zqhunter2zq@db/shop")
    limits: dict[str, str] = {"password": "zqhunter2zq"}


@pytest.mark.parametrize("kind", ["vap", "kyverno"])
def test_no_secret_is_in_a_policy_nor_in_what_is_said_of_it(kind: str) -> None:
    exported = written(bake(Canary), kind)
    assert exported.files
    told = [f"{problem.message} {problem.hint}" for problem in exported.problems]
    assert "zqhunter2zq" not in str(exported.files) + str(told)


def test_a_contract_without_variables_has_no_policy() -> None:
    class Nothing(BaseSettings):
        pass

    assert written(bake(Nothing)).files == {}
