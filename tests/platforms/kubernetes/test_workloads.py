"""Deployments and Jobs: what they start, what they may do, how they are asked, and when they are made anew."""

from __future__ import annotations

import pytest
from kubernetes_validate import validate  # type: ignore[import-untyped]

from confcontract.platforms.workload_options import SecretsBy
from tests.platforms.exporting import shop as wide_shop
from tests.platforms.kubernetes.exported import IMAGE, exported, objects, shop
from tests.platforms.kubernetes.read_back import container_of, objects_of, one, template_of

VALUES = {"SHOP_PORT": "80", "SHOP_GREETING": "Hi", "SHOP_BANNER": "sale", "SHOP_RATES": '{"EUR": 1}', "SHOP_NOTE": "x"}
FILLED = {"shop": {"SHOP_PASSWORD": "p", "SHOP_SIGNING_KEY": "k", "SHOP_API_TOKEN": "t"}}
BOOT = {"VAULT_ADDR": "https://vault.example.com", "VAULT_ROLE": "shop", "CONFCONTRACT_VAULT_AUTH": "kubernetes"}
OPERATORS = {"external-secrets.io/v1", "secrets.hashicorp.com/v1beta1"}


@pytest.mark.parametrize("by", [None, *SecretsBy])
def test_all_objects_of_kubernetes_itself_satisfy_its_schemas(by: SecretsBy | None) -> None:
    made = objects_of(exported({**VALUES, **BOOT}, by).files)
    known = [each for each in made if each["apiVersion"] not in OPERATORS]
    assert {each["kind"] for each in known} >= {"ConfigMap", "Deployment", "Job"}
    for each in known:
        validate(each, "1.37", strict=True)
        validate(each, "1.29", strict=True)


def test_a_deployment_starts_its_role_from_the_image_that_its_digest_names() -> None:
    made = objects(VALUES)
    (container,) = template_of(one(made, "Deployment"))["spec"]["containers"]
    assert container["image"] == IMAGE
    read = container_of(one(made, "Deployment"), made, FILLED)
    assert read.args == ["shop", "serve", "--on=$(SHOP_PORT)", "$$"]
    assert read.environment["CONFCONTRACT_ROLE"] == "web"


