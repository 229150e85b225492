"""Certificates that an engine makes without a lease are made anew before they end."""

from __future__ import annotations

from tests.boot.rotation.running import Run
from tests.support.vault.certificates import mount_authority
from tests.support.vault.openbao import OpenBao


class Certificates:
    def __init__(self, bao: OpenBao) -> None:
        self._bao = bao

    @property
    def made(self) -> int:
        return len(self._bao.do("LIST", "shortlived/certs")["keys"])


def test_a_certificate_without_a_lease_is_replaced_before_it_ends(bao: OpenBao, run: Run) -> None:
    mount_authority(bao, "shortlived")
    bao.do("POST", "shortlived/roles/web", {"allow_any_name": True, "key_type": "ec"})
    made = Certificates(bao)
    before = made.made
    issue = "vault:shortlived/issue/web?common_name=shop.example&ttl=6s"
    running = run({"SHOP_PASSWORD": f"{issue}#private_key", "SHOP_KEY": f"{issue}#certificate"})
    first = dict(running.resolution.environ)
    running.rotation.start()
    running.until(lambda: len(running.changes) >= 1)
    after = running.changes[0].environ
    assert after["SHOP_PASSWORD"] != first["SHOP_PASSWORD"]
    assert after["SHOP_KEY"] != first["SHOP_KEY"]
    assert running.settled(made) == before + 1 + len(running.changes)


def test_a_secret_may_have_a_key_of_the_same_name(bao: OpenBao, run: Run) -> None:
    bao.put("expiring", {"password": "p", "expiration": 1})
    running = run({"SHOP_PASSWORD": "vault:secret/expiring#password"})
    assert [loan.lease for loan in running.first.loans] == [None]
