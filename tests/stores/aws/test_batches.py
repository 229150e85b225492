"""How many requests are sent, and what permissions they need: only what is named is asked for, together where it can be."""

from __future__ import annotations

from collections import Counter

from tests.stores.aws.conftest import Fetch, told
from tests.support.aws import Moto, operations, refuses
from tests.support.vault import faulty
from tests.support.vault.faulty import Faulty

BATCH = "secretsmanager.BatchGetSecretValue"
ONE = "secretsmanager.GetSecretValue"
PARAMETERS = "AmazonSSM.GetParameters"


def test_one_secret_needs_no_permission_but_its_own(moto: Moto, proxy: Faulty, fetch: Fetch) -> None:
    moto.secret("json", {"a": "1", "b": "2"})
    assert fetch(A="aws-sm:json#a", B="aws-sm:json#b").values == {"A": "1", "B": "2"}
    assert operations(proxy) == [ONE]


def test_current_secrets_are_asked_for_twenty_at_a_time_and_parameters_ten(
    moto: Moto, proxy: Faulty, fetch: Fetch
) -> None:
    for number in range(25):
        moto.secret(f"s{number}", f"secret {number}")
        moto.parameter(f"/p{number}", f"parameter {number}")
    references = {f"S{number}": f"aws-sm:s{number}" for number in range(25)}
    references |= {f"P{number}": f"aws-ssm:/p{number}" for number in range(25)}
    fetched = fetch(**references)
    assert fetched.problems == []
    assert fetched.values == {
        **{f"S{number}": f"secret {number}" for number in range(25)},
        **{f"P{number}": f"parameter {number}" for number in range(25)},
    }
    assert Counter(operations(proxy)) == {BATCH: 2, PARAMETERS: 3}


def test_a_version_is_asked_for_by_itself(moto: Moto, proxy: Faulty, fetch: Fetch) -> None:
    for name in "ab":
        moto.secret(name, f"old {name}")
        moto.secrets.put_secret_value(SecretId=name, SecretString=f"new {name}")
    fetched = fetch(A="aws-sm:a", B="aws-sm:b", C="aws-sm:a@AWSPREVIOUS")
    assert fetched.values == {"A": "new a", "B": "new b", "C": "old a"}
    assert sorted(operations(proxy)) == [BATCH, ONE]


def test_who_may_not_ask_for_many_at_once_asks_one_by_one(moto: Moto, proxy: Faulty, fetch: Fetch) -> None:
    for name in "abc":
        moto.secret(name, name)
    proxy.fault(refuses("AccessDeniedException"), where=BATCH)
    fetched = fetch(A="aws-sm:a", B="aws-sm:b", C="aws-sm:c", D="aws-sm:d")
    assert fetched.values == {"A": "a", "B": "b", "C": "c"}
    assert told(fetched) == {"D": "store-secret-missing"}
    assert Counter(operations(proxy)) == {BATCH: 1, ONE: 4}


def test_a_part_of_a_batch_that_failed_does_not_spoil_the_rest(moto: Moto, proxy: Faulty, fetch: Fetch) -> None:
    for name in "abc":
        moto.secret(name, name)
    answer = (
        '{"SecretValues": [{"Name": "a", "ARN": "x", "SecretString": "a"}], "Errors": ['
        '{"SecretId": "b", "ErrorCode": "InternalServiceError", "Message": "m"},'
        '{"SecretId": "c", "ErrorCode": "AccessDeniedException", "Message": "m"},'
        '{"SecretId": "d", "ErrorCode": "ResourceNotFoundException", "Message": "m"}]}'
    )
    proxy.fault(faulty.status(200, answer, Content_Type="application/x-amz-json-1.1"), where=BATCH)
    proxy.fault(refuses("ThrottlingException"), where=ONE, times=1)
    fetched = fetch(A="aws-sm:a", B="aws-sm:b", C="aws-sm:c", D="aws-sm:d")
    assert fetched.values == {"A": "a", "B": "b", "C": "c"}, "what may help is asked once more, by itself"
    assert told(fetched) == {"D": "store-secret-missing"}
    assert Counter(operations(proxy)) == {BATCH: 1, ONE: 3}


def test_a_batch_that_says_nothing_of_a_name_is_no_answer_about_it(moto: Moto, proxy: Faulty, fetch: Fetch) -> None:
    moto.secret("a", "a")
    moto.secret("b", "b")
    empty = faulty.status(200, '{"SecretValues": [], "Errors": []}', Content_Type="application/x-amz-json-1.1")
    proxy.fault(empty, where=BATCH)
    assert fetch(A="aws-sm:a", B="aws-sm:b").values == {"A": "a", "B": "b"}


def test_one_denied_parameter_does_not_take_the_others_with_it(moto: Moto, proxy: Faulty, fetch: Fetch) -> None:
    for name in ("/a", "/b"):
        moto.parameter(name, name)
    proxy.fault(refuses("AccessDeniedException"), where=PARAMETERS, times=2)
    fetched = fetch(A="aws-ssm:/a", B="aws-ssm:/b")
    assert len(fetched.values) == 1
    assert set(told(fetched).values()) == {"store-denied"}
    assert operations(proxy) == [PARAMETERS] * 3


def test_nothing_is_ever_listed_or_described(moto: Moto, proxy: Faulty, fetch: Fetch) -> None:
    moto.secret("a", "a")
    fetch(A="aws-sm:a#x", B="aws-sm:b@X", C="aws-ssm:/none@3", D="aws-sm:a|aws-ssm:/none|")
    assert set(operations(proxy)) <= {BATCH, ONE, PARAMETERS}
