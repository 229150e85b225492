"""Network: what can happen on the way to Vault."""

from __future__ import annotations

import socket
import time

from tests.faults.case import Verdict, case
from tests.faults.stage import Stage
from tests.support.ports import refusing_port
from tests.support.vault import faulty
from tests.support.vault.late import coming_up


@case("Network", "refused")
def refused(stage: Stage) -> Verdict:
    return stage.gives_up(VAULT_ADDR=f"http://127.0.0.1:{refusing_port()}")


@case("Network", "name not found")
def name_not_found(stage: Stage) -> Verdict:
    return stage.gives_up(VAULT_ADDR="http://vault.invalid:8200")


@case("Network", "black hole")
def black_hole(stage: Stage) -> Verdict:
    """Packets go there and nothing comes back: a listener whose queue is full."""
    listener = stage.during(socket.socket())
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    for _ in range(4):
        filler = stage.during(socket.socket())
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
    return stage.gives_up(VAULT_ADDR=f"http://127.0.0.1:{listener.getsockname()[1]}")


@case("Network", "reset in mid-body")
def reset_in_mid_body(stage: Stage) -> Verdict:
    return stage.fails(faulty.reset_in_the_body)


@case("Network", "reset in mid-body, once")
def reset_once(stage: Stage) -> Verdict:
    return stage.passes(faulty.reset_in_the_body, 1)


@case("Network", "slow headers")
def slow_headers(stage: Stage) -> Verdict:
    return stage.fails(faulty.dripping_headers)


@case("Network", "slow drip")
def slow_drip(stage: Stage) -> Verdict:
    return stage.fails(faulty.dripping_body)


@case("Network", "slow drip, once")
def slow_drip_once(stage: Stage) -> Verdict:
    stage.given["VAULT_CLIENT_TIMEOUT"] = "500ms"
    return stage.passes(faulty.dripping_body, 1)


@case("Network", "TLS: certificate expired")
def expired(stage: Stage) -> Verdict:
    certificate = stage.authority.issue("localhost", seconds=1)
    time.sleep(2)
    server = stage.secure(certificate)
    verdict = stage.gives_up()
    assert server.requests == []
    return verdict


@case("Network", "TLS: certificate for another host")
def other_host(stage: Stage) -> Verdict:
    server = stage.secure(stage.authority.issue("other.example.com", address="192.0.2.1"))
    verdict = stage.gives_up()
    assert server.requests == []
    return verdict


@case("Network", "TLS: unknown authority")
def unknown_authority(stage: Stage) -> Verdict:
    server = stage.secure(stage.authority.issue("localhost"))
    verdict = stage.gives_up(VAULT_CACERT="")
    assert server.requests == []
    return verdict


@case("Network", "307 to the active node")
def redirect(stage: Stage) -> Verdict:
    stage.fault(lambda exchange: exchange.reply(307, Location=stage.bao.address + exchange.path), where="")
    verdict = stage.boot()
    assert verdict.value == stage.canary
    return verdict


@case("Network", "307 to another server, where the secret is not")
def redirect_elsewhere(stage: Stage) -> Verdict:
    other = stage.bao.address.replace("127.0.0.1", "localhost")
    stage.fault(lambda exchange: exchange.reply(307, Location=other + exchange.path), where="")
    verdict = stage.boot("secret/nothing#password")
    assert other in verdict.message
    verdict.message = verdict.message.replace(other, "http://other.example.com:8200")
    return verdict


@case("Network", "redirect to an address with a password in it")
def redirect_with_password(stage: Stage) -> Verdict:
    to = stage.bao.address.replace("http://", "http://somebody:hunter2@")
    return stage.fails(lambda exchange: exchange.reply(307, Location=to + exchange.path))


@case("Network", "redirect with VAULT_DISABLE_REDIRECTS")
def redirect_disabled(stage: Stage) -> Verdict:
    stage.given["VAULT_DISABLE_REDIRECTS"] = "true"
    return stage.fails(lambda exchange: exchange.reply(307, Location="http://other.example.com:8200" + exchange.path))


@case("Network", "redirect loop")
def redirect_loop(stage: Stage) -> Verdict:
    return stage.fails(lambda exchange: exchange.reply(307, Location=exchange.server.address + exchange.path))


@case("Network", "redirect from https to http")
def https_to_http(stage: Stage) -> Verdict:
    server = stage.secure(stage.authority.issue("localhost"))
    server.fault(lambda exchange: exchange.reply(307, Location=stage.proxy.address + exchange.path))
    verdict = stage.gives_up()
    assert stage.proxy.requests == [], "the token did not go along"
    return verdict


@case("Network", "a proxy's HTML page with 200")
def html_200(stage: Stage) -> Verdict:
    return stage.fails(faulty.status(200, b"<html>log in</html>", Content_Type="text/html"))


@case("Network", "a proxy's HTML page with 404")
def html_404(stage: Stage) -> Verdict:
    return stage.fails(faulty.status(404, b"<html>not here</html>", Content_Type="text/html"))


@case("Network", "a proxy's HTML page with 502")
def html_502(stage: Stage) -> Verdict:
    return stage.fails(faulty.status(502, b"<html>Bad Gateway</html>", Content_Type="text/html"))


@case("Network", "truncated")
def truncated(stage: Stage) -> Verdict:
    return stage.fails(faulty.truncated)


@case("Network", "truncated, twice")
def truncated_twice(stage: Stage) -> Verdict:
    return stage.passes(faulty.truncated)


@case("Network", "non-JSON")
def non_json(stage: Stage) -> Verdict:
    return stage.fails(faulty.status(200, b"hello"))


@case("Network", "wrong Content-Type")
def wrong_content_type(stage: Stage) -> Verdict:
    """It doesn't matter, as long as the answer is Vault's."""

    def fault(exchange: faulty.Exchange) -> None:
        code, _, body = faulty.upstream_answer(exchange)
        exchange.reply(code, body, Content_Type="text/html")

    return stage.passes(fault, 1)


@case("Network", "oversized")
def oversized(stage: Stage) -> Verdict:
    return stage.fails(faulty.oversized)


@case("Network", "Vault up only after a while")
def up_late(stage: Stage) -> Verdict:
    verdict = stage.boot(VAULT_ADDR=stage.during(coming_up(stage.bao)))
    assert verdict.value == stage.canary
    return verdict


@case("Network", "cut in mid-batch")
def cut_in_mid_batch(stage: Stage) -> Verdict:
    """Of two answers one comes, and the other never."""
    stage.bao.put("other", {"host": "x"})
    stage.given["SHOP_HOST"] = "vault:secret/other#host"
    stage.fault(faulty.reset, where="secret/data/shop")
    return stage.gives_up()
