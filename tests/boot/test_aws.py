"""A whole boot with secrets in AWS: a real client, a server of moto's, and what the application finds."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import FromStore, Vault
from tests.boot.test_imports import Loaded
from tests.support.aws import Moto, leading_to, refuses
from tests.support.booting import CANARY, Site
from tests.support.classes import Shop
from tests.support.ports import refusing_port
from tests.support.supervising import Supervised
from tests.support.vault.faulty import Faulty
from tests.support.vault.openbao import OpenBao

Make = Callable[..., Site]


class InAws(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    password: Annotated[SecretStr, FromStore("aws-sm:prod/db#password")]
    key: Annotated[SecretStr, FromStore("aws-ssm:/shop/key")]
    host: str = "localhost"


class InBoth(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    password: Annotated[SecretStr, FromStore("vault:secret/nowhere#x", fallback="aws-sm:prod/db#password")]
    old: Annotated[SecretStr, Vault("secret/shop#password")]
    spare: Annotated[SecretStr, FromStore("aws-ssm:/nothing", optional=True)] = SecretStr("s")


class Optional(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    password: Annotated[str, FromStore("aws-sm:prod/db#password")] = "of the code"


@pytest.fixture
def moto(shared_moto: Moto) -> Moto:
    shared_moto.empty()
    shared_moto.secret("prod/db", {"password": CANARY, "port": 8443})
    shared_moto.parameter("/shop/key", f"{CANARY}-key")
    return shared_moto


@pytest.fixture
def proxy(moto: Moto) -> Iterator[Faulty]:
    server = Faulty(moto.address)
    yield server
    server.stop()


@pytest.fixture
def aws(proxy: Faulty, tmp_path: Path) -> dict[str, str]:
    return leading_to(proxy.address, str(tmp_path))


def test_the_application_gets_the_values_and_keeps_its_own_variables(site: Make, aws: dict[str, str]) -> None:
    done = site(InAws).boot(environ={**aws, "SHOP_HOST": "aws-sm:prod/db#port"})
    assert {name: done.environ[name] for name in ("SHOP_PASSWORD", "SHOP_KEY", "SHOP_HOST")} == {
        "SHOP_PASSWORD": CANARY,
        "SHOP_KEY": f"{CANARY}-key",
        "SHOP_HOST": "8443",
    }
    assert aws.items() <= done.environ.items(), "an application that uses AWS has the same identity"
    assert CANARY not in done.err


def test_several_stores_are_asked_for_one_boot(site: Make, aws: dict[str, str], bao: OpenBao) -> None:
    environ = {**aws, "VAULT_ADDR": bao.address, "VAULT_TOKEN": bao.token}
    made = site(InBoth)
    done = made.boot(environ=environ)
    assert (done.environ["SHOP_PASSWORD"], done.environ["SHOP_OLD"]) == (CANARY, CANARY)
    assert "VAULT_TOKEN" not in done.environ
    told = made.boot("--dry-run", environ=environ, command=None)
    assert "aws-sm:prod/db#password" in told.out + told.err
    assert "Vault secret/shop#password" in told.out + told.err
    assert CANARY not in told.out + told.err


@pytest.mark.parametrize(
    "code, exit_code",
    [
        ("AccessDeniedException", 77),
        ("ExpiredTokenException", 77),
        ("ResourceNotFoundException", 66),
        ("ThrottlingException", 75),
    ],
)
def test_a_boot_that_gets_no_secret_ends_as_with_vault(
    site: Make, aws: dict[str, str], proxy: Faulty, code: str, exit_code: int
) -> None:
    proxy.fault(refuses(code))
    done = site(InAws).boot("--timeout", "3" if exit_code == 75 else "30", environ=aws)
    assert done.code == exit_code, done.err
    assert done.named() >= {"SHOP_PASSWORD"}
    assert "aws-sm:prod/db#password" in done.err


def test_nobody_who_listens_is_unavailable(site: Make, aws: dict[str, str]) -> None:
    done = site(InAws).boot(
        "--timeout", "1", environ={**aws, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{refusing_port()}"}
    )
    assert (done.code, done.named()) == (75, {"SHOP_PASSWORD", "SHOP_KEY"})


def test_where_aws_is_not_configured_a_default_will_do_and_is_told(site: Make, tmp_path: Path) -> None:
    made = site(Optional)
    done = made.boot(environ={"HOME": str(tmp_path)})
    assert "SHOP_PASSWORD" not in done.environ
    assert "AWS Secrets Manager is not configured here; using " in done.report
    assert made.boot("--strict", environ={"HOME": str(tmp_path)}).code == 66
    given = made.boot(environ={"HOME": str(tmp_path), "SHOP_PASSWORD": "aws-ssm:/x"})
    assert (given.code, given.named()) == (66, {"SHOP_PASSWORD"})
    assert "AWS_REGION" in given.err


def test_one_store_that_is_not_configured_leaves_the_others_alone(
    site: Make, tmp_path: Path, vault: dict[str, str]
) -> None:
    class Mixed(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="SHOP_")

        old: Annotated[SecretStr, Vault("secret/shop#password")]
        spare: Annotated[str, FromStore("aws-sm:prod/db#password")] = "of the code"

    done = site(Mixed).boot(environ={**vault, "HOME": str(tmp_path)})
    assert done.environ["SHOP_OLD"] == CANARY
    assert "AWS Secrets Manager is not configured here; using " in done.report


def test_boto3_is_imported_for_a_reference_to_aws_alone(site: Make, aws: dict[str, str], vault: dict[str, str]) -> None:
    loaded = Loaded(site(Shop))
    done = loaded.boot(environ={**aws, **vault, "SHOP_HOST": "vault:secret/shop#host"})
    assert done.code == 0, done.err
    assert not any(name.startswith(("boto", "confcontract.secrets.aws.")) for name in loaded.names)
    assert loaded.boot(environ={**aws, "SHOP_HOST": "aws-sm:prod/db#port"}).code == 0
    assert "boto3" in loaded.names
    assert loaded.forbidden == set()


def test_a_boot_without_references_does_not_look_for_stores(site: Make, aws: dict[str, str]) -> None:
    loaded = Loaded(site(Shop))
    assert loaded.boot(environ=aws).code == 0
    assert not any(name.startswith(("boto", "confcontract.secrets")) for name in loaded.names)


def test_a_new_value_is_found_while_the_application_runs(
    site: Make, aws: dict[str, str], moto: Moto, tmp_path: Path
) -> None:
    made = site(InAws)
    script = 'trap "" HUP; printf %s "$SHOP_PASSWORD" > seen; exec sleep 60'
    argv = made.argv(["--supervise", "--poll", "0.3"], ["/bin/sh", "-c", script])
    environ = {"PATH": "/usr/bin:/bin", **aws, "CONFCONTRACT_RUNTIME_DIR": str(tmp_path / "run")}
    supervised = Supervised(argv, tmp_path, env=environ)
    try:
        supervised.eventually("seen", CANARY)
        moto.secrets.put_secret_value(SecretId="prod/db", SecretString='{"password": "rotated"}')
        supervised.eventually("seen", "rotated")
        supervised.send(signal.SIGTERM)
        supervised.end()
        assert CANARY not in supervised.err
        assert "rotated" not in supervised.err
    finally:
        supervised.close()
