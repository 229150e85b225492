"""`secrets plan` and `secrets apply`, against a real OpenBao and a server of moto's: what is written, and what is not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Annotated, Any

import pytest
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import FromStore, Generate, Vault, bake
from confcontract.contract.reference import parse_reference
from confcontract.secrets.seeding.applied import apply_plan
from confcontract.secrets.seeding.aws_target import AwsTarget
from confcontract.secrets.seeding.seed_plan import SeedPlan, SeedRow, why_not_written
from confcontract.secrets.seeding.target import Held
from confcontract.secrets.seeding.vault_target import VaultTarget
from confcontract.secrets.vault.failure import RequestFailed
from tests.support.aws import Moto, leading_to, refuses
from tests.support.forks import plain_environ, server
from tests.support.vault.faulty import Faulty
from tests.support.vault.openbao import OpenBao

Run = Callable[..., CompletedProcess[str]]
CANARY = "canary-9c0ffee1"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    password: Annotated[SecretStr, Vault("secret/seeded#password")]
    key: Annotated[SecretStr, Vault("secret/seeded#key"), Generate(length=24, alphabet="abc")]
    port: Annotated[int, Field(ge=1), Vault("secret/seeded#port", optional=True)] = 1
    cloud: Annotated[SecretStr, FromStore("aws-sm:seeded/db#password")]
    whole: Annotated[SecretStr, FromStore("aws-sm:seeded/whole"), Generate(length=40)]


@pytest.fixture
def moto(shared_moto: Moto) -> Moto:
    shared_moto.empty()
    return shared_moto


@pytest.fixture
def environ(moto: Moto, bao: OpenBao, tmp_path: Path) -> Iterator[dict[str, str]]:
    bake(Settings, name="shop", version="1").dump(tmp_path / "contract.json")
    yield {
        **plain_environ(),
        **leading_to(moto.address, str(tmp_path)),
        "VAULT_ADDR": bao.address,
        "VAULT_TOKEN": bao.token,
        "CONFCONTRACT_PATH": str(tmp_path / "contract.json"),
    }
    bao.do("DELETE", "secret/metadata/seeded")


@pytest.fixture
def run(environ: dict[str, str], tmp_path: Path) -> Run:
    """run("apply", …, values={…}) gives them by stdin, as JSON; what is said never shows one."""

    def secrets(*words: str, values: dict[str, Any] | str | None = None) -> CompletedProcess[str]:
        text = values if isinstance(values, str) else json.dumps(values) if values is not None else ""
        more = ("--values", "-") if values is not None else ()
        argv = ["secrets", *words, *more]
        code, out, err = server("boto3").run(argv, environ, str(tmp_path), text.encode())
        done = CompletedProcess(argv, code, out.decode(), err.decode())
        assert CANARY not in done.stdout + done.stderr
        return done

    return secrets


GIVEN = {"SHOP_PASSWORD": CANARY, "SHOP_CLOUD": f"{CANARY}-cloud"}


def verdicts(done: CompletedProcess[str]) -> dict[str, str]:
    return {row["variable"]: row["verdict"] for row in json.loads(done.stdout)["secrets"]}


def by_severity(done: CompletedProcess[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Variable → code of each error, and of each warning."""
    found: dict[str, dict[str, str]] = {"error": {}, "warning": {}}
    for each in json.loads(done.stdout)["problems"]:
        found[each["severity"]][each["variable"]] = each["code"]
    return found["error"], found["warning"]


def stored(bao: OpenBao) -> dict[str, Any]:
    found: dict[str, Any] = bao.do("GET", "secret/data/seeded")["data"]
    return found


