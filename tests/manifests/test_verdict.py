"""A manifest gets the verdict that boot would give in the container, with boot's codes, and a place for each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from confcontract import Role, Vault, bake, declare
from confcontract.boot import idle, options
from confcontract.boot.parse_options import parse
from confcontract.contract.artifact import Contract
from confcontract.contract.image_defaults import ImageDefaults
from confcontract.manifests import boot_refusals as refusals
from confcontract.manifests import boot_settings
from confcontract.manifests.boot_refusals import boot_refusals
from confcontract.manifests.workload import Container, FilePlace
from confcontract.platforms.export_input import export_input
from confcontract.report.errors import UsageError
from confcontract.verdict.resolve import resolve
from tests.manifests.shop import CANARY, DATA, GOOD, Shop, deployment, judged, told


class Stored(BaseSettings):
    token: Annotated[SecretStr, Vault("secret/shop#token")]


WITH_ROLES = bake(declare(Shop, name="shop", version="1", roles={"migrate": Role(["m"], needs=["SHOP_HOST"])}))


def test_nothing_is_wrong_with_what_is_right(shop: Contract, tmp_path: Path) -> None:
    assert told(judged(shop, tmp_path, deployment(GOOD))) == []


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"SHOP_PORT": "abc"}, ["value-invalid"]),
        ({"SHOP_PORT": "70000"}, ["value-invalid"]),
        ({"SHOP_PROT": "80"}, ["name-unknown"]),
        ({"SHOP_LABELS": "{"}, ["value-undecodable"]),
        ({"SHOP_TITLE": "'quoted'"}, ["value-quoted"]),
        ({"SHOP_HOST": ""}, []),
    ],
)
def test_the_codes_are_those_of_boot(shop: Contract, tmp_path: Path, values: dict[str, str], codes: list[str]) -> None:
    env = "env:\n" + "".join(f"- {{name: {name}, value: {value!r}}}\n" for name, value in values.items())
    verdict = judged(shop, tmp_path, deployment(GOOD + env))
    assert [code for _, code, _ in told(verdict)] == codes
    whole = {"SHOP_HOST": "shop.example", "SHOP_TOKEN": "x", "SHOP_KEY": "x", **values}
    assert [each.code for each in resolve(shop, environ=whole).problems] == codes
    assert [each.place.line for each in verdict.problems] == [17 for _ in codes]


def test_what_is_missing_is_told_with_the_place_of_the_container(shop: Contract, tmp_path: Path) -> None:
    verdict = judged(shop, tmp_path, deployment("envFrom: [{secretRef: {name: shop}}]"))
    assert told(verdict) == [("error", "value-missing", "SHOP_HOST")]
    assert verdict.problems[0].place == FilePlace(str(tmp_path / "shop.yaml"), 11, 9)


def test_a_value_of_a_secret_is_not_shown_even_for_a_setting_that_is_none(shop: Contract, tmp_path: Path) -> None:
    text = deployment(GOOD + "env: [{name: SHOP_PORT, valueFrom: {secretKeyRef: {name: wrong, key: number}}}]")
    verdict = judged(shop, tmp_path, text)
    assert told(verdict) == [("error", "value-invalid", "SHOP_PORT")]
    assert CANARY not in repr([each.problem.as_dict() for each in verdict.problems])
    assert verdict.problems[0].problem.source == "Secret wrong, key number"
    assert text.splitlines()[verdict.problems[0].place.line - 1].strip() == f"number: {CANARY}"


def test_what_can_not_be_seen_is_neither_wrong_nor_missing(shop: Contract, tmp_path: Path) -> None:
    text = deployment(
        "envFrom: [{secretRef: {name: elsewhere}}]\n"
        "env: [{name: SHOP_PORT, valueFrom: {configMapKeyRef: {name: other, key: port}}}]"
    )
    found = told(judged(shop, tmp_path, text))
    assert sorted(found, key=str) == [
        ("unverifiable", "value-unverifiable", "SHOP_HOST"),
        ("unverifiable", "value-unverifiable", "SHOP_PORT"),
        ("unverifiable", "value-unverifiable", "SHOP_TOKEN"),
        ("unverifiable", "value-unverifiable", None),
    ]


def test_a_source_with_a_prefix_gives_only_what_begins_so(shop: Contract, tmp_path: Path) -> None:
    found = told(judged(shop, tmp_path, deployment("envFrom: [{prefix: SHOP_T, secretRef: {name: elsewhere}}]")))
    assert ("error", "value-missing", "SHOP_HOST") in found
    assert ("unverifiable", "value-unverifiable", "SHOP_TOKEN") in found


def test_a_wrong_value_that_may_be_replaced_is_not_called_wrong(shop: Contract, tmp_path: Path) -> None:
    data = DATA.replace("  SHOP_HOST:", "  SHOP_PORT: abc\n  SHOP_HOST:")
    text = deployment(GOOD + "- configMapRef: {name: elsewhere}", data=data)
    assert ("unverifiable", "value-unverifiable", "SHOP_PORT") in told(judged(shop, tmp_path, text))
    assert ("error", "value-invalid", "SHOP_PORT") in told(judged(shop, tmp_path, deployment(GOOD, data=data)))


def test_a_slip_in_a_name_is_told_even_if_its_value_is_not_seen(shop: Contract, tmp_path: Path) -> None:
    env = "env: [{name: SHOP_WROKERS, valueFrom: {configMapKeyRef: {name: other, key: port}}}]"
    [problem] = judged(shop, tmp_path, deployment(GOOD + env)).problems
    assert (problem.problem.code, problem.problem.hint) == ("name-unknown", "did you mean SHOP_WORKERS?")


def test_a_secret_as_plain_text_is_wrong(shop: Contract, tmp_path: Path) -> None:
    verdict = judged(shop, tmp_path, deployment(GOOD + f"env: [{{name: SHOP_TOKEN, value: {CANARY}}}]"))
    assert told(verdict) == [("error", "secret-in-plain", "SHOP_TOKEN")]
    assert CANARY not in repr(verdict.problems[0].problem.as_dict())
    data = DATA.replace("  SHOP_HOST:", "  SHOP_TOKEN: x\n  SHOP_HOST:")
    assert told(judged(shop, tmp_path, deployment("envFrom: [{configMapRef: {name: shop}}]", data=data)))[-1] == (
        "error",
        "secret-in-plain",
        "SHOP_TOKEN",
    )
    reference = deployment(GOOD + "env: [{name: SHOP_TOKEN, value: 'vault:secret/shop#token'}]")
    assert told(judged(shop, tmp_path, reference)) == [("unverifiable", "vault-not-configured", "SHOP_TOKEN")]


def test_a_password_within_a_value_is_warned_of_as_the_export_does(shop: Contract, tmp_path: Path) -> None:
    url = f"amqp://shop:{CANARY}@mq"
    verdict = judged(shop, tmp_path, deployment(GOOD + f"env: [{{name: SHOP_TITLE, value: '{url}'}}]"))
    assert told(verdict) == [("warning", "secret-in-plain", "SHOP_TITLE")]
    assert CANARY not in repr(verdict.problems[0].problem.as_dict())
    withheld = [each.code for each in export_input(shop, {"SHOP_HOST": "x", "SHOP_TITLE": url}).problems]
    assert withheld == ["export-withheld"]
    without = deployment(GOOD + "env: [{name: SHOP_TITLE, value: 'amqp://mq'}]")
    assert told(judged(shop, tmp_path, without)) == []


def test_files_are_read_where_boot_reads_them(shop: Contract, tmp_path: Path) -> None:
    volumes = """\
    volumes:
    - {name: secrets, secret: {secretName: shop}}
    - {name: conf, configMap: {name: conf}}
    """
    conf = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata:\n  10.env: |\n    SHOP_PORT=abc\n"
    inner = """\
    command: [confcontract, boot, --env-file, /etc/shop/10.env, --, serve]
    env: [{name: SHOP_HOST, value: x}, {name: SHOP_KEY_FILE, value: /mnt/SHOP_KEY}]
    volumeMounts:
    - {name: secrets, mountPath: /mnt}
    - {name: secrets, mountPath: /run/secrets}
    - {name: conf, mountPath: /etc/shop}
    """
    verdict = judged(shop, tmp_path, deployment(inner, pod=volumes, data=DATA + conf))
    assert told(verdict) == [("error", "value-invalid", "SHOP_PORT")]
    inner = inner.replace("/etc/shop/10.env", "/etc/shop/11.env").replace("/mnt/SHOP_KEY", "/mnt/SHOP_CAY")
    found = judged(shop, tmp_path, deployment(inner, pod=volumes, data=DATA + conf))
    assert [code for _, code, _ in told(found)] == ["source-unreadable", "source-unreadable"]
    inner = inner.replace("/etc/shop/11.env", "/srv/x.env").replace("/mnt/SHOP_CAY", "/srv/key")
    found = judged(shop, tmp_path, deployment(inner, pod=volumes, data=DATA + conf))
    assert [what for what, _, _ in told(found)] == ["unverifiable", "unverifiable"]


def test_files_of_this_machine_are_never_read(shop: Contract, tmp_path: Path) -> None:
    secret = tmp_path / "here.env"
    secret.write_text("SHOP_PORT=abc\n")
    inner = f"command: [confcontract, boot, --env-file, {secret}, --, serve]\nenv: [{{name: SHOP_KEY_FILE, value: /proc/self/status}}]\n"
    found = told(judged(shop, tmp_path, deployment(GOOD + inner)))
    assert [what for what, _, _ in found] == ["unverifiable", "unverifiable"]


@pytest.mark.parametrize(
    ("probe", "codes"),
    [
        ("{httpGet: {port: 8000, path: /}}", []),
        ("{httpGet: {port: web, path: /}}", []),
        ("{httpGet: {port: wbe, path: /}}", ["probe-mismatch"]),
        ("{tcpSocket: {port: 8001}}", ["probe-mismatch"]),
        ("{tcpSocket: {port: 9000}}", []),
        ("{exec: {command: [confcontract, probe, ready]}}", []),
        ("{exec: {command: [confcontract, probe, redy]}}", ["probe-mismatch"]),
        ("{exec: {command: [/usr/bin/confcontract, prob, ready]}}", ["probe-mismatch"]),
        ("{exec: {command: [cat, /tmp/x]}}", []),
    ],
)
def test_a_probe_has_to_ask_where_somebody_answers(
    shop: Contract, tmp_path: Path, probe: str, codes: list[str]
) -> None:
    ports = (
        "ports: [{name: web, containerPort: 8000}]\nenv: [{name: CONFCONTRACT_HEALTH_ADDR, value: '0.0.0.0:9000'}]\n"
    )
    verdict = judged(shop, tmp_path, deployment(GOOD + ports + f"livenessProbe: {probe}"))
    assert [code for _, code, _ in told(verdict)] == codes


def test_a_service_may_take_a_name_where_links_are_on(shop: Contract, tmp_path: Path) -> None:
    with_links = deployment(GOOD).replace("enableServiceLinks: false", "enableServiceLinks: true")
    assert told(judged(shop, tmp_path, with_links)) == [("warning", "name-collides", None)]
    given = with_links.replace("envFrom:", "env: [{name: SHOP_PORT, value: '80'}]\n        envFrom:")
    assert told(judged(shop, tmp_path, given)) == []


def test_a_command_in_the_place_of_the_entry_point_is_told(shop: Contract, tmp_path: Path) -> None:
    assert told(judged(shop, tmp_path, deployment(GOOD + "command: [python, -m, shop]"))) == [
        ("warning", "boot-bypassed", None)
    ]
    assert told(judged(shop, tmp_path, deployment(GOOD + "command: [confcontract, boot, --, python]"))) == []


BOOT = ("python", "-I", "-m", "confcontract", "boot", "--")


@pytest.mark.parametrize(
    ("entrypoint", "command", "inner", "message"),
    [
        (BOOT, ("app",), "", None),
        (BOOT, ("app",), "args: [other]", None),
        (BOOT, ("app",), "command: []", None),
        (("/bin/sh", "-c", "exec confcontract boot --role migrate -- app"), (), "", None),
        ((), ("confcontract", "boot", "--", "app"), "", None),
        ((), ("app",), "command: [confcontract, boot, --, app]", None),
        (("python", "-m", "shop"), (), "", "the image does not start"),
        ((), ("app",), "", "the image does not start"),
        (("/entrypoint.sh",), ("confcontract", "probe"), "", "the image does not start"),
        ((), ("confcontract", "boot", "--", "app"), "args: [other]", "the arguments replace"),
        (BOOT, ("app",), "command: [python]", "the command replaces"),
        (("tini", "--"), ("confcontract", "boot", "--", "app"), "command: [tini, --]", "the command replaces"),
    ],
)
def test_the_images_own_start_counts_where_the_manifest_does_not_replace_it(
    shop: Contract,
    tmp_path: Path,
    entrypoint: tuple[str, ...],
    command: tuple[str, ...],
    inner: str,
    message: str | None,
) -> None:
    contract = Contract(shop.data)
    contract.image = ImageDefaults((), entrypoint, command)
    verdict = judged(contract, tmp_path, deployment(GOOD + inner))
    assert verdict.unexamined == ()
    found = [each.problem.message for each in verdict.problems if each.problem.code == "boot-bypassed"]
    assert len(found) == (message is not None)
    assert not found or found[0].startswith(str(message))
    is_role_known = [each.problem.code for each in verdict.problems if each.problem.code == "usage"]
    assert is_role_known == (["usage"] if "migrate" in "".join(entrypoint) else [])  # of boot's options in the image


@pytest.mark.parametrize(
    ("words", "environ"),
    [
        (["--rol", "web", "--", "app"], {}),
        (["--timeout", "soon", "--", "app"], {}),
        (["--log-format=xml", "--", "app"], {}),
        (["--deliver", "pigeon", "--", "app"], {}),
        (["--role"], {}),
        (["--env-file", "--", "app"], {}),
        (["--role=", "--", "app"], {}),
        (["--strict=1", "--", "app"], {}),
        (["web"], {}),
        (["--strict", "true"], {}),
        (["-v", "--", "app"], {}),
        (["--", "--role", "web"], {}),
        (["--", "-c", "x"], {}),
        (["--health-addr", ":8080", "--", "app"], {}),
        (["--secrets-dir", "/x", "--", "app"], {}),
        (["--grace", "-1", "--supervise", "--", "app"], {}),
        (["--", "app"], {"CONFCONTRACT_TIMEOUT": "soon"}),
        (["--", "app"], {"CONFCONTRACT_LOG_FORMAT": "xml"}),
        (["--", "app"], {"CONFCONTRACT_STRICT": "maybe"}),
        (["--", "app"], {"CONFCONTRACT_SUPERVISE": "2"}),
        (["--", "app"], {"CONFCONTRACT_CONF_FILES": "a::b"}),
        (["--", "app"], {"CONFCONTRACT_POLL": "0"}),
        (["--supervise", "--health-addr", ":80", "--grace=3", "--deliver", "files", "--secrets-dir", "/x"], {}),
        (["--keep", "VAULT_ADDR", "--env-file=a", "--role", "web", "--strict", "--", "app", "--role"], {}),
        (["--timeout", "3"], {"CONFCONTRACT_SUPERVISE": "1", "CONFCONTRACT_GRACE": "1", "CONFCONTRACT_DELIVER": ""}),
    ],
    ids=str,
)
def test_what_boot_refuses_of_its_options_is_refused_here(
    shop: Contract, words: list[str], environ: dict[str, str]
) -> None:
    refused: list[tuple[str, str | None]] = []
    try:
        idle.refuse_idle(parse(words, environ), shop)
    except UsageError as error:
        refused = [(each.code, each.variable) for each in error.problems]
    found = [*boot_refusals(words, environ, shop.deliver)]
    errors = [(each.code, each.variable) for each in found if each.severity == "error"]
    assert errors[:1] == refused


def test_options_of_boot_in_a_manifest_are_judged(shop: Contract, tmp_path: Path) -> None:
    contract = Contract(shop.data)
    contract.image = ImageDefaults((), BOOT, ("app",))
    env = "env:\n- {name: CONFCONTRACT_TIMEOUT, value: soon}\n- {name: CONFCONTRACT_GRACE, value: '3'}\n"
    inner = f"{GOOD}{env}args: [--role, web]\n"  # the entry point ends in --
    assert told(judged(contract, tmp_path, deployment(inner))) == [
        ("error", "usage", "CONFCONTRACT_TIMEOUT"),
        ("error", "usage", None),
        ("warning", "usage", "CONFCONTRACT_GRACE"),
    ]
    without = told(judged(shop, tmp_path, deployment(f"{GOOD}command: [confcontract, boot, --strict]")))
    assert without == [("error", "usage", None)]  # the image's CMD does not count where a command is set
    dry = told(judged(shop, tmp_path, deployment(f"{GOOD}command: [confcontract, boot, --dry-run]")))
    assert dry == []
    elsewhere = f"{GOOD}command: [confcontract, boot, --contract, /srv/other.json, --, app]"
    assert told(judged(contract, tmp_path, deployment(elsewhere))) == [("unverifiable", "value-unverifiable", None)]


@pytest.mark.parametrize(
    ("args", "env", "expected"),
    [
        ("serve", "", []),
        ("--role, migrate", "", [("unverifiable", None), ("unverifiable", "SHOP_TOKEN")]),
        ("--role, web", "", [("unverifiable", None), ("unverifiable", None)]),
        ("--timeout, soon, --, serve", "", [("unverifiable", None), ("unverifiable", None)]),
        ("--strict, --, serve", "{name: SHOP_PROT, value: '1'}", [("unverifiable", None), ("warning", "SHOP_PROT")]),
        ("--, serve", "{name: SHOP_PORT, value: x}", [("unverifiable", None), ("error", "SHOP_PORT")]),
        ("-x", "", [("unverifiable", None), ("unverifiable", None)]),
        ("--env-file, /srv/x.env, --, serve", "", [("unverifiable", None), ("unverifiable", None)]),
    ],
)
def test_arguments_that_begin_with_an_option_are_not_verifiable_without_the_image(
    tmp_path: Path, args: str, env: str, expected: list[tuple[str, str | None]]
) -> None:
    """What the image's ENTRYPOINT makes of them is not in a contract that is a file."""
    data = f"{'' if 'migrate' in args else GOOD}env: [{{name: SHOP_HOST, value: x}}, {env}]\nargs: [{args}]\n"
    verdict = judged(WITH_ROLES, tmp_path, deployment(data))
    assert [(what, variable) for what, code, variable in told(verdict) if code != "secret-default"] == expected
    assert not expected or "the arguments begin with" in verdict.problems[0].problem.message