def test_a_pod_may_do_nothing_that_it_needs_not() -> None:
    spec = template_of(one(objects(VALUES), "Deployment"))["spec"]
    assert spec["enableServiceLinks"] is spec["automountServiceAccountToken"] is False
    assert (spec["securityContext"]["runAsNonRoot"], spec["securityContext"]["runAsUser"]) == (True, 10001)
    (container,) = spec["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    writable = {each["mountPath"] for each in container["volumeMounts"] if not each.get("readOnly")}
    assert writable == {"/run/confcontract", "/tmp"}
    memory = [each["emptyDir"]["medium"] for each in spec["volumes"] if "emptyDir" in each]
    assert memory == ["Memory", "Memory"]


def test_probes_ask_confcontract_in_time_and_as_the_image_starts_it() -> None:
    (container,) = template_of(one(objects(VALUES), "Deployment"))["spec"]["containers"]
    asked = {name: container[f"{name}Probe"]["exec"]["command"] for name in ("startup", "readiness", "liveness")}
    assert asked["liveness"] == ["python", "-I", "-m", "confcontract", "probe", "live"]
    assert asked["readiness"][-4:] == ["probe", "ready", "--timeout", "4"]
    assert container["readinessProbe"]["timeoutSeconds"] > 4
    bundled = objects(VALUES, confcontract="/confcontract/bin/confcontract")
    (container,) = template_of(one(bundled, "Deployment"))["spec"]["containers"]
    assert container["startupProbe"]["exec"]["command"] == ["/confcontract/bin/confcontract", "probe", "startup"]


@pytest.mark.parametrize("timeout", ["", "60", "300.5"])
def test_boot_has_all_its_time_before_it_is_killed(timeout: str) -> None:
    values = {**VALUES, **({"CONFCONTRACT_TIMEOUT": timeout} if timeout else {})}
    (container,) = template_of(one(objects(values), "Deployment"))["spec"]["containers"]
    probe = container["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] > float(timeout or 60)


def test_a_supervisor_has_its_grace_before_the_pod_is_killed() -> None:
    assert template_of(one(objects({}), "Deployment"))["spec"]["terminationGracePeriodSeconds"] >= 50
    longer = objects({"CONFCONTRACT_GRACE": "90"})
    assert template_of(one(longer, "Deployment"))["spec"]["terminationGracePeriodSeconds"] >= 110


def test_what_ends_by_itself_is_a_job_without_probes_and_gets_no_more_secrets_than_it_needs() -> None:
    job = one(objects(VALUES), "Job")
    (container,) = template_of(job)["spec"]["containers"]
    assert template_of(job)["spec"]["restartPolicy"] == "Never"
    assert not {"startupProbe", "readinessProbe", "livenessProbe"} & container.keys()
    secrets = [each["name"] for each in container["env"] if "valueFrom" in each]
    assert secrets == ["SHOP_PASSWORD"]
    assert "CONFCONTRACT_SUPERVISE" not in {each["name"] for each in container["env"]}


def test_a_job_is_another_one_as_soon_as_its_pod_is() -> None:
    names = [
        one(objects(values, image=image), "Job")["metadata"]["name"]
        for values, image in ((VALUES, IMAGE), (VALUES, IMAGE), ({"SHOP_PORT": "81"}, IMAGE), (VALUES, f"{IMAGE}0"))
    ]
    assert names[0] == names[1]
    assert len(set(names)) == 3


def checksum(values: dict[str, str]) -> str:
    (told,) = template_of(one(objects(values), "Deployment"))["metadata"]["annotations"].values()
    return str(told)


@pytest.mark.parametrize("name,value", [("SHOP_PORT", "81"), ("SHOP_GREETING", "Hey"), ("CONFCONTRACT_STRICT", "1")])
def test_a_value_that_needs_a_restart_makes_the_pods_anew(name: str, value: str) -> None:
    before, after = objects(VALUES), objects({**VALUES, name: value})
    assert template_of(one(before, "Deployment")) != template_of(one(after, "Deployment"))
    assert checksum(VALUES) != checksum({**VALUES, name: value})


@pytest.mark.parametrize("name,value", [("SHOP_BANNER", "over"), ("SHOP_RATES", '{"EUR": 2}'), ("SHOP_NOTE", "y")])
def test_a_value_that_needs_none_leaves_the_pods_alone(name: str, value: str) -> None:
    before, after = objects(VALUES), objects({**VALUES, name: value})
    assert template_of(one(before, "Deployment")) == template_of(one(after, "Deployment"))
    assert before != after


def test_a_value_that_is_reloaded_is_a_file_that_a_supervisor_reads_again() -> None:
    made = objects(VALUES)
    read = container_of(one(made, "Deployment"), made, FILLED)
    assert read.environment["CONFCONTRACT_SUPERVISE"] == "1"
    for name, value in (("SHOP_BANNER", "sale"), ("SHOP_RATES", '{"EUR": 1}'), ("SHOP_SIGNING_KEY", "k")):
        assert read.files[read.environment[f"{name}_FILE"]] == value
        assert name not in read.environment
    assert read.environment["SHOP_NOTE"] == "x"


def test_another_contract_alone_restarts_nothing() -> None:
    values = {"SHOP_PORT": "80"}
    described = type(shop())({**shop().data, "version": "2.0.0", "digest": "sha256:" + "0" * 64})
    before, after = objects(values), objects(values, contract=described)
    assert template_of(one(before, "Deployment")) == template_of(one(after, "Deployment"))


def test_an_image_without_its_digest_is_warned_of() -> None:
    for image, words in ((None, "not named"), ("shop:1.4.0", "by a tag")):
        (problem,) = [each for each in exported(VALUES, image=image).problems if each.severity != "info"]
        assert (problem.code, problem.severity) == ("export-image", "warning")
        assert words in problem.message
    made = objects_of(exported(VALUES, image=None).files)
    (container,) = template_of(one(made, "Deployment"))["spec"]["containers"]
    assert container["image"] == "shop", "by which kustomize finds it"


def test_a_note_says_which_keys_the_secret_needs_that_operators_fill() -> None:
    """Without them kubelet starts no container."""
    (note,) = exported(VALUES, SecretsBy.SECRET).problems
    assert (note.code, note.severity) == ("export-assumed", "info")
    needed = {
        entry["valueFrom"]["secretKeyRef"]["key"]
        for workload in objects(VALUES, SecretsBy.SECRET)
        if workload["kind"] in ("Deployment", "Job")
        for entry in template_of(workload)["spec"]["containers"][0]["env"]
        if not entry.get("valueFrom", {}).get("secretKeyRef", {"optional": True}).get("optional")
    }
    assert needed
    assert all(key in note.message for key in needed)
    assert "kubectl create secret generic shop " in str(note.hint)


def test_an_image_without_roles_has_one_deployment() -> None:
    alone = type(shop())({**shop().data, "roles": {}})
    made = objects(VALUES, contract=alone)
    assert one(made, "Deployment")["metadata"]["name"] == "shop"
    (container,) = template_of(one(made, "Deployment"))["spec"]["containers"]
    assert "args" not in container


def test_what_is_required_and_not_given_is_named() -> None:
    told = {each.variable: each for each in exported({}, contract=wide_shop()).problems if each.variable}
    assert set(told) == {"SHOP_PORT"}
    assert (told["SHOP_PORT"].code, told["SHOP_PORT"].severity) == ("value-missing", "warning")
    for given, role in (({"SHOP_PORT": "80"}, None), ({}, "migrate")):  # which does not need it
        problems = exported(given, contract=wide_shop(), role=role).problems
        assert [each.code for each in problems] == ["export-assumed"], "of the Secret's keys"
