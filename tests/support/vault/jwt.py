"""JWTs signed with a real key: the transit engine of a real OpenBao holds it."""

from __future__ import annotations

import base64
import json

from tests.support.vault.openbao import OpenBao


def sign_jwt(bao: OpenBao, claims: dict[str, object]) -> str:
    """A JWT signed with a real key: the transit engine of the server holds it."""

    def encode(part: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()

    signed = f"{encode({'alg': 'RS256', 'typ': 'JWT'})}.{encode(claims)}"
    options = {"signature_algorithm": "pkcs1v15", "marshaling_algorithm": "jws", "hash_algorithm": "sha2-256"}
    body = {"input": base64.b64encode(signed.encode()).decode(), **options}
    signature: str = bao.do("POST", "transit/sign/jwt", body)["signature"]
    return f"{signed}.{signature.rpartition(':')[2]}"


def mount_jwt(bao: OpenBao) -> None:
    """The role `shop` of the method at auth/jwt takes what `sign_jwt` signs."""
    bao.do("POST", "sys/mounts/transit", {"type": "transit"})
    bao.do("POST", "transit/keys/jwt", {"type": "rsa-2048"})
    public = bao.do("GET", "transit/keys/jwt")["keys"]["1"]["public_key"]
    bao.do("POST", "sys/auth/jwt", {"type": "jwt"})
    bao.do("POST", "auth/jwt/config", {"jwt_validation_pubkeys": [public]})
    role = {"role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"], "token_policies": "shop"}
    bao.do("POST", "auth/jwt/role/shop", role)