def test_a_role_is_taken_from_the_container(shop: Contract, tmp_path: Path) -> None:
    env = "env: [{name: CONFCONTRACT_ROLE, value: nothing}]"
    assert [code for _, code, _ in told(judged(shop, tmp_path, deployment(GOOD + env)))] == ["usage"]


def test_boots_options_are_known_here() -> None:
    takes = {each.name: each for each in options.OPTIONS}
    assert {name for name, each in takes.items() if each.takes == options.FLAG} == boot_settings.FLAGS
    assert {
        name: each.variable for name, each in takes.items() if each.takes != options.FLAG
    } == boot_settings.WITH_VALUE
    assert {name for name, each in takes.items() if each.takes == options.SECONDS} == refusals.SECONDS
    assert {name: each.choices for name, each in takes.items() if each.choices} == refusals.CHOICES
    assert {name: each.needs for name, each in takes.items() if each.needs} == refusals.NEEDS
    assert (options.CONF_DIR, options.POLICY_DIR, options.SECRETS_DIR) == (
        boot_settings.CONF_DIR,
        boot_settings.POLICY_DIR,
        boot_settings.SECRETS_DIR,
    )


@pytest.mark.parametrize(
    ("command", "args", "starts", "rest"),
    [
        (None, ("serve",), None, ("serve",)),
        (None, ("--strict", "--", "serve"), None, ("serve",)),
        (("confcontract", "boot", "--role=x", "--"), ("serve",), True, ("serve",)),
        (("tini", "--", "/bin/confcontract", "boot", "--strict", "--", "serve"), None, True, ("serve",)),
        (("python",), ("serve",), False, ()),
        (("sh", "-c", "exec confcontract boot --role=x -- serve"), None, True, ("serve",)),
        (("sh", "-c", "it's not confcontract boot"), None, True, ()),
        ((), ("serve",), False, ()),  # of Compose, which takes the entry point away
        ((), None, None, ()),
    ],
)
def test_boots_arguments_are_found_in_a_command(
    command: tuple[str, ...] | None, args: tuple[str, ...] | None, starts: bool | None, rest: tuple[str, ...]
) -> None:
    container = Container("x", "x", command, args, (), (), (), (), False, FilePlace("x"))
    found = boot_settings.boot_settings(container)
    assert (found.starts, found.command) == (starts, rest)


