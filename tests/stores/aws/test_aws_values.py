"""What AWS gives, through the real client and over HTTP: the values, and what is said where there is none."""

from __future__ import annotations

import pytest

from confcontract.contract.reference import parse_reference
from confcontract.secrets.aws import configured
from tests.stores.aws.conftest import Fetch, told
from tests.support.aws import Moto


def test_a_secret_is_given_whole_or_by_the_keys_of_its_json(moto: Moto, fetch: Fetch) -> None:
    moto.secret(
        "prod/db", '{"password": "hunter2", "port": 1.10, "big": 1180591620717411303424, "on": true, "of": [1, "a"]}'
    )
    moto.secret("prod/plain", "  as it is \n")
    fetched = fetch(
        WHOLE="aws-sm:prod/plain",
        PASSWORD="aws-sm:prod/db#password",
        PORT="aws-sm:prod/db#port",
        BIG="aws-sm:prod/db#big",
        ON="aws-sm:prod/db#on",
        OF="aws-sm:prod/db#of",
    )
    assert fetched.values == {
        "WHOLE": "  as it is \n",
        "PASSWORD": "hunter2",
        "PORT": "1.10",
        "BIG": "1180591620717411303424",
        "ON": "true",
        "OF": '[1,"a"]',
    }
    assert fetched.references["PORT"] == "aws-sm:prod/db#port"
    assert fetched.problems == []


def test_a_version_is_named_by_its_stage_or_its_id(moto: Moto, fetch: Fetch) -> None:
    arn = moto.secret("prod/db", {"password": "old"})
    old = moto.secrets.get_secret_value(SecretId=arn)["VersionId"]
    moto.secrets.put_secret_value(SecretId=arn, SecretString='{"password": "new"}')
    fetched = fetch(
        NEW="aws-sm:prod/db#password",
        CURRENT="aws-sm:prod/db#password@AWSCURRENT",
        PREVIOUS="aws-sm:prod/db#password@AWSPREVIOUS",
        BY_ID=f"aws-sm:prod/db#password@{old}",
        WHOLE="aws-sm:prod/db@AWSPREVIOUS",
    )
    assert fetched.values == {
        "NEW": "new",
        "CURRENT": "new",
        "PREVIOUS": "old",
        "BY_ID": "old",
        "WHOLE": '{"password": "old"}',
    }


def test_a_secret_is_known_by_its_arn_too(moto: Moto, fetch: Fetch) -> None:
    arn = moto.secret("prod/db", {"password": "hunter2"})
    moto.secret("prod/other", "other")
    fetched = fetch(WHOLE=f"aws-sm:{arn}#password", SHORT=f"aws-sm:{arn[:-7]}#password", OTHER="aws-sm:prod/other")
    assert fetched.values == {"WHOLE": "hunter2", "SHORT": "hunter2", "OTHER": "other"}


def test_an_arn_says_in_which_region_to_ask(moto: Moto, fetch: Fetch) -> None:
    arn = moto.secrets.create_secret(Name="here", SecretString="x")["ARN"]
    fetched = fetch(ELSEWHERE=f"aws-sm:{arn.replace('eu-west-1', 'us-east-2')}", HERE=f"aws-sm:{arn}")
    assert fetched.values == {"HERE": "x"}
    assert told(fetched) == {"ELSEWHERE": "store-secret-missing"}


def test_a_name_may_hold_an_at_sign(moto: Moto, fetch: Fetch) -> None:
    moto.secret("mail@example", "a")
    moto.secrets.put_secret_value(SecretId="mail@example", SecretString="b")
    fetched = fetch(NOW="aws-sm:mail@example#", BEFORE="aws-sm:mail@example#@AWSPREVIOUS")
    assert fetched.values == {"NOW": "b", "BEFORE": "a"}


