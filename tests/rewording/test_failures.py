"""No failure of a store or of a check is taken for another by its words."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from confcontract.boot.checks import attempt, run, services
from confcontract.contract.reference import parse_references
from confcontract.secrets.aws import aws_words, causes
from confcontract.secrets.vault import failure, wording
from confcontract.secrets.vault.token import _told_apart
from tests.rewording.words import MARK, plain, told

FAILED: dict[str, Callable[[], failure.RequestFailed]] = {
    **{
        f"{status} {said}": lambda status=status, said=said: failure.from_status(
            status, {"errors": [said]}, "", None, ()
        )  # type: ignore[misc]
        for status, said in (
            (400, "lease not found"),
            (400, "lease is not renewable"),
            (400, "Upgrading. The backend will be unavailable for a brief period"),
            (400, "wrong"),
            (403, "permission denied"),
            (403, "1 error occurred: * permission denied"),
            (403, "no"),
            (404, 'no handler for route "x"'),
            (404, "namespace not found"),
            (405, "unsupported operation"),
            (429, 'request path "x": rate limit quota exceeded'),
            (500, "wrong"),
            (501, ""),
            (503, "Vault is sealed"),
        )
    },
    "absent": lambda: failure.from_status(404, {"errors": []}, "", None, ()),
    "a page": lambda: failure.from_status(404, None, "<html>", None, ()),
    "HTTP for HTTPS": lambda: failure.from_status(
        400, None, "Client sent an HTTP request to an HTTPS server.", None, ()
    ),
    "silence": lambda: failure.explain(TimeoutError()),
    "no host": lambda: failure.explain(socket.gaierror(socket.EAI_NONAME, "x")),
    "refused": lambda: failure.explain(ConnectionRefusedError(111, "x")),
    "no HTTPS": lambda: failure.explain(_tls_error("WRONG_VERSION_NUMBER")),
    "a client's certificate": lambda: failure.explain(_tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED")),
    "only a mount": lambda: failure.RequestFailed(failure.MISSING, "it is a mount", cause=failure.ONLY_A_MOUNT),
    "defect": lambda: failure.explain(KeyError("x")),
}


def _tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "x")
    error.reason = reason
    return error


@pytest.mark.parametrize("failed", FAILED)
@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize("valid", [None, False, True])
def test_no_failure_of_vault_is_taken_for_another_by_its_words(
    reword: Callable[[], None], failed: str, answered: bool, valid: bool | None
) -> None:
    def said() -> Iterator[Any]:
        for reference in parse_references("secret/s#k|pki/issue/x?a=b#k").alternatives:
            place = wording.Whereabouts(address="A", namespace="", identity="I", path=reference.mount_path, seconds=2)
            place.answered, place.token_is_valid = answered, valid
            wrong = FAILED[failed]()
            yield wrong.kind, wrong.cause, wrong.retry, wrong.everywhere, wrong.absent, _told_apart(wrong).kind
            ways = (wording.read_failed, wording.look_up_failed, wording.login_failed, wording.permissions_denied)
            yield [told([way("A", reference, wrong, place)]) for way in ways]

    before = plain(list(said()))
    reword()
    assert plain(list(said())) == before


AWS_CODES = ["AccessDenied", "KMSAccessDeniedException", "ResourceNotFoundException", "InvalidRequestException"]
AWS_CODES += ["ExpiredToken", "Throttling", "ValidationException", "not a code"]


@pytest.mark.parametrize("code", AWS_CODES)
@pytest.mark.parametrize("referring", ["aws-sm:shop/password", "aws-ssm:/shop/password"])
def test_no_failure_of_aws_is_taken_for_another_by_its_words(
    reword: Callable[[], None], code: str, referring: str
) -> None:
    (reference,) = parse_references(referring).alternatives

    def said() -> Any:
        wrong = causes.from_code(code, "no identity-based policy allows it", 400, ())
        kind = [wrong.kind, wrong.cause, wrong.retry, wrong.everywhere, wrong.absent]
        return plain([kind, told([aws_words.failed("A", reference, wrong, "x", 2)])])

    before = said()
    reword()
    assert said() == before


ENDED: dict[str, Callable[[], attempt.NotYet]] = {
    "no host": lambda: attempt.not_yet(socket.gaierror(socket.EAI_NONAME, "x")),
    "no name server": lambda: attempt.not_yet(socket.gaierror(socket.EAI_AGAIN, "x")),
    "late": lambda: attempt.not_yet(TimeoutError()),
    "refused": lambda: attempt.not_yet(ConnectionRefusedError(111, "x")),
    "expired": lambda: attempt.not_yet(_tls_error("SSLV3_ALERT_CERTIFICATE_EXPIRED")),
    "required": lambda: attempt.not_yet(_tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED")),
    "a driver": lambda: attempt.NotYet("x", *services._causes("could not translate host name x")),
    "several": lambda: attempt.together([attempt.not_yet(TimeoutError()), attempt.not_yet(UnicodeError())], "none"),
}


@pytest.mark.parametrize("ended", ENDED)
@pytest.mark.parametrize("kind", ["tcp", "tls"])
def test_no_hint_of_a_check_depends_on_the_words_of_its_failure(
    reword: Callable[[], None], ended: str, kind: str
) -> None:
    class Planned:
        variable, where, verb = "A", "a:1", "not ready"

    planned: Any = Planned()
    planned.kind = kind

    def said() -> Any:
        failed = ENDED[ended]()
        return [failed.causes, run._hint(planned, failed)]

    before = said()
    reword()
    assert said() == before
    assert MARK in str(ENDED[ended]())
