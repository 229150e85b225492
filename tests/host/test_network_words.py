"""Checks and stores say the same of the same network error."""

from __future__ import annotations

import errno
import os
import socket
from http.client import RemoteDisconnected

import pytest

from confcontract.boot.checks.attempt import HOST_NAME, not_yet
from confcontract.host.network_words import network_words
from confcontract.secrets.vault.failure import NO_SUCH_HOST, explain

NUMBERS = [
    *(errno.ECONNREFUSED, errno.ECONNRESET, errno.ECONNABORTED),
    *(errno.EPIPE, errno.EHOSTUNREACH, errno.ENETUNREACH),
]
ERRORS = [
    *(OSError(number, os.strerror(number)) for number in NUMBERS),
    *(ConnectionRefusedError(), ConnectionResetError()),
    *(socket.gaierror(socket.EAI_AGAIN, "again"), socket.gaierror(socket.EAI_NONAME, "unknown")),
]


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_a_check_and_vault_say_the_same(error: OSError) -> None:
    words = network_words(error)
    assert words
    assert str(not_yet(error)) == words
    assert explain(error).words == words


def test_a_wrong_name_is_told_from_a_name_server_that_does_not_answer() -> None:
    again, unknown = ERRORS[-2:]
    assert network_words(again) != network_words(unknown)
    assert (not_yet(again).causes, not_yet(unknown).causes) == ((), (HOST_NAME,))
    assert explain(again).cause == explain(unknown).cause == NO_SUCH_HOST


@pytest.mark.parametrize("error", [OSError(errno.ENOENT, "no"), ValueError("no"), TimeoutError()], ids=repr)
def test_what_is_not_due_to_the_network_has_no_words(error: Exception) -> None:
    assert network_words(error) is None


def test_a_connection_that_is_closed_before_an_answer_was_reset_for_a_check() -> None:
    assert str(not_yet(RemoteDisconnected("no answer"))) == "connection reset"
