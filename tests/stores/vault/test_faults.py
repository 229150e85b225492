"""Network and State: what a boot does when the way to Vault, or Vault itself, is not as it should be.

Every fetch here goes through `Fetch`, which searches all that was said for the canary and for every token.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from email.utils import formatdate

import pytest

from tests.support.ports import refusing_port
from tests.support.vault import faulty
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import Fetch, Visit, patiently
from tests.support.vault.openbao import PATIENCE, OpenBao, free_port

ONE = {"SHOP_PASSWORD": "vault:secret/shop#password"}


@pytest.mark.parametrize(
    "fault",
    [
        faulty.reset,
        faulty.close,
        faulty.truncated,
        faulty.reset_in_the_body,
        faulty.half_without_length,
        *(faulty.says(code) for code in (408, 412, 425, 429, 472, 473, 474, 500, 502, 503, 504, 530)),
        faulty.says(500, "local node not active but active cluster node not found"),
        faulty.says(503, "Vault is sealed"),
        faulty.status(502, b"<html>Bad Gateway</html>", Content_Type="text/html"),
        faulty.status(200, b"", Content_Type="application/json"),
        faulty.status(200, b"null", Content_Type="application/json"),
        faulty.status(200, b'{"data": NaN}', Content_Type="application/json"),
    ],
)
@pytest.mark.parametrize("where", ["sys/internal", "secret/data"])
def test_what_passes_by_itself_is_tried_again(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch, canary: str, fault: faulty.Fault, where: str
) -> None:
    proxy.fault(fault, where=where, times=1)
    visit = fetch(environ, ONE)
    assert visit.values == {"SHOP_PASSWORD": canary}
    assert proxy.count(where) == 2
    assert [record["attempt"] for record in visit.log] == [1]
    assert visit.progress


def test_every_failed_attempt_is_told_once(proxy: Faulty, environ: dict[str, str], fetch: Fetch, canary: str) -> None:
    for code in (500, 412, 503, 429):
        proxy.fault(faulty.says(code), where="secret/data", times=1)
    visit = fetch(environ, ONE)
    assert visit.values == {"SHOP_PASSWORD": canary}
    assert [(record["attempt"], record["status"]) for record in visit.log] == [(1, 500), (2, 412), (3, 503), (4, 429)]
    assert {record["about"] for record in visit.log} == {"secret/shop"}


@pytest.mark.parametrize("header", ["0", "1", "the date of now", "yesterday", "-1"])
def test_retry_after_is_read_in_every_form(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch, canary: str, header: str
) -> None:
    text = formatdate(usegmt=True) if header == "the date of now" else header
    proxy.fault(faulty.says(429, Retry_After=text), where="secret/data", times=1)
    visit = fetch(environ, ONE)
    assert visit.values == {"SHOP_PASSWORD": canary}
    if header == "1":
        assert 1.0 <= float(str(visit.log[0]["retry_in_seconds"])) <= 1.25


def test_an_absurd_retry_after_does_not_outlast_the_deadline(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch, canary: str
) -> None:
    deadlines = []

    def once(seconds: float) -> Visit:
        deadlines.append(seconds)
        proxy.rules.clear()
        proxy.fault(faulty.says(503, Retry_After="86400"), where="secret/data", times=1)
        return fetch(environ, ONE, deadline=seconds)

    visit = patiently(once, lambda visit: visit.values)
    assert visit.values == {"SHOP_PASSWORD": canary}
    waited = visit.log[0]["retry_in_seconds"]
    assert isinstance(waited, float)
    assert waited < deadlines[-1]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (faulty.reset, "could not be reached: connection reset"),
        (faulty.close, "could not be reached"),
        (faulty.truncated, "could not be reached: its answer was truncated"),
        (faulty.silence, "could not be reached: no answer in time"),
        (faulty.dripping_headers, "could not be reached"),
        (faulty.dripping_body, "could not be reached"),
        (faulty.says(503, "Vault is sealed"), "is sealed"),
        (faulty.says(503), "could not answer: HTTP 503"),
        (faulty.says(429), "could not answer: HTTP 429"),
        (faulty.says(412, "required index state not present"), "required index state not present"),
        (faulty.says(500, "active node not found"), "active node not found"),
        (faulty.status(502, b"<html>hello</html>", Content_Type="text/html"), "could not answer: HTTP 502"),
    ],
)
def test_what_does_not_pass_ends_at_the_deadline_as_unavailable(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch, fault: faulty.Fault, words: str
) -> None:
    proxy.fault(fault)
    deadlines = []

    def until(seconds: float) -> Visit:
        deadlines.append(seconds)
        return fetch(environ, ONE, deadline=seconds)

    visit = patiently(until, lambda visit: words in visit.message)
    assert visit.codes == {"SHOP_PASSWORD": "vault-unavailable"}
    assert words in visit.message
    assert proxy.address in visit.message
    assert visit.problems[0].source == "Vault secret/shop#password"
    assert f"gave up after {deadlines[-1]:.0f} s" in visit.message


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (faulty.says(400, "bad request"), "vault-denied", "bad request"),
        (faulty.says(401), "vault-denied", "HTTP 401"),
        (faulty.says(403, "permission denied"), "vault-denied", "permission denied"),
        (faulty.says(404), "vault-path-missing", "nothing at secret/shop"),
        (faulty.says(405, "unsupported operation"), "reference-invalid", "only answers to writes"),
        (faulty.says(501), "vault-unavailable", "not initialised"),
        (faulty.oversized, "vault-unavailable", "larger than 8 MiB"),
        (faulty.status(200, b"<html>log in</html>", Content_Type="text/html"), "vault-unavailable", "a proxy's page?"),
        (faulty.status(200, b"hello", Content_Type="text/plain"), "vault-unavailable", "a proxy's page?"),
        (faulty.status(200, b"{}"), "vault-path-missing", "no data"),
        (faulty.status(200, b'{"data": {"data": ["list"]}}'), "vault-path-missing", "no data"),
        (faulty.status(204), "vault-path-missing", "no data"),
        (faulty.status(302, Location="https://login.example.com/"), "vault-unavailable", "a login page?"),
        (faulty.status(307), "vault-unavailable", "not Vault's API"),
        (faulty.status(307, Location="ftp://other/v1/x"), "vault-unavailable", "not Vault's API"),
    ],
)
def test_what_will_not_pass_is_final_at_once(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch, fault: faulty.Fault, code: str, words: str
) -> None:
    proxy.fault(fault, where="secret/data")
    visit = fetch(environ, ONE)
    assert visit.codes == {"SHOP_PASSWORD": code}
    assert words in visit.message
    assert proxy.count("secret/data") == 1


def test_a_wrong_content_type_does_not_matter_when_the_answer_is_vaults(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    answer = b'{"data": {"data": {"password": "it"}}}'
    proxy.fault(faulty.status(200, answer, Content_Type="text/html"), where="secret/data")
    assert fetch(environ, ONE).values == {"SHOP_PASSWORD": "it"}


def test_a_redirect_to_the_active_node_is_followed_with_the_token(
    bao: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch, canary: str
) -> None:
    def redirect(exchange: faulty.Exchange) -> None:
        exchange.reply(307, Location=bao.address + exchange.path)

    proxy.fault(redirect)
    assert fetch(environ, ONE | {"OLD": "secret/shop#password@1"}).codes == {}
    assert proxy.count("version=1") == 1


def test_a_redirect_loop_is_final(proxy: Faulty, environ: dict[str, str], fetch: Fetch) -> None:
    def redirect(exchange: faulty.Exchange) -> None:
        exchange.reply(307, Location=exchange.server.address + exchange.path)

    proxy.fault(redirect)
    visit = fetch(environ, ONE)
    assert visit.codes == {"SHOP_PASSWORD": "vault-unavailable"}
    assert "redirects again" in visit.message
    assert len(proxy.requests) == 2


def test_what_the_server_says_is_shown_without_what_we_sent(
    bao: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    proxy.fault(faulty.says(400, f"token {bao.token} was\nnot \x1b[31mliked"), where="secret/data")
    assert "token [hidden] was not [31mliked" in fetch(environ, ONE).message


def test_progress_is_told_once_a_second_unless_there_is_news(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    proxy.fault(faulty.says(503, "Vault is sealed"), times=3)
    proxy.fault(faulty.says(500, "active node not found"), times=1)
    visit = fetch(environ, ONE)
    assert len(visit.log) == 4
    assert len([line for line in visit.progress if "(0 s of" in line and "sealed" in line]) <= 2
    assert any("active node not found" in line for line in visit.progress)


def test_refused_is_unavailable_after_the_deadline(fetch: Fetch) -> None:
    address = f"http://127.0.0.1:{refusing_port()}"
    environ = {"VAULT_ADDR": address, "VAULT_TOKEN": "t"}

    def told_to_the_end(visit: Visit) -> bool:
        return len(visit.log) > 1 and visit.log[-1]["retry_in_seconds"] is None

    visit = patiently(lambda seconds: fetch(environ, ONE, deadline=seconds), told_to_the_end)
    assert visit.codes == {"SHOP_PASSWORD": "vault-unavailable"}
    assert f"Vault at {address} could not be reached: connection refused" in visit.message
    assert told_to_the_end(visit)


def test_a_name_that_is_not_found_is_unavailable(fetch: Fetch) -> None:
    visit = fetch({"VAULT_ADDR": "http://vault.invalid:8200", "VAULT_TOKEN": "t"}, ONE, deadline=2.0)
    assert visit.codes == {"SHOP_PASSWORD": "vault-unavailable"}


@pytest.fixture
def black_hole() -> Iterator[str]:
    """An address where packets go and nothing comes back: a listener whose queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
            fillers.append(filler)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        for filler in fillers:
            filler.close()