def test_what_is_missing_is_written_once_and_then_there_is_nothing_to_do(run: Run, bao: OpenBao, moto: Moto) -> None:
    planned = run("plan", "--format", "json", values=GIVEN)
    assert planned.returncode == 1, planned.stdout + planned.stderr
    assert verdicts(planned) == {
        "SHOP_PASSWORD": "missing, to be written",
        "SHOP_KEY": "missing, to be generated",
        "SHOP_PORT": "not written here",
        "SHOP_CLOUD": "missing, to be written",
        "SHOP_WHOLE": "missing, to be generated",
    }
    with pytest.raises(AssertionError):
        stored(bao)  # a plan writes nothing
    applied = run("apply", "--format", "json", values=GIVEN)
    assert applied.returncode == 0, applied.stdout + applied.stderr
    written = [name for name, verdict in verdicts(applied).items() if verdict == "written"]
    assert written == ["SHOP_PASSWORD", "SHOP_KEY", "SHOP_CLOUD", "SHOP_WHOLE"]
    held = stored(bao)
    assert held["password"] == CANARY
    assert (len(held["key"]), set(held["key"]) <= set("abc")) == (24, True)
    assert json.loads(moto.secrets.get_secret_value(SecretId="seeded/db")["SecretString"]) == {
        "password": f"{CANARY}-cloud"
    }
    whole = moto.secrets.get_secret_value(SecretId="seeded/whole")["SecretString"]
    assert (len(whole), whole.isalnum()) == (40, True)

    again = run("apply", "--format", "json", values=GIVEN)
    assert again.returncode == 0
    assert set(verdicts(again).values()) == {"the same", "there", "not written here"}
    assert stored(bao) == held
    assert bao.do("GET", "secret/metadata/seeded")["current_version"] == 1
    assert run("plan", values=GIVEN).returncode == 0
    assert run("check").returncode == 0


def test_what_differs_is_left_alone_unless_that_is_asked_for(run: Run, bao: OpenBao, moto: Moto) -> None:
    bao.put("seeded", {"password": "theirs", "other": 1.10, "big": 9007199254740991, "key": "theirs"})
    moto.secret("seeded/db", {"password": "theirs", "other": "x"})
    moto.secret("seeded/whole", "theirs")
    planned = run("plan", "--format", "json", values=GIVEN)
    assert planned.returncode == 0, planned.stdout
    assert verdicts(planned)["SHOP_PASSWORD"] == verdicts(planned)["SHOP_CLOUD"] == "differs, unchanged"
    run("apply", values=GIVEN)
    assert stored(bao)["password"] == "theirs"
    assert run("plan", "--update", values=GIVEN).returncode == 1
    assert run("apply", "--update", values=GIVEN).returncode == 0
    assert stored(bao) == {"password": CANARY, "other": 1.10, "big": 9007199254740991, "key": "theirs"}
    text = moto.secrets.get_secret_value(SecretId="seeded/db", VersionStage="AWSCURRENT")["SecretString"]
    assert json.loads(text) == {"password": f"{CANARY}-cloud", "other": "x"}
    before = moto.secrets.get_secret_value(SecretId="seeded/db", VersionStage="AWSPREVIOUS")["SecretString"]
    assert json.loads(before)["password"] == "theirs", "the one before can still be had"
    assert moto.secrets.get_secret_value(SecretId="seeded/whole")["SecretString"] == "theirs", "never generated anew"


def test_a_value_that_the_contract_refuses_is_written_nowhere(run: Run, bao: OpenBao) -> None:
    values = {**GIVEN, "SHOP_PORT": "not-a-port", "SHOP_WHOLE": "vault:secret/a#b"}
    planned = run("plan", "--format", "json", values=values)
    assert planned.returncode == 2
    refused = run("apply", "--format", "json", values=values)
    assert refused.returncode == 78
    errors, held_back = by_severity(refused)
    assert errors == {"SHOP_PORT": "value-invalid", "SHOP_WHOLE": "value-invalid"}
    assert verdicts(refused)["SHOP_PORT"] == verdicts(refused)["SHOP_WHOLE"] == "the value is refused"
    assert held_back == dict.fromkeys(("SHOP_PASSWORD", "SHOP_KEY", "SHOP_CLOUD"), "seed-not-written")
    with pytest.raises(AssertionError):
        stored(bao)


