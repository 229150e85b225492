"""`confcontract secrets check`: what can be read, what can't, and why."""

from __future__ import annotations

import json

from tests.support.ports import refusing_port
from tests.support.postgres import Postgres
from tests.support.vault import dynamic
from tests.support.vault.deployments import Shop
from tests.support.vault.faulty import Faulty
from tests.support.vault.openbao import OpenBao


def table(text: str) -> dict[tuple[str, str], str]:
    rows = (line.split("  ") for line in text.splitlines() if line.startswith("SHOP_"))
    parts = [[part.strip() for part in row if part.strip()] for row in rows]
    return {(row[0], row[1]): row[2] for row in parts}


def test_every_reference_has_a_line_and_no_value_is_shown(still: Shop, root: dict[str, str]) -> None:
    done = still.secrets("check", environ=root)
    assert done.code == 0, done.out
    assert table(done.out) == {
        ("SHOP_PASSWORD", "secret/shop#password"): "readable",
        ("SHOP_DATABASE_URL", "secret/shop#database_url"): "readable",
        ("SHOP_OLD", "legacy/shop#password"): "readable",
        ("SHOP_EXTRA", "secret/nothing#k"): "absent",
        ("SHOP_EXTRA", "secret/common#k"): "readable",
        ("SHOP_COLOUR", "secret/nothing#colour"): "absent",
    }


def test_what_can_not_be_read_is_said_with_the_reason_as_boot_would(
    still: Shop, bao: OpenBao, root: dict[str, str]
) -> None:
    bao.policy("some", ("secret/data/shop", "read"), ("secret/data/nothing", "read"))
    environ = root | {"VAULT_TOKEN": bao.make_token("some"), "SHOP_PASSWORD": "vault:secret/shop#nope"}
    done = still.secrets("check", environ=environ)
    booted = still.boot("--log-format", "json", environ=environ)
    assert done.code == booted.code == 77
    assert table(done.out)[("SHOP_PASSWORD", "secret/shop#nope")] == "vault-key-missing"
    assert table(done.out)[("SHOP_OLD", "legacy/shop#password")] == "vault-denied"
    assert table(done.out)[("SHOP_EXTRA", "secret/common#k")] == "vault-denied"
    told = json.loads(still.secrets("check", "--format", "json", environ=environ).out)
    assert told["exitCode"] == 77
    lines = [json.loads(line) for line in booted.err.splitlines()]
    said = {
        (line["variable"], line["message"].partition(": ")[2])
        for line in lines
        if line["event.action"] == "problem" and line["log.level"] == "error"
    }
    assert {(p["variable"], p["message"]) for p in told["problems"] if p["severity"] == "error"} == said


def test_a_fallback_that_is_denied_but_not_needed_is_a_warning(still: Shop, bao: OpenBao, root: dict[str, str]) -> None:
    bao.policy("no-common", *((f"secret/data/{name}", "read") for name in ("shop", "nothing")), ("legacy/*", "read"))
    environ = root | {
        "VAULT_TOKEN": bao.make_token("no-common"),
        "SHOP_EXTRA": "vault:secret/shop#password|secret/common#k",
    }
    done = still.secrets("check", "--format", "json", environ=environ)
    told = json.loads(done.out)
    assert done.code == 0
    assert [(p["variable"], p["severity"]) for p in told["problems"] if p["severity"] != "info"] == [
        ("SHOP_EXTRA", "warning")
    ]
    used = [row for row in told["references"] if row["variable"] == "SHOP_EXTRA" and row["used"]]
    assert [row["reference"] for row in used] == ["secret/shop#password"]


def test_what_the_environment_sets_is_not_asked_for(still: Shop, root: dict[str, str]) -> None:
    done = still.secrets("check", environ=root | {"SHOP_OLD": "mine"})
    assert table(done.out)[("SHOP_OLD", "legacy/shop#password")] == "not requested: set by the environment"


def test_a_reference_from_an_env_file_counts(still: Shop, root: dict[str, str]) -> None:
    file = still.file("prod.env", "SHOP_PORT=vault:secret/nowhere#port\n")
    done = still.secrets("check", "--env-file", str(file), environ=root)
    assert done.code == 66
    assert table(done.out)[("SHOP_PORT", "secret/nowhere#port")] == "vault-path-missing"


def test_a_text_that_is_no_reference_is_named_with_its_source(still: Shop, root: dict[str, str]) -> None:
    file = still.file("prod.env", "SHOP_PORT=vault:rubbish\n")
    done = still.secrets("check", "--format", "json", "--env-file", str(file), environ=root)
    (problem,) = [problem for problem in json.loads(done.out)["problems"] if problem["code"] == "reference-invalid"]
    assert problem["source"] == f"env file {file}, line 1, as SHOP_PORT"


def test_what_it_waits_for_is_said_meanwhile(still: Shop) -> None:
    nobody = {"VAULT_ADDR": f"http://127.0.0.1:{refusing_port()}", "VAULT_TOKEN": "t"}
    done = still.secrets("check", "--timeout", "2", environ=nobody)
    assert "vault-attempt-failed" in done.err
    assert "vault-attempt-failed" not in done.out


def test_nothing_is_made(made: Shop, bao: OpenBao, postgres: Postgres, root: dict[str, str]) -> None:
    done = made.secrets("check", environ=root)
    assert done.code == 0, done.out
    assert set(table(done.out).values()) == {"readable", "can be created"}
    assert postgres.roles() == []
    assert dynamic.leases(bao, "certificates/issue/web") == []


def test_what_could_not_be_made_is_said_without_trying(
    made: Shop, bao: OpenBao, postgres: Postgres, root: dict[str, str]
) -> None:
    bao.policy(
        "half", ("secret/data/shop", "read"), ("database/creds/shop", "read"), ("certificates/issue/web", "list")
    )
    done = made.secrets("check", environ=root | {"VAULT_TOKEN": bao.make_token("half")})
    assert done.code == 77
    assert table(done.out)[("SHOP_DB_USER", "database/creds/shop#username")] == "can be created"
    assert "no update on this path" in " ".join(done.out.split())
    assert postgres.roles() == []


def test_exit_codes_are_those_of_boot(still: Shop, root: dict[str, str]) -> None:
    assert still.secrets("check", environ={}).code == 66
    nobody = {"VAULT_ADDR": f"http://127.0.0.1:{refusing_port()}", "VAULT_TOKEN": "t"}
    assert still.secrets("check", "--timeout", "0.5", environ=nobody).code == 75
    assert still.secrets("check", environ=root | {"SHOP_OLD": "vault:rubbish"}).code == 78
    assert still.secrets("check", "--timeout", "soon", environ=root).code == 64
    assert still.secrets("check", "--role", "nobody", environ=root).code == 64


def test_the_server_that_answered_in_the_place_of_the_configured_one_is_named(
    still: Shop, bao: OpenBao, proxy: Faulty, root: dict[str, str]
) -> None:
    proxy.fault(lambda exchange: exchange.reply(307, Location=bao.address + exchange.path))
    checked = still.secrets("check", environ=root | {"VAULT_ADDR": proxy.address})
    assert f"readable: answered by {bao.address}, to which VAULT_ADDR redirects" in checked.out
    assert "answered by" not in still.secrets("check", environ=root).out
