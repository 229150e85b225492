"""`secrets check` and `secrets policy` for AWS, beside Vault: the same table, and a policy that is enough."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Annotated, Any

import boto3.session
import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import FromStore, Vault, bake
from confcontract.secrets.aws.aws_reader import AwsReader
from confcontract.secrets.preflight.iam import iam_policy
from confcontract.secrets.preflight.needed import Needed
from tests.support import commands
from tests.support.aws import REGION, Moto, leading_to
from tests.support.vault.openbao import OpenBao

Run = Callable[..., CompletedProcess[str]]


class Both(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    password: Annotated[SecretStr, FromStore("aws-sm:prod/db#password")]
    key: Annotated[SecretStr, FromStore("aws-ssm:/shop/key@1", fallback="aws-sm:none")]
    mixed: Annotated[SecretStr, FromStore("vault:secret/none#x", fallback="aws-sm:prod/db#mixed")]
    old: Annotated[SecretStr, Vault("secret/beside#password")]


@pytest.fixture
def run(tmp_path: Path, shared_moto: Moto, bao: OpenBao) -> Run:
    """run("check", …, NAME=value…) → what `confcontract secrets` says of Both."""
    shared_moto.empty()
    bake(Both, name="shop", version="1").dump(tmp_path / "contract.json")
    environ = {
        **leading_to(shared_moto.address, str(tmp_path)),
        "VAULT_ADDR": bao.address,
        "VAULT_TOKEN": bao.token,
        "CONFCONTRACT_PATH": str(tmp_path / "contract.json"),
    }

    def secrets(*words: str, **more: str) -> CompletedProcess[str]:
        return commands.run("secrets", *words, environ={**environ, **more}, cwd=tmp_path)

    return secrets


def rows(done: CompletedProcess[str]) -> dict[str, list[tuple[str, str, bool]]]:
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for row in json.loads(done.stdout)["references"]:
        found.setdefault(row["variable"], []).append((row["reference"], row["verdict"], row["used"]))
    return found


def test_every_reference_of_every_store_has_a_line(run: Run, shared_moto: Moto, bao: OpenBao) -> None:
    shared_moto.secret("prod/db", {"password": "canary", "mixed": "canary"})
    shared_moto.parameter("/shop/key", "canary")
    bao.put("beside", {"password": "canary"})
    done = run("check", "--format", "json")
    assert done.returncode == 0, done.stdout
    assert rows(done) == {
        "SHOP_PASSWORD": [("aws-sm:prod/db#password", "readable", True)],
        "SHOP_KEY": [("aws-ssm:/shop/key@1", "readable", True), ("aws-sm:none", "absent", False)],
        "SHOP_MIXED": [("secret/none#x", "absent", False), ("aws-sm:prod/db#mixed", "readable", True)],
        "SHOP_OLD": [("secret/beside#password", "readable", True)],
    }
    assert "canary" not in done.stdout + done.stderr


def test_what_is_missing_has_its_code_and_exit_code(run: Run, bao: OpenBao) -> None:
    bao.put("beside", {"password": "canary"})
    done = run("check", "--format", "json")
    assert done.returncode == 66
    assert rows(done)["SHOP_PASSWORD"] == [("aws-sm:prod/db#password", "store-secret-missing", False)]
    assert rows(done)["SHOP_OLD"] == [("secret/beside#password", "readable", True)]


def test_a_policy_is_for_one_store(run: Run, bao: OpenBao) -> None:
    refused = run("policy")
    assert refused.returncode == 64
    assert "--store" in refused.stderr
    assert 'path "secret/data/beside"' in run("policy", "--store", "vault").stdout
    assert json.loads(run("policy", "--store", "aws").stdout) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadSecrets",
                "Effect": "Allow",
                "Action": "secretsmanager:GetSecretValue",
                "Resource": [
                    "arn:aws:secretsmanager:eu-west-1:*:secret:none-??????",
                    "arn:aws:secretsmanager:eu-west-1:*:secret:prod/db-??????",
                ],
            },
            {
                "Sid": "AskForSecretsTogether",
                "Effect": "Allow",
                "Action": "secretsmanager:BatchGetSecretValue",
                "Resource": "*",
            },
            {
                "Sid": "ReadParameters",
                "Effect": "Allow",
                "Action": "ssm:GetParameters",
                "Resource": ["arn:aws:ssm:eu-west-1:*:parameter/shop/key"],
            },
        ],
    }


ARN = "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db"


@pytest.mark.parametrize(
    "reference, region, resource",
    [
        ("aws-sm:a/b#k", "", "arn:aws:secretsmanager:*:*:secret:a/b-??????"),
        ("aws-sm:a#k", "cn-north-1", "arn:aws-cn:secretsmanager:cn-north-1:*:secret:a-??????"),
        ("aws-sm:a#k", "us-gov-west-1", "arn:aws-us-gov:secretsmanager:us-gov-west-1:*:secret:a-??????"),
        (f"aws-sm:{ARN}#k", "eu-west-1", f"{ARN}-??????"),
        (f"aws-sm:{ARN}-AbCdEf#k", "eu-west-1", f"{ARN}-AbCdEf"),
        ("aws-ssm:plain@3", "", "arn:aws:ssm:*:*:parameter/plain"),
        ("aws-ssm:/a/b", "eu-west-1", "arn:aws:ssm:eu-west-1:*:parameter/a/b"),
    ],
)
def test_what_is_not_known_of_an_arn_is_a_wildcard(reference: str, region: str, resource: str) -> None:
    (statement,) = iam_policy([Needed("A", reference)], region)["Statement"]
    assert statement["Resource"] == [resource]


@pytest.fixture
def guarded(
    shared_moto: Moto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Any], dict[str, str]]]:
    """guarded(policy) → the environment of a user who has it, at a server that keeps to policies."""
    shared_moto.empty()
    iam: Any = boto3.session.Session("nobody", "nothing", region_name=REGION).client(
        "iam", endpoint_url=shared_moto.address
    )

    def user(policy: Any) -> dict[str, str]:
        iam.create_user(UserName="boot")
        iam.put_user_policy(UserName="boot", PolicyName="least", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName="boot")["AccessKey"]
        _keep_to_policies(shared_moto, "0")
        environ = leading_to(shared_moto.address, str(tmp_path))
        environ |= {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        return environ

    yield user
    _keep_to_policies(shared_moto, "inf")


def _keep_to_policies(moto: Moto, after: str) -> None:
    request = urllib.request.Request(f"{moto.address}/moto-api/reset-auth", data=after.encode(), method="POST")
    request.add_header("Content-Type", "text/plain")
    urllib.request.urlopen(request, timeout=30).read()


def test_a_real_policy_check_takes_it_and_reading_needs_no_more(
    shared_moto: Moto, guarded: Callable[[Any], dict[str, str]]
) -> None:
    for name in ("a", "b", "c"):
        shared_moto.secret(name, name)
    wanted = {"A": "aws-sm:a", "B": "aws-sm:b"}  # of parameters this server does not look at resources
    environ = guarded(iam_policy([Needed(name, text) for name, text in wanted.items()], REGION))
    reader = AwsReader(environ, deadline_seconds=10)
    first = reader.read(wanted)
    assert first.values == {"A": "a", "B": "b"}, [each.message for each in first.problems]
    # This server stumbles over its own words for a denial (HTTP 500); what counts is that nothing is given.
    assert reader.read({"C": "aws-sm:c"}, 2.0).values == {}
    reader.close()