def test_where_one_of_two_stores_can_not_be_reached_each_secret_that_is_not_written_is_named(
    environ: dict[str, str], run: Run, bao: OpenBao, moto: Moto
) -> None:
    environ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:9"  # nothing listens there
    done = run("apply", "--timeout", "5", "--format", "json", values=GIVEN)
    told = json.loads(done.stdout)
    assert done.returncode == told["exitCode"] == 75
    assert verdicts(done) == {
        "SHOP_PASSWORD": "not written",
        "SHOP_KEY": "not written",
        "SHOP_PORT": "not written here",
        "SHOP_CLOUD": "could not be read",
        "SHOP_WHOLE": "could not be read",
    }
    held_back = {each["variable"]: each for each in told["problems"] if each["code"] == "seed-not-written"}
    assert [*held_back] == ["SHOP_PASSWORD", "SHOP_KEY"]
    assert {each["severity"] for each in held_back.values()} == {"warning"}
    assert held_back["SHOP_KEY"]["source"] == "vault:secret/seeded#key"
    with pytest.raises(AssertionError):
        stored(bao)
    shown = run("apply", "--timeout", "5", values=GIVEN)
    assert shown.returncode == 75
    assert "SHOP_PASSWORD, SHOP_KEY  [seed-not-written]" in shown.stdout


def test_what_nobody_gives_and_nothing_generates_is_missing(run: Run, bao: OpenBao) -> None:
    planned = run("plan", "--format", "json")
    assert planned.returncode == 1
    assert verdicts(planned)["SHOP_PASSWORD"] == "missing, no value given"
    applied = run("apply", "--format", "json")
    assert applied.returncode == 66, "what could be generated is there, the rest is still missing"
    assert verdicts(applied)["SHOP_KEY"] == "written"
    assert list(stored(bao)) == ["key"]


def test_a_name_that_the_contract_does_not_know_is_refused(run: Run) -> None:
    done = run("plan", "--format", "json", values={"SHOP_PASWORD": CANARY})
    assert done.returncode == 2
    (problem,) = [each for each in json.loads(done.stdout)["problems"] if each["code"] == "seed-value-unplaced"]
    assert (problem["variable"], problem["hint"]) == ("SHOP_PASWORD", "did you mean SHOP_PASSWORD?")


def test_a_name_is_the_variables_in_any_case_where_the_class_takes_it_in_any(run: Run, bao: OpenBao) -> None:
    assert run("apply", values={**GIVEN, "shop_password": CANARY[::-1], "SHOP_PASSWORD": CANARY}).returncode == 0
    assert stored(bao)["password"] == CANARY
    assert run("plan", values={"shop_password": CANARY}).returncode == 0


def test_values_that_are_no_utf_8_are_refused_from_stdin_as_from_a_file(
    environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "values.env").write_bytes(f"SHOP_PASSWORD={CANARY}".encode() + b"\xff\n")
    argv = [sys.executable, "-m", "confcontract", "secrets", "apply", "--values"]
    for name, told in (("values.env", "values.env"), ("-", "stdin")):
        done = subprocess.run(
            [*argv, name], env=environ, cwd=tmp_path, input=(tmp_path / "values.env").read_bytes(), capture_output=True
        )
        assert done.returncode == 78
        assert f"{told} is not UTF-8".encode() in done.stderr
        assert CANARY.encode() not in done.stdout + done.stderr


def test_values_may_be_an_env_file(run: Run, tmp_path: Path, bao: OpenBao) -> None:
    (tmp_path / "values.env").write_text(f"# ours\nSHOP_PASSWORD='{CANARY}'\nSHOP_CLOUD={CANARY}\n")
    assert run("apply", "--values", "values.env").returncode == 0
    assert stored(bao)["password"] == CANARY
    missing = run("plan", "--values", "nothing.env")
    assert missing.returncode == 78
    assert "nothing.env" in missing.stderr