def test_a_black_hole_is_unavailable_after_the_deadline(black_hole: str, fetch: Fetch) -> None:
    visit = fetch({"VAULT_ADDR": black_hole, "VAULT_TOKEN": "t"}, ONE, deadline=2.0)
    assert visit.codes == {"SHOP_PASSWORD": "vault-unavailable"}
    assert "could not be reached" in visit.message


def test_something_that_does_not_speak_http(fetch: Fetch) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def greet() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(100)
                    connection.sendall(b"220 mail.example.com ESMTP\r\n")

        threading.Thread(target=greet, daemon=True).start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        visit = fetch({"VAULT_ADDR": address, "VAULT_TOKEN": "t"}, ONE, deadline=2.0)
        listener.shutdown(socket.SHUT_RDWR)
    assert visit.codes == {"SHOP_PASSWORD": "vault-unavailable"}


def test_one_attempt_that_is_held_back_does_not_use_up_the_deadline(
    proxy: Faulty, environ: dict[str, str], fetch: Fetch, canary: str
) -> None:
    proxy.fault(faulty.dripping_headers, where="secret/data", times=1)
    visit = fetch(environ | {"VAULT_CLIENT_TIMEOUT": "500ms"}, ONE)
    assert visit.values == {"SHOP_PASSWORD": canary}


