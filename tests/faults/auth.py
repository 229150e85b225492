"""Auth: what can be the matter with who we are."""

from __future__ import annotations

import time

from tests.faults.case import Verdict, case
from tests.faults.stage import Stage
from tests.support.vault import faulty
from tests.support.vault.jwt import sign_jwt
from tests.support.vault.openbao import until


@case("Auth", "bad token")
def bad_token(stage: Stage) -> Verdict:
    return stage.gives_up(VAULT_TOKEN=f"{stage.canary}-bad")


@case("Auth", "given token without the policy default, and without one for the path")
def no_policy(stage: Stage) -> Verdict:
    stage.bao.policy("elsewhere", ("secret/data/elsewhere", "read"))
    token = stage.bao.make_token("elsewhere", no_default_policy=True)
    verdict = stage.gives_up(VAULT_TOKEN=token)
    assert "does not accept" not in verdict.message
    return verdict


@case("Auth", "given token expired")
def given_token_expired(stage: Stage) -> Verdict:
    token = stage.bao.make_token("shop", ttl="1s")
    stage.also_secret.add(token)
    until(lambda: stage.bao.api("GET", "auth/token/lookup-self", token=token)[0] == 403)
    return stage.gives_up(VAULT_TOKEN=token)


@case("Auth", "token expired while waiting: one fresh login")
def expired_while_waiting(stage: Stage) -> Verdict:
    return _outlived(stage, "expiring", token_ttl="2s")


def _outlived(stage: Stage, name: str, **role: object) -> Verdict:
    """The wait for Vault takes longer than the token lasts."""
    stage.approle(name, **role)
    stage.fault(faulty.says(503, Retry_After="3"), times=1)
    verdict = stage.boot()
    assert stage.proxy.count("auth/approle/login") == 2
    return verdict


@case("Auth", "token revoked in mid-run: one fresh login")
def revoked(stage: Stage) -> Verdict:
    stage.approle("revoked")

    def revoke(exchange: faulty.Exchange) -> None:
        stage.bao.do("POST", "auth/token/revoke", {"token": exchange.headers["X-Vault-Token"]})

    stage.once(revoke)
    verdict = stage.boot()
    assert stage.proxy.count("auth/approle/login") == 2
    return verdict


@case("Auth", "given token revoked in mid-run")
def given_token_revoked(stage: Stage) -> Verdict:
    token = stage.bao.make_token("shop")
    stage.once(lambda _: stage.bao.do("POST", "auth/token/revoke", {"token": token}))
    return stage.gives_up(VAULT_TOKEN=token)


@case("Auth", "batch token")
def batch_token(stage: Stage) -> Verdict:
    stage.approle("batch", token_type="batch", token_ttl="1h")
    verdict = stage.boot()
    assert stage.proxy.count("revoke-self") == 0
    return verdict


@case("Auth", "max_ttl reached: one fresh login")
def max_ttl(stage: Stage) -> Verdict:
    return _outlived(stage, "most", token_explicit_max_ttl="2s")


@case("Auth", "token that can not be renewed")
def not_renewable(stage: Stage) -> Verdict:
    return stage.boot(VAULT_TOKEN=stage.bao.make_token("shop", renewable=False))


@case("Auth", "403 after a policy change")
def policy_change(stage: Stage) -> Verdict:
    stage.bao.policy("changing", ("secret/data/shop", "read"))
    stage.approle("changing", token_policies="changing")
    stage.once(lambda _: stage.bao.policy("changing", ("secret/data/other", "read")))
    return stage.gives_up()


@case("Auth", "JWT rotated on disk: one fresh login")
def jwt_rotated(stage: Stage) -> Verdict:
    file = stage.directory / "jwt"
    now = int(time.time())
    claims: dict[str, object] = {"sub": stage.canary, "aud": "vault", "iat": now, "exp": now + 600}
    file.write_text(sign_jwt(stage.bao, claims))
    stage.given |= {"VAULT_TOKEN": "", "VAULT_ROLE": "shop", "VAULT_JWT_FILE": str(file)}
    old = file.read_text()

    def rotate(_: faulty.Exchange) -> None:
        """From here on only the new one is good: the token that the old one gave is revoked."""
        file.write_text(sign_jwt(stage.bao, {**claims, "jti": "new"}))

    used: list[bytes] = []

    def login(exchange: faulty.Exchange) -> None:
        used.append(exchange.body)
        if len(used) == 1:
            rotate(exchange)
            exchange.reply(503)
        else:
            faulty.forward(exchange)

    stage.fault(login, where="auth/jwt/login")
    stage.also_secret.add(old)
    return stage.boot()


@case("Auth", "JWT missing on disk")
def jwt_missing(stage: Stage) -> Verdict:
    file = stage.directory / "jwt"
    return stage.gives_up(VAULT_TOKEN="", VAULT_ROLE="shop", VAULT_JWT_FILE=str(file))


@case("Auth", "JWT expired")
def jwt_expired(stage: Stage) -> Verdict:
    file = stage.directory / "jwt"
    now = int(time.time())
    file.write_text(sign_jwt(stage.bao, {"sub": stage.canary, "aud": "vault", "iat": now - 3600, "exp": now - 1800}))
    stage.also_secret.add(file.read_text())
    verdict = stage.gives_up(VAULT_TOKEN="", VAULT_ROLE="shop", VAULT_JWT_FILE=str(file))
    verdict.message = verdict.message.partition(": HTTP")[0]  # what follows has a time in it
    return verdict


def _wrapped(stage: Stage, ttl: str = "60s") -> str:
    path = stage.approle("wrapped")
    token: str = stage.bao.do("POST", f"{path}/secret-id", wrap=ttl)["token"]
    stage.given["VAULT_SECRET_ID"] = ""
    stage.given["VAULT_WRAPPED_SECRET_ID"] = token
    stage.also_secret.add(token)
    return token


@case("Auth", "wrapped secret id")
def wrapped(stage: Stage) -> Verdict:
    _wrapped(stage)
    return stage.boot()


@case("Auth", "wrapped secret id used twice")
def wrapped_twice(stage: Stage) -> Verdict:
    _wrapped(stage)
    assert stage.boot().code == 0
    return stage.gives_up()


@case("Auth", "wrapped secret id expired")
def wrapped_expired(stage: Stage) -> Verdict:
    token = _wrapped(stage, "1s")
    until(lambda: stage.bao.api("POST", "sys/wrapping/lookup", {"token": token})[0] >= 400)
    return stage.gives_up()


@case("Auth", "wrapped secret id from the wrong path")
def wrapped_elsewhere(stage: Stage) -> Verdict:
    _wrapped(stage)
    forged = stage.bao.do("POST", "sys/wrapping/wrap", {"secret_id": "mine"}, wrap="60s")["token"]
    return stage.gives_up(VAULT_WRAPPED_SECRET_ID=forged)


@case("Auth", "wrong secret id")
def wrong_secret_id(stage: Stage) -> Verdict:
    stage.approle("wrong")
    return stage.gives_up(VAULT_SECRET_ID=f"{stage.canary}-wrong")


@case("Auth", "wrong namespace")
def wrong_namespace(stage: Stage) -> Verdict:
    return stage.gives_up(VAULT_NAMESPACE="nowhere")


@case("Auth", "no credentials")
def no_credentials(stage: Stage) -> Verdict:
    return stage.gives_up(VAULT_TOKEN="")