def test_a_fingerprint_says_what_is_equal_and_is_another_one_in_each_run(run: Run, bao: OpenBao) -> None:
    bao.put("seeded", {"password": CANARY, "key": "x"})
    prints = []
    for _ in range(2):
        rows = json.loads(run("plan", "--format", "json", values={**GIVEN, "SHOP_CLOUD": CANARY}).stdout)["secrets"]
        by_name = {row["variable"]: row for row in rows}
        assert by_name["SHOP_PASSWORD"]["given"] == by_name["SHOP_PASSWORD"]["stored"] == by_name["SHOP_CLOUD"]["given"]
        prints.append(by_name["SHOP_PASSWORD"]["given"])
    assert prints[0] != prints[1]


def test_who_may_not_look_can_not_plan(environ: dict[str, str], run: Run, bao: OpenBao) -> None:
    bao.policy("nothing", ("secret/data/elsewhere", "read"))
    environ["VAULT_TOKEN"] = bao.make_token("nothing")
    done = run("plan", values=GIVEN)
    assert done.returncode == 2
    assert "vault-denied" in done.stdout
    assert run("apply", values=GIVEN).returncode == 77


def one_write(scheme: str, name: str, held: Held, value: str) -> SeedPlan:
    plan = SeedPlan()
    plan.rows = [SeedRow("A", f"{scheme}{name}", "missing, to be written")]
    plan.held[scheme, name] = held
    plan.writes[scheme, name] = {"key": (value, ["A"])}
    return plan


@pytest.mark.parametrize("scheme", ["vault:", "aws-sm:"])
@pytest.mark.parametrize("existed", [False, True], ids=["new", "existing"])
def test_who_was_quicker_is_not_overwritten(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, bao: OpenBao, moto: Moto, scheme: str, existed: bool
) -> None:
    for name, value in environ.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)

    def put(value: str) -> None:
        if scheme == "vault:":
            bao.put("seeded", {"key": value})
        elif moto.secrets.list_secrets()["SecretList"]:
            moto.secrets.put_secret_value(SecretId="secret/seeded", SecretString=json.dumps({"key": value}))
        else:
            moto.secret("secret/seeded", {"key": value})

    target = VaultTarget(environ, 10.0) if scheme == "vault:" else AwsTarget(environ, 10.0)
    if existed:
        put("before")
    held = target.look(["secret/seeded"])["secret/seeded"]
    assert isinstance(held, Held)
    assert held.is_absent is not existed
    put("theirs")
    plan = one_write(scheme, "secret/seeded", held, CANARY)
    apply_plan(plan, lambda _: target)
    (problem,) = plan.problems
    assert (problem.code, problem.variable) == ("seed-conflict", "A")
    assert plan.rows[0].verdict != "written"
    now = target.look(["secret/seeded"])["secret/seeded"]
    assert isinstance(now, Held)
    assert now.value("key") == "theirs"
    # what somebody else has written may be the very same, as by a retry whose answer was lost
    plan = one_write(scheme, "secret/seeded", held, "theirs")
    apply_plan(plan, lambda _: target)
    assert (plan.problems, plan.rows[0].verdict) == ([], "written")
    target.close()


class Shared(BaseSettings):
    one: Annotated[SecretStr, Vault("secret/seeded#key"), Generate(length=24)]
    other: Annotated[SecretStr, Vault("secret/seeded#key")]
    part: Annotated[SecretStr, FromStore("aws-sm:seeded/db#password")]
    back: Annotated[SecretStr, FromStore("aws-sm:seeded/none#password", fallback="vault:secret/seeded#key")]


def test_two_variables_of_one_place_are_written_as_one(
    environ: dict[str, str], run: Run, bao: OpenBao, tmp_path: Path
) -> None:
    bake(Shared, name="shop", version="1").dump(tmp_path / "contract.json")
    different = run("apply", "--format", "json", values={"ONE": CANARY, "OTHER": "x", "PART": CANARY})
    assert different.returncode == 78
    assert by_severity(different)[0]["OTHER"] == "value-invalid"
    with pytest.raises(AssertionError):
        stored(bao)
    applied = run("apply", "--format", "json", values={"PART": CANARY})
    assert verdicts(applied)["ONE"] == verdicts(applied)["OTHER"] == verdicts(applied)["PART"] == "written"
    assert len(stored(bao)["key"]) == 24
    again = run("plan", "--format", "json", values={"PART": CANARY})
    assert again.returncode == 0, again.stdout
    rows = {row["variable"]: row for row in json.loads(again.stdout)["secrets"]}
    assert (rows["BACK"]["verdict"], rows["BACK"]["reference"]) == ("there", "vault:secret/seeded#key"), "the fallback"