def test_parameters_are_decrypted_and_have_numbered_and_labelled_versions(moto: Moto, fetch: Fetch) -> None:
    moto.parameter("/shop/password", "old")
    moto.parameter("/shop/password", "new")
    moto.parameters.label_parameter_version(Name="/shop/password", ParameterVersion=1, Labels=["before"])
    moto.parameter("/shop/hosts", "a,b", "StringList")
    moto.parameter("plain", "p", "String")
    fetched = fetch(
        NEW="aws-ssm:/shop/password",
        FIRST="aws-ssm:/shop/password@1",
        BEFORE="aws-ssm:/shop/password@before",
        HOSTS="aws-ssm:/shop/hosts",
        PLAIN="aws-ssm:plain",
    )
    assert fetched.values == {"NEW": "new", "FIRST": "old", "BEFORE": "old", "HOSTS": "a,b", "PLAIN": "p"}


MISSING = {
    "aws-sm:none": ("store-secret-missing", "has no secret none"),
    "aws-sm:deleted": ("store-secret-missing", "is marked for deletion"),
    "aws-sm:json#none": ("store-key-missing", "has no key 'none'"),
    "aws-sm:json#key@NONE": ("store-version-missing", "has json, but no version NONE of it"),
    "aws-sm:none#key@NONE": ("store-secret-missing", "has no secret none"),
    f"aws-sm:json@{'0' * 36}": ("store-version-missing", "no version 000"),
    "aws-ssm:/none": ("store-secret-missing", "has no parameter /none"),
    "aws-ssm:/there@7": ("store-version-missing", "has /there, but no version 7 of it"),
    "aws-ssm:/none@7": ("store-secret-missing", "has no parameter /none"),
    "aws-sm:binary": ("store-value-unusable", "it is binary"),
    "aws-sm:text#key": ("store-value-unusable", "it is not JSON"),
    "aws-sm:list#key": ("store-value-unusable", "it is not a JSON object"),
    "aws-sm:json#null": ("store-value-unusable", "it is null"),
    "aws-sm:json#nul": ("store-value-unusable", "a NUL byte"),
}


@pytest.mark.parametrize("together", [False, True], ids=["alone", "together"])
@pytest.mark.parametrize("reference", MISSING)
def test_what_can_not_be_given_is_told_apart(moto: Moto, fetch: Fetch, reference: str, together: bool) -> None:
    moto.secret("json", {"key": "canary", "null": None, "nul": "canary\0"})
    moto.secret("text", "canary{")
    moto.secret("list", '["canary"]')
    moto.secret("binary", b"canary\x00")
    moto.secret("deleted", "canary")
    moto.secrets.delete_secret(SecretId="deleted")
    moto.parameter("/there", "canary")
    others = {"A": "aws-sm:json#key", "B": "aws-sm:text", "C": "aws-ssm:/there"} if together else {}
    fetched = fetch(PASSWORD=reference, **others)
    (problem,) = fetched.problems
    code, words = MISSING[reference]
    assert (problem.code, problem.variable, problem.source) == (code, "PASSWORD", str(parse_reference(reference)))
    assert words in problem.message
    assert "canary" not in f"{problem.message} {problem.hint}"
    assert sorted(fetched.values) == sorted(others)


def test_what_is_absent_is_passed_over(moto: Moto, fetch: Fetch) -> None:
    moto.secret("json", {"key": "k"})
    moto.parameter("/there", "t")
    fetched = fetch(
        KEY="aws-sm:none|aws-sm:json#none|aws-sm:json#key",
        OTHER="aws-sm:json#none|aws-ssm:/none|aws-ssm:/there",
        NONE="aws-sm:none|aws-ssm:/none|",
        MISSING="aws-sm:none|aws-ssm:/none",
    )
    assert fetched.values == {"KEY": "k", "OTHER": "t"}
    assert fetched.references["OTHER"] == "aws-ssm:/there"
    assert fetched.absent == ["NONE"]
    (problem,) = fetched.problems
    assert problem.message == ("AWS Secrets Manager has no secret none; the same for the fallback aws-ssm:/none")


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"])
def test_aws_is_configured_by_what_says_where_it_is(name: str, tmp_path: object) -> None:
    assert configured({name: "x"})
    assert not configured({name: "", "AWS_ACCESS_KEY_ID": "x", "HOME": str(tmp_path)})
