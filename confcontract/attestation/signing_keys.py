"""Keys for signing and verifying: PEM, ECDSA on P-256 or Ed25519, which cosign can verify.

Messages never contain a key or its password.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PASSWORD_VARIABLE = "CONFCONTRACT_KEY_PASSWORD"
_FILE_BYTES = 64 * 1024
_KINDS = "an ECDSA key on the curve P-256 or an Ed25519 key, in PEM"


class SigningKey:
    def __init__(self, key: EllipticCurvePrivateKey | Ed25519PrivateKey) -> None:
        self._key = key

    def sign(self, content: bytes) -> bytes:
        """ECDSA over SHA-256, in DER; deterministic if OpenSSL supports that (RFC 6979)."""
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.hashes import SHA256

        if isinstance(self._key, Ed25519PrivateKey):
            return self._key.sign(content)
        try:
            algorithm = ECDSA(SHA256(), deterministic_signing=True)
        except UnsupportedAlgorithm:
            algorithm = ECDSA(SHA256())
        return self._key.sign(content, algorithm)


class VerifyingKey:
    def __init__(self, key: EllipticCurvePublicKey | Ed25519PublicKey) -> None:
        self._key = key

    def verifies(self, signature: bytes, content: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.hashes import SHA256

        try:
            if isinstance(self._key, Ed25519PublicKey):
                self._key.verify(signature, content)
            else:
                self._key.verify(signature, content, ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


def signing_key(path: str, password: str | None) -> SigningKey:
    """Raises ConfigurationInvalid."""
    serialization = _serialization()
    content = _content(path)
    try:
        key = serialization.load_pem_private_key(content, password.encode() if password else None)
    except TypeError:  # an unnecessary password, or a missing one
        if not password:
            raise _unusable(path, "is encrypted", f"give its password in {PASSWORD_VARIABLE}") from None
        key = _without_password(serialization, content, path)
    except Exception:  # ValueError, UnsupportedAlgorithm and OpenSSL's own errors: none gives more detail
        raise _unreadable(path, content, bool(password)) from None
    return SigningKey(_of_known_kind(path, key, "private"))


def verifying_key(path: str) -> VerifyingKey:
    """Raises ConfigurationInvalid."""
    serialization = _serialization()
    content = _content(path)
    if b"PRIVATE KEY-----" in content:
        hint = f"name its public key: openssl pkey -in {path} -pubout"
        raise _unusable(path, "is a private key, but signatures are verified with the public key", hint)
    try:
        key = serialization.load_pem_public_key(content)
    except Exception:
        raise _unusable(path, "does not contain a public key", f"name a file with {_KINDS}") from None
    return VerifyingKey(_of_known_kind(path, key, "public"))


def _serialization() -> Any:
    try:
        from cryptography.hazmat.primitives import serialization
    except ImportError:
        from confcontract.attestation.extra_missing import extra_missing

        raise extra_missing("cryptography", "sign and verify") from None
    return serialization


def _content(path: str) -> bytes:
    from confcontract.host.sourcefile import Unreadable, read_source

    try:
        return read_source(path, limit=_FILE_BYTES)
    except Unreadable as error:
        what = str(error) if error.of_file else f"can't be read: {error}"
        raise _unusable(path, what, error.hint) from None


def _without_password(serialization: Any, content: bytes, path: str) -> Any:
    try:
        return serialization.load_pem_private_key(content, None)
    except Exception:
        raise _unreadable(path, content, False) from None


def _unreadable(path: str, content: bytes, has_password: bool) -> ConfigurationInvalid:
    if b"SIGSTORE PRIVATE KEY" in content or b"COSIGN PRIVATE KEY" in content:
        hint = "create one with openssl genpkey; cosign can verify with its public key"
        return _unusable(path, "is encrypted by cosign generate-key-pair, which is not supported", hint)
    if has_password and b"ENCRYPTED" in content:
        return _unusable(path, "can't be decrypted", f"check {PASSWORD_VARIABLE}")
    return _unusable(path, "does not contain a private key", f"name a file with {_KINDS}")


def _of_known_kind(path: str, key: Any, half: str) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    if isinstance(key, ed25519.Ed25519PrivateKey | ed25519.Ed25519PublicKey):
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise _unusable(path, f"is a {half} key of a kind that is not used here", f"name {_KINDS}")


def _unusable(path: str, what: str, hint: str) -> ConfigurationInvalid:
    problem = Problem("key-unusable", f"the key {path} {what}", source=path, hint=hint, source_said=True)
    return ConfigurationInvalid(problem)