def test_a_store_is_not_asked_for_what_the_environment_gives_unseen(tmp_path: Path) -> None:
    contract = bake(Stored, name="shop", version="1")
    env = "env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: elsewhere, key: token}}}]"
    assert told(judged(contract, tmp_path, deployment(env))) == [("unverifiable", "value-unverifiable", "TOKEN")]
    assert told(judged(contract, tmp_path, deployment(""))) == [("unverifiable", "vault-not-configured", "TOKEN")]


@pytest.mark.parametrize(
    "said",
    [
        "env: [{name: CONFCONTRACT_ROLE, valueFrom: {configMapKeyRef: {name: elsewhere, key: role}}}]",
        "env: [{name: CONFCONTRACT_ROLE, valueFrom: {secretKeyRef: {name: wrong, key: number}}}]",
        "env: [{name: R, valueFrom: {configMapKeyRef: {name: elsewhere, key: role}}}]\nargs: [--role, $(R)]",
        "env: [{name: R, valueFrom: {secretKeyRef: {name: wrong, key: number}}}]\nargs: [--role=$(R), --env-file, /$(R)]",
    ],
)
def test_a_role_that_can_t_be_seen_is_not_verifiable(shop: Contract, tmp_path: Path, said: str) -> None:
    verdict = judged(shop, tmp_path, deployment(f"{GOOD}{said}\n"))
    assert {what for what, _, _ in told(verdict)} == {"unverifiable"}
    assert len([each for each in verdict.problems if "role is in" in each.problem.message]) == 1
    assert not [each for each in verdict.problems if "value of CONFCONTRACT_ROLE" in each.problem.message]
    assert CANARY not in repr([each.problem.as_dict() for each in verdict.problems])