def test_a_server_that_is_cut_off_in_mid_batch_leaves_whole_values_and_problems(
    bao: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    for number in range(40):
        bao.put(f"batch/{number}", {"k": str(number)})
    references = {f"V{number}": f"secret/batch/{number}#k" for number in range(40)}

    def cut_off(seconds: float) -> Visit:
        served = threading.Semaphore(10)

        def some(exchange: faulty.Exchange) -> None:
            if served.acquire(blocking=False):
                faulty.forward(exchange)
            else:
                exchange.reset()

        proxy.rules.clear()
        proxy.fault(some, where="secret/data")
        return fetch(environ, references, deadline=seconds)

    visit = patiently(cut_off, lambda visit: len(visit.values) == 10)
    assert len(visit.values) == 10
    assert all(visit.values[name] == name[1:] for name in visit.values)
    assert set(visit.codes.values()) == {"vault-unavailable"}


def test_one_path_that_always_fails_does_not_keep_the_others_waiting(
    bao: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    for number in range(40):
        bao.put(f"poison/{number}", {"k": "v"})
    proxy.fault(faulty.reset, where="secret/data/poison/0")
    references = {f"V{number}": f"secret/poison/{number}#k" for number in range(40)}
    visit = patiently(lambda seconds: fetch(environ, references, deadline=seconds), lambda visit: len(visit.codes) == 1)
    assert visit.codes == {"V0": "vault-unavailable"}


def test_while_the_whole_server_is_unwell_one_request_at_a_time_asks(
    bao: OpenBao, proxy: Faulty, environ: dict[str, str], fetch: Fetch
) -> None:
    proxy.fault(faulty.says(503, "Vault is sealed"), where="secret/data")
    references = {f"V{number}": f"secret/none/{number}#k" for number in range(200)}

    def hammered(seconds: float) -> Visit:
        proxy.requests.clear()
        return fetch(environ, references, deadline=seconds)

    visit = patiently(hammered, lambda visit: "is sealed" in visit.problems[0].message)
    assert set(visit.codes.values()) == {"vault-unavailable"}
    assert len(visit.problems) == 200
    assert all("is sealed" in problem.message for problem in visit.problems)
    assert proxy.count("secret/data") < 60, "200 paths must not hammer a server that is down"


def test_vault_that_comes_up_late_is_waited_for(bao: OpenBao, fetch: Fetch, canary: str) -> None:
    port = free_port()
    servers: list[Faulty] = []
    environ = {"VAULT_ADDR": f"http://127.0.0.1:{port}", "VAULT_TOKEN": bao.token}
    visit = fetch(environ, ONE, waiting=lambda: servers.append(Faulty(bao.address, port=port)))
    servers[0].stop()
    assert visit.values == {"SHOP_PASSWORD": canary}
    assert "connection refused" in visit.progress[0]


@pytest.fixture(scope="module")
def sealed() -> Iterator[OpenBao]:
    """A real server that was never initialised, and is sealed therefore."""
    server = OpenBao("", dev=False)
    yield server
    server.stop()


def test_uninitialised_sealed_and_unsealed_in_mid_wait(sealed: OpenBao, fetch: Fetch) -> None:
    environ = {"VAULT_ADDR": sealed.address, "VAULT_TOKEN": "t"}
    visit = patiently(lambda seconds: fetch(environ, ONE, deadline=seconds), lambda visit: "sealed" in visit.message)
    assert visit.codes == {"SHOP_PASSWORD": "vault-unavailable"}
    assert "is sealed" in visit.message

    keys = sealed.do("POST", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
    sealed.token = keys["root_token"]
    environ["VAULT_TOKEN"] = sealed.token

    def unseal() -> None:
        sealed.unseal(keys["keys"][0])

    visit = fetch(environ | {"CONFCONTRACT_VAULT_KV_VERSION": "2"}, ONE, waiting=unseal)
    assert visit.codes == {"SHOP_PASSWORD": "vault-path-missing"}, "it answers: nothing is mounted at secret/ yet"
    assert "sealed" in visit.progress[0]

    sealed.do("POST", "sys/mounts/secret", {"type": "kv", "options": {"version": "2"}})
    sealed.do("POST", "secret/data/shop", {"data": {"password": "here"}})
    sealed.do("POST", "sys/seal")
    assert fetch(environ, ONE, waiting=unseal).values == {"SHOP_PASSWORD": "here"}


def test_a_signal_ends_a_fetch_that_waits(proxy: Faulty) -> None:
    proxy.fault(faulty.silence)
    program = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGTERM, lambda *_: os._exit(143))\n"
        "from confcontract.secrets.vault.reader import VaultReader\n"
        f"VaultReader({{'VAULT_ADDR': {proxy.address!r}, 'VAULT_TOKEN': 't'}}, "
        "progress=lambda text: print(text, flush=True)).read({'A': 'secret/shop#k'})\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, env=os.environ.copy())
    assert process.stdout is not None
    assert b"waiting for Vault" in process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE) == 143
    process.stdout.close()


def test_a_failure_does_not_carry_the_request_with_its_token() -> None:
    import time
    import traceback

    from confcontract.secrets.vault.connection import Connection
    from confcontract.secrets.vault.failure import RequestFailed
    from confcontract.secrets.vault.retry import Deadline
    from confcontract.secrets.vault.server import VaultServer

    server = VaultServer({"VAULT_ADDR": f"http://127.0.0.1:{refusing_port()}"})
    connection = Connection(server, Deadline(5, time.monotonic, lambda: 0.0))
    connection.adapter.token = "hunter2"
    with pytest.raises(RequestFailed) as failed:
        connection.adapter.get("/v1/secret/data/shop")
    connection.close()
    assert failed.value.__context__ is None
    assert failed.value.__cause__ is None
    assert "hunter2" not in "".join(traceback.format_exception(failed.value))
