"""Boot with a real server: what is asked for, for whom, and what is said when it isn't there."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from typing import Annotated

import pytest
from pydantic import BaseModel, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Vault
from tests.support.booting import CANARY, CONFCONTRACT, PLAIN, SAFETY, Ended, Site, patiently
from tests.support.classes import InVault, Shop
from tests.support.ports import refusing_port
from tests.support.vault.openbao import OpenBao

Make = Callable[..., Site]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server that nobody should call; `called` tells whether somebody did."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def called(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.mark.parametrize("scheme", ["vault", "bao"])
@pytest.mark.parametrize("place", ["environment", "env file", "conf.d"])
def test_a_reference_may_be_given_at_run_time(site: Make, vault: dict[str, str], scheme: str, place: str) -> None:
    made = site(Shop)
    reference = f"{scheme}:secret/shop#host"
    files = []
    environ = dict(vault)
    if place == "environment":
        environ["SHOP_HOST"] = reference
    elif place == "env file":
        files.append(made.file("prod.env", f"SHOP_HOST={reference}\n"))
    else:
        made.file("conf.d/a.env", f"SHOP_HOST='{reference}'\n")
    given = made.boot(*(f"--env-file={path}" for path in files), environ=environ).environ
    assert given["SHOP_HOST"] == made.settings_in(given)["host"] == "vault.example.com"


def test_a_reference_may_be_given_under_every_name_of_a_nested_variable(
    site: Make, vault: dict[str, str], bao: OpenBao
) -> None:
    bao.put("sizes", {"pool": 9})
    given, settings = site(Shop).start_app({"shop_database__pool": "vault:secret/sizes#pool", **vault})
    assert settings["database"]["pool"] == 9
    assert given["shop_database__pool"] == "9"


def test_a_reference_in_what_is_not_declared_is_just_text(site: Make, listener: socket.socket) -> None:
    environ = {
        "OTHER": "vault:secret/shop#password",
        "SHOP_UNKNOWN": "bao:secret/shop#password",
        "VAULT_ADDR": f"http://127.0.0.1:{listener.getsockname()[1]}",
        "VAULT_TOKEN": CANARY,
    }
    given = site(Shop).boot(environ=environ).environ
    assert given == {**PLAIN, "OTHER": environ["OTHER"], "SHOP_UNKNOWN": environ["SHOP_UNKNOWN"]}
    assert not called(listener)


def test_a_secret_that_looks_like_a_reference_is_not_followed(site: Make, vault: dict[str, str], bao: OpenBao) -> None:
    bao.put("trap", {"password": "vault:secret/shop#password"})
    made = site(Shop)
    given, settings = made.start_app({"SHOP_PASSWORD": "vault:secret/trap#password", **vault})
    assert given["SHOP_PASSWORD"] == settings["password"] == "vault:secret/shop#password"


def test_what_the_environment_sets_is_not_asked_for(site: Make, listener: socket.socket) -> None:
    environ = {
        "SHOP_PASSWORD": "mine",
        "VAULT_ADDR": f"http://127.0.0.1:{listener.getsockname()[1]}",
        "VAULT_TOKEN": CANARY,
    }
    assert site(InVault).boot(environ=environ).environ["SHOP_PASSWORD"] == "mine"
    assert not called(listener)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("no-such-command-anywhere",), 127),
        (("/nowhere/at/all",), 127),
        (("/etc/passwd",), 126),
        (("/etc",), 126),
    ],
)
def test_the_command_is_looked_up_before_any_secret_is_fetched(
    site: Make, listener: socket.socket, command: tuple[str, ...], code: int
) -> None:
    environ = {"VAULT_ADDR": f"http://127.0.0.1:{listener.getsockname()[1]}", "VAULT_TOKEN": CANARY}
    done = site(InVault).boot(environ=environ, command=command)
    assert done.code == code
    assert done.reason["problems"][0]["code"] == ("command-not-found" if code == 127 else "command-not-executable")
    assert command[0] in done.report
    assert not called(listener)


def test_the_command_of_a_role_is_looked_up_before_any_secret_is_fetched(site: Make, listener: socket.socket) -> None:
    made = site(InVault, roles={"web": {"command": ["no-such-command-anywhere"]}})
    environ = {"VAULT_ADDR": f"http://127.0.0.1:{listener.getsockname()[1]}", "VAULT_TOKEN": CANARY}
    done = made.boot("--role", "web", "--timeout", "0.5", environ=environ, command=None)
    assert done.code == 127
    assert not called(listener)


def test_a_wrong_value_is_told_together_with_the_secret_that_is_missing(site: Make, vault: dict[str, str]) -> None:
    made = site(Shop)
    environ = {
        "SHOP_PASSWORD": "vault:secret/shop#nope",
        "SHOP_PORT": "0",
        "SHOP_HOST": "vault:secret/nowhere#x",
        **vault,
    }
    done = made.boot(environ=environ)
    assert done.code == 78
    assert {(p["variable"], p["code"]) for p in done.reason["problems"]} == {
        ("SHOP_PASSWORD", "vault-key-missing"),
        ("SHOP_HOST", "vault-path-missing"),
        ("SHOP_PORT", "value-invalid"),
    }
    assert CANARY not in done.err


def test_a_bad_value_in_vault_is_told_with_its_reference_and_not_shown(site: Make, vault: dict[str, str]) -> None:
    done = site(Shop).boot(environ={"SHOP_PORT": "vault:secret/shop#password", **vault})
    assert done.code == 78
    assert done.named() == {"SHOP_PORT"}
    assert "Vault secret/shop#password" in done.report
    assert CANARY not in done.err + done.out


class Test_exit_codes:
    def test_66_nothing_at_the_path(self, site: Make, vault: dict[str, str], bao: OpenBao) -> None:
        class Elsewhere(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="SHOP_")
            password: Annotated[SecretStr, Vault("secret/never/written#password")]

        done = site(Elsewhere).boot(environ=vault)
        assert (done.code, done.named()) == (66, {"SHOP_PASSWORD"})
        assert "secret/never/written#password" in done.report

    def test_66_no_server_is_configured(self, site: Make) -> None:
        done = site(InVault).boot()
        assert (done.code, done.named()) == (66, {"SHOP_PASSWORD"})
        assert "VAULT_ADDR" in done.report

    def test_66_an_empty_address_is_none(self, site: Make) -> None:
        assert site(InVault).boot(environ={"VAULT_ADDR": "", "BAO_ADDR": ""}).code == 66

    def test_75_a_lower_source_does_not_stand_in_for_a_server_that_is_unreachable(self, site: Make) -> None:
        made = site(InVault)
        path = made.file("prod.env", "SHOP_PASSWORD=lower\n")
        environ = {"VAULT_ADDR": f"http://127.0.0.1:{refusing_port()}", "VAULT_TOKEN": CANARY}
        assert made.boot("--timeout", "0.6", "--env-file", path, environ=environ).code == 75

    def test_66_strictly_nothing_stands_in_for_a_server_that_is_not_configured(self, site: Make) -> None:
        made = site(InVault)
        path = made.file("prod.env", "SHOP_PASSWORD=lower\n")
        done = made.boot("--strict", "--env-file", path)
        assert (done.code, done.out, done.named()) == (66, "", {"SHOP_PASSWORD"})

    def test_75_nobody_answers_until_the_deadline(self, site: Make) -> None:
        environ = {"VAULT_ADDR": f"http://127.0.0.1:{refusing_port()}", "VAULT_TOKEN": CANARY}
        done = patiently(
            lambda longer: site(InVault).boot("--timeout", str(0.6 * longer), environ=environ),
            lambda done: environ["VAULT_ADDR"] in done.report,
        )
        assert (done.code, done.named()) == (75, {"SHOP_PASSWORD"})
        assert environ["VAULT_ADDR"] in done.report
        assert CANARY not in done.err

    def test_75_somebody_takes_the_call_and_never_answers(self, site: Make, listener: socket.socket) -> None:
        environ = {"VAULT_ADDR": f"http://127.0.0.1:{listener.getsockname()[1]}", "VAULT_TOKEN": CANARY}
        answered: list[bool] = []

        def boot(longer: float) -> Ended:
            done = site(InVault).boot("--timeout", str(0.6 * longer), environ=environ)
            answered.append(called(listener))
            return done

        done = patiently(boot, lambda _: any(answered))
        assert (done.code, done.named()) == (75, {"SHOP_PASSWORD"})
        assert any(answered)

    def test_77_the_token_is_wrong(self, site: Make, vault: dict[str, str]) -> None:
        done = site(InVault).boot(environ={**vault, "VAULT_TOKEN": CANARY})
        assert (done.code, done.named()) == (77, {"SHOP_PASSWORD"})
        assert CANARY not in done.err

    def test_77_the_policy_forbids_the_path(self, site: Make, vault: dict[str, str], bao: OpenBao) -> None:
        bao.policy("nothing", ("secret/data/other", "read"))
        done = site(InVault).boot(environ={**vault, "VAULT_TOKEN": bao.make_token("nothing")})
        assert (done.code, done.named()) == (77, {"SHOP_PASSWORD"})

    def test_a_malformed_reference_is_invalid_configuration(self, site: Make, vault: dict[str, str]) -> None:
        done = site(Shop).boot(environ={"SHOP_HOST": "vault:", "SHOP_PASSWORD": "bao:secret/shop", **vault})
        assert (done.code, done.named()) == (78, {"SHOP_HOST", "SHOP_PASSWORD"})


class Several(BaseSettings):
    """Secrets in Vault that may do without it."""

    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__", env_file="own.env")

    class Mail(BaseModel):
        password: Annotated[SecretStr, Vault("secret/shop#mail")]

    password: Annotated[SecretStr, Vault("secret/shop#password")]
    token: Annotated[SecretStr | None, Vault("secret/shop#token")] = None
    key: Annotated[SecretStr, Vault("secret/shop#key")]
    own: Annotated[SecretStr, Vault("secret/shop#own")]
    set: Annotated[SecretStr, Vault("secret/shop#set")]
    mail: Mail


def test_whatever_takes_the_place_of_a_vault_that_is_not_configured_is_told(site: Make) -> None:
    made = site(Several)
    env_file = made.file("prod.env", f'SHOP_PASSWORD={CANARY}\nSHOP_MAIL={{"password": "{CANARY}"}}\n')
    made.file("own.env", f"SHOP_OWN={CANARY}\n")
    secret = made.file("key", CANARY)
    environ = {"SHOP_KEY_FILE": str(secret), "SHOP_SET": CANARY}
    done = made.boot("--env-file", env_file, environ=environ)
    assert done.environ["SHOP_PASSWORD"] == CANARY
    assert CANARY not in done.err
    for names, used in {
        "SHOP_PASSWORD, SHOP_MAIL__PASSWORD": f"env file {env_file}",
        "SHOP_TOKEN": "default in the image",
        "SHOP_KEY": "a secret file",
        "SHOP_OWN": "the application's env file own.env",
    }.items():
        assert f"{names} [vault-not-configured] VAULT_ADDR is not set; using {used} instead of Vault" in done.report
    logged = made.boot("--env-file", env_file, "--log-format", "json", environ=environ).err
    warnings = [line for line in map(json.loads, logged.splitlines()) if line["event.action"] == "problem"]
    assert {line["variable"]: line["labels.source"] for line in warnings} == {
        "SHOP_PASSWORD": f"env file {env_file}, line 1, not Vault secret/shop#password",
        "SHOP_TOKEN": "default in the image, not Vault secret/shop#token",
        "SHOP_KEY": f"secret file {secret}, not Vault secret/shop#key",
        "SHOP_OWN": "the application's env file own.env, line 1, not Vault secret/shop#own",
        "SHOP_MAIL__PASSWORD": f"env file {env_file}, line 2, not Vault secret/shop#mail",
    }
    assert {(line["log.level"], line["code"]) for line in warnings} == {("warning", "vault-not-configured")}


def test_secrets_check_never_counts_a_lower_source_for_a_vault_that_is_not_configured(site: Make) -> None:
    made = site(InVault)
    path = made.file("prod.env", f"SHOP_PASSWORD={CANARY}\n")
    command = [CONFCONTRACT, "secrets", "check", "--contract", str(made.contract_path), "--env-file", str(path)]
    done = subprocess.run(command, env=PLAIN, capture_output=True, text=True, timeout=SAFETY)
    assert done.returncode == 66
    assert "VAULT_ADDR is not set" in done.stdout
    assert CANARY not in done.stdout + done.stderr


def test_the_second_set_of_names_reaches_the_server_as_well(site: Make, vault: dict[str, str]) -> None:
    environ = {"BAO_ADDR": vault["VAULT_ADDR"], "BAO_TOKEN": vault["VAULT_TOKEN"]}
    assert site(InVault).boot(environ=environ).environ == {**PLAIN, "SHOP_PASSWORD": CANARY}


def test_where_vault_is_and_who_asks_comes_from_the_process_environment_alone(
    site: Make, vault: dict[str, str], listener: socket.socket
) -> None:
    """An env file is configuration of the application; who may write it must not redirect boot's token."""
    made = site(InVault)
    path = made.file("prod.env", f"VAULT_ADDR=http://127.0.0.1:{listener.getsockname()[1]}\n")
    assert made.boot("--env-file", path, environ=vault).environ["SHOP_PASSWORD"] == CANARY
    assert not called(listener)