def test_a_failure_in_the_middle_is_told_by_name_and_the_rest_is_written(
    environ: dict[str, str], run: Run, moto: Moto, bao: OpenBao
) -> None:
    proxy = Faulty(moto.address)
    proxy.fault(refuses("AccessDeniedException"), where="CreateSecret", times=1)
    environ["AWS_ENDPOINT_URL"] = proxy.address
    done = run("apply", "--format", "json", values=GIVEN)
    proxy.stop()
    environ["AWS_ENDPOINT_URL"] = moto.address
    assert done.returncode == 77
    (problem,) = json.loads(done.stdout)["problems"]
    assert (problem["code"], problem["variable"]) == ("store-denied", "SHOP_CLOUD")
    found = verdicts(done)
    assert found["SHOP_CLOUD"] == "missing, to be written"
    assert found["SHOP_PASSWORD"] == found["SHOP_WHOLE"] == "written"
    assert run("apply", values=GIVEN).returncode == 0, "run again, it does what is left"


def test_kv_version_1_which_has_no_check_and_set_is_not_written_to(bao: OpenBao, environ: dict[str, str]) -> None:
    bao.do("POST", "sys/mounts/first", {"type": "kv", "options": {"version": "1"}})
    target = VaultTarget(environ, 10.0)
    try:
        found = target.look(["first/shop", "secret/not-yet"])
    finally:
        target.close()
        bao.do("DELETE", "sys/mounts/first")
    refused = found["first/shop"]
    assert isinstance(refused, RequestFailed)
    assert refused.words == "the mount first is not KV version 2, and confcontract writes to no other kind"
    held = found["secret/not-yet"]
    assert isinstance(held, Held), "it does not take the others with it"
    assert held.is_absent


def test_a_deleted_secret_is_not_taken_for_a_new_one(environ: dict[str, str], run: Run, moto: Moto) -> None:
    moto.secret("seeded/db", {"password": "x"})
    moto.secrets.delete_secret(SecretId="seeded/db")
    done = run("apply", "--format", "json", values=GIVEN)
    assert done.returncode == 77
    errors, held_back = by_severity(done)
    assert [*errors] == ["SHOP_CLOUD"]
    assert {*held_back.values()} == {"seed-not-written"}


def test_a_version_of_kv_2_that_is_deleted_is_followed_by_another(run: Run, bao: OpenBao) -> None:
    bao.put("seeded", {"password": "x"})
    bao.do("DELETE", "secret/data/seeded")
    assert run("apply", values=GIVEN).returncode == 0
    assert bao.do("GET", "secret/metadata/seeded")["current_version"] == 2


@pytest.mark.parametrize("length, alphabet", [(7, ""), (5000, ""), (10, "a"), (10, "ab\n")])
def test_what_can_not_be_generated_is_refused_where_it_is_declared(length: int, alphabet: str) -> None:
    with pytest.raises(ValueError, match="Generate"):
        Generate(length, alphabet=alphabet)


@pytest.mark.parametrize(
    ("reference", "what", "hint"),
    [
        (
            "aws-ssm:/shop/key",
            "is stored in AWS Parameter Store, which confcontract does not write to",
            "aws ssm put-parameter",
        ),
        ("aws-sm:shop@AWSPREVIOUS", "names a fixed version", "remove the version"),
        ("vault:secret/shop#key@3", "names a fixed version", "remove the version"),
        ("vault:pki/issue/web?common_name=a.b#certificate", "credentials that Vault makes", "nothing to store"),
    ],
)
def test_why_a_given_value_is_not_written_is_told_by_its_store(reference: str, what: str, hint: str) -> None:
    found = why_not_written(parse_reference(reference))
    assert what in found[0]
    assert hint in found[1]
