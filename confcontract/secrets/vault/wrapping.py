"""A secret id that comes wrapped: it can be unwrapped once, and that it still can be proves that nobody else did."""

from __future__ import annotations

from confcontract.secrets.vault.failure import DENIED, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.secrets.vault.connection import Connection

USED = (
    "the wrapped secret id is no longer valid: it was unwrapped before, or it has expired. If nothing of yours used "
    "it, somebody else has: revoke the secret id and issue a new one"
)
LOST = "the wrapped secret id was used up by an attempt of ours whose answer got lost; issue a new one"


def unwrap(to: Connection, token: str, mount: str, unwrapped: dict[str, str]) -> str:
    """The secret id inside of a wrapping token. Raises Failure.

    unwrapped: what was unwrapped already, by token; "" marks an attempt that never was answered.

    The token's origin is checked first (sys/wrapping/lookup, which does not use it up): a token that was wrapped
    anywhere but at this AppRole mount was put in place of the real one.
    """
    if unwrapped.get(token):
        return unwrapped[token]
    gone = LOST if token in unwrapped else USED
    try:
        origin = to.adapter.post("/v1/sys/wrapping/lookup", json={"token": token})
        path = str(_data(origin).get("creation_path", ""))
        if not (path.startswith(f"auth/{mount}/role/") and "/secret-id" in path):
            raise Failure(DENIED, f"the wrapped secret id was not made by auth/{mount} (its token has another origin)")
        unwrapped[token] = ""
        answer = to.adapter.post("/v1/sys/wrapping/unwrap", headers={"X-Vault-Token": token})
    except Failure as failed:
        if failed.status in (429, 503) and gone == USED:
            unwrapped.pop(token, None)  # refused as a whole: the secret id is still in it
        # 400 is how Vault says that it doesn't know a wrapping token any more.
        problem = Failure(DENIED, gone, status=failed.status) if failed.status in (400, 403, 404) else failed
    else:
        secret_id = _data(answer).get("secret_id")
        if isinstance(secret_id, str) and secret_id:
            unwrapped[token] = secret_id
            to.adapter.hidden.add(secret_id)
            return secret_id
        problem = Failure(DENIED, "the wrapping token holds no secret id")
    raise problem


def _data(answer: Mapping[str, object]) -> Mapping[str, object]:
    data = answer.get("data")
    return data if isinstance(data, dict) else {}
