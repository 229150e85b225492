"""What is said, and tried again, when the way to AWS or AWS itself is not as it should be; one deadline over all."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from confcontract.report.exit_codes import exit_of
from tests.stores.aws.conftest import Fetch, told
from tests.support.aws import Moto, operations, refuses
from tests.support.ports import refusing_port
from tests.support.vault import faulty
from tests.support.vault.faulty import Fault, Faulty

NO_ANSWERS_OF_AWS: dict[str, bytes | str] = {
    "null": "null",
    "a list": "[]",
    "text": '"canary"',
    "nested deeply": '{"SecretString": ' + "[" * 100_000,
    "not UTF-8": b'{"SecretString": "canary\xff", "Parameters": [{"Name": "/secret", "Value": "canary\xff"}]}',
    "lists that are none": '{"SecretString": [], "Parameters": 5, "SecretValues": 5, "InvalidParameters": 5}',
    "text that is none": '{"SecretString": 5, "Parameters": [{"Name": "/secret", "Value": {"a": "canary"}}]}',
    "entries that are none": '{"Parameters": [null], "SecretValues": [null], "Errors": [null]}',
}
PASSING = {
    "throttled": refuses("ThrottlingException"),
    "throttled parameters": refuses("TooManyRequestsException", 429),
    "500": refuses("InternalServiceError", 500),
    "503": refuses("ServiceUnavailable", 503),
    "502 of a proxy": faulty.status(502, "<html>bad gateway</html>", Content_Type="text/html"),
    "reset": faulty.reset,
    "closed": faulty.close,
    "cut short": faulty.truncated,
    "a page": faulty.status(200, "<html>log in</html>", Content_Type="text/html"),
    **{f"200 and {what}": faulty.status(200, body) for what, body in NO_ANSWERS_OF_AWS.items()},
    "400 and null": faulty.status(400, "null"),
    "400 and a code that is none": faulty.status(400, '{"__type": 5, "message": {"a": "canary"}}'),
}


@pytest.mark.parametrize("service", ["aws-sm:secret", "aws-ssm:/secret"])
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_by_itself_is_tried_again(
    moto: Moto, proxy: Faulty, fetch: Fetch, fault: Fault, service: str
) -> None:
    moto.secret("secret", "canary")
    moto.parameter("/secret", "canary")
    proxy.fault(fault, times=1)
    log: list[dict[str, object]] = []
    assert fetch(20.0, log, A=service).values == {"A": "canary"}
    assert [record["attempt"] for record in log] == [1]
    assert "canary" not in str(log)
    assert len(proxy.requests) == 2


@pytest.mark.parametrize("what", NO_ANSWERS_OF_AWS)
def test_what_is_no_answer_to_a_batch_is_asked_for_again(moto: Moto, proxy: Faulty, fetch: Fetch, what: str) -> None:
    moto.secret("one", "canary1")
    moto.secret("two", "canary2")
    proxy.fault(faulty.status(200, NO_ANSWERS_OF_AWS[what]), times=1)
    assert fetch(20.0, A="aws-sm:one", B="aws-sm:two").values == {"A": "canary1", "B": "canary2"}


@pytest.mark.parametrize("code", [301, 302, 307, 308])
@pytest.mark.parametrize("reference", ["aws-sm:secret", "aws-ssm:/secret"])
def test_a_redirect_is_told_as_one(proxy: Faulty, fetch: Fetch, reference: str, code: int) -> None:
    proxy.fault(faulty.status(code, "", Location="http://login.example/?token=canary"))
    [problem] = fetch(A=reference).problems
    assert problem.code == "store-unavailable"
    assert f"answered with a redirect (HTTP {code})" in problem.message
    assert "AWS_ENDPOINT_URL" in str(problem.hint)
    assert "canary" not in f"{problem.message}{problem.hint}"
    assert len(proxy.requests) == 1


def test_an_error_code_is_shown_only_where_it_may_be_one(moto: Moto, proxy: Faulty, fetch: Fetch) -> None:
    proxy.fault(refuses("A" * 10_000))
    [problem] = fetch(A="aws-sm:secret").problems
    assert "HTTP 400" in problem.message
    assert len(problem.message) < 200


FINAL = {
    "AccessDeniedException": ("store-denied", 77),
    "DecryptionFailure": ("store-denied", 77),
    "InvalidKeyId": ("store-denied", 77),
    "ResourceNotFoundException": ("store-secret-missing", 66),
    "InvalidRequestException": ("store-secret-missing", 66),
    "InvalidParameterException": ("store-denied", 77),
    "ExpiredTokenException": ("store-credentials", 77),
    "UnrecognizedClientException": ("store-credentials", 77),
    "InvalidSignatureException": ("store-credentials", 77),
}


@pytest.mark.parametrize("code", FINAL)
def test_what_waiting_does_not_mend_is_told_at_once(moto: Moto, proxy: Faulty, fetch: Fetch, code: str) -> None:
    moto.secret("secret", "canary")
    proxy.fault(refuses(code, message="the session token is aws-key-c0ffee"))
    fetched = fetch(A="aws-sm:secret")
    (problem,) = fetched.problems
    assert (problem.code, exit_of(problem.code)) == FINAL[code]
    assert (problem.variable, problem.source) == ("A", "aws-sm:secret")
    assert operations(proxy) == ["secretsmanager.GetSecretValue"]
    assert "aws-key" not in f"{problem.message}{problem.hint}"


def test_the_messages_of_what_may_be_wrong_are_six(moto: Moto, proxy: Faulty, fetch: Fetch) -> None:
    moto.secret("there", {"key": "canary"})
    found = [fetch(A=reference).problems[0] for reference in ("aws-sm:none", "aws-sm:there#no", "aws-sm:there@NO")]
    for code in ("AccessDeniedException", "ExpiredTokenException"):
        proxy.fault(refuses(code), times=1)
        found.append(fetch(A="aws-sm:there").problems[0])
    proxy.fault(refuses("ThrottlingException"))
    found.append(fetch(1.0, A="aws-sm:there").problems[0])
    assert [problem.code for problem in found] == [
        "store-secret-missing",
        "store-key-missing",
        "store-version-missing",
        "store-denied",
        "store-credentials",
        "store-unavailable",
    ]
    assert len({problem.message for problem in found}) == 6
    assert all(problem.variable == "A" and problem.source and problem.hint for problem in found)


def test_a_slow_answer_is_awaited(moto: Moto, proxy: Faulty, fetch: Fetch) -> None:
    moto.secret("secret", "canary")
    proxy.latency = 1.5
    assert fetch(10.0, A="aws-sm:secret").values == {"A": "canary"}


@pytest.mark.parametrize("reference", ["aws-sm:secret", "aws-ssm:/secret"])
def test_no_answer_ends_with_the_deadline(proxy: Faulty, fetch: Fetch, reference: str) -> None:
    proxy.fault(lambda exchange: time.sleep(20))
    began = time.monotonic()
    fetched = fetch(2.0, A=reference, B=f"{reference}2")
    assert time.monotonic() - began < 5
    assert told(fetched) == {"A": "store-unavailable", "B": "store-unavailable"}
    assert "gave up after 2 s" in fetched.problems[0].message


def test_a_closed_port_is_tried_until_the_deadline(
    fetch: Fetch, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = refusing_port()
    environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{port}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", environ["AWS_ENDPOINT_URL"])
    log: list[dict[str, object]] = []
    fetched = fetch(2.0, log, A="aws-sm:secret")
    (problem,) = fetched.problems
    assert (problem.code, exit_of(problem.code)) == ("store-unavailable", 75)
    assert f"127.0.0.1:{port}" in problem.message
    assert len(log) > 1


def test_without_credentials_nobody_is_asked(
    proxy: Faulty, fetch: Fetch, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        del environ[name]
        monkeypatch.delenv(name)
    fetched = fetch(A="aws-sm:secret")
    assert told(fetched) == {"A": "store-credentials"}
    assert "boto3 found no credentials" in fetched.problems[0].message
    assert proxy.requests == []


def test_without_a_region_nobody_is_asked(
    proxy: Faulty, fetch: Fetch, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    del environ["AWS_REGION"]
    monkeypatch.delenv("AWS_REGION")
    fetched = fetch(A="aws-sm:secret")
    assert told(fetched) == {"A": "store-not-configured"}
    assert "AWS_REGION" in (fetched.problems[0].hint or "")
    assert proxy.requests == []


def test_an_address_that_is_none_is_told(
    fetch: Fetch, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "not an address")
    assert told(fetch(A="aws-sm:secret")) == {"A": "store-not-configured"}


def test_without_boto3_it_is_said_what_to_install() -> None:
    program = (
        "import sys; sys.modules['boto3'] = None\n"
        "from confcontract.secrets import store_for\n"
        "fetched = store_for({'AWS_REGION': 'eu-west-1'}).read({'A': 'aws-sm:secret'})\n"
        "(problem,) = fetched.problems\n"
        "print(problem.code, problem.message, problem.hint)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert "store-not-configured" in ran.stdout
    assert "confcontract[aws]" in ran.stdout