def test_a_part_of_a_section_is_fetched_and_the_rest_is_given(site: Make, vault: dict[str, str], bao: OpenBao) -> None:
    bao.put("database", {"url": f"postgres://shop:{CANARY}@db/shop"})
    environ = {"SHOP_DATABASE": '{"pool": 7}', "SHOP_DATABASE__URL": "vault:secret/database#url", **vault}
    _, settings = site(Shop).start_app(environ)
    assert settings["database"] == {"url": f"postgres://shop:{CANARY}@db/shop", "pool": 7}


def test_what_else_is_wrong_is_told_beside_a_vault_that_never_came(site: Make) -> None:
    environ = {
        "VAULT_ADDR": f"http://127.0.0.1:{refusing_port()}",
        "VAULT_TOKEN": CANARY,
        "SHOP_PASSWORD": "vault:secret/shop#password",
        "SHOP_HOST": "bao:secret/shop#host",
        "SHOP_PORT": "0",
    }
    done = site(Shop).boot("--timeout", "0.4", environ=environ)
    assert done.code == 78
    assert {(problem["variable"], problem["code"]) for problem in done.reason["problems"]} == {
        ("SHOP_PASSWORD", "vault-unavailable"),
        ("SHOP_HOST", "vault-unavailable"),
        ("SHOP_PORT", "value-invalid"),
    }
