"""The artifact: load, dump, digest. Everything after bake reads only this file."""

from __future__ import annotations

from confcontract.errors import ContractUnusable
from confcontract.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike
    from typing import Any

API_VERSION = "confcontract/v1"
DEFAULT_PATH = "/etc/confcontract/contract.json"
MAX_BYTES = 64 * 1024 * 1024  # nobody's contract; a mistaken path (a disk, a log) is refused before it is read


def canonical(data: Mapping[str, Any]) -> bytes:
    """Sorted keys, no white space, UTF-8, one trailing newline: the same data gives the same bytes."""
    import json

    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8") + b"\n"


def digest_of(data: Mapping[str, Any]) -> str:
    """sha256 over the canonical form without provenance (and without the digest itself)."""
    return _sha256(canonical({key: value for key, value in data.items() if key not in ("digest", "provenance")}))


def _sha256(payload: bytes) -> str:
    from _hashlib import openssl_sha256  # `hashlib` itself takes 3 ms to import

    return "sha256:" + str(openssl_sha256(payload).hexdigest())


class Contract:
    """What an image accepts and needs, as data.

    `data` is the parsed document in the format confcontract/v1
    (schemas/contract-v1.schema.json); it is not to be changed.
    """

    __slots__ = ("data", "prepared")

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.prepared: Any = None  # boot's validator, built once; see boot/compiled.py

    @property
    def name(self) -> str:
        return str(self.data["name"])

    @property
    def version(self) -> str:
        return str(self.data["version"])

    @property
    def digest(self) -> str:
        return str(self.data["digest"])

    @property
    def variables(self) -> list[dict[str, Any]]:
        variables: list[dict[str, Any]] = self.data["variables"]
        return variables

    def to_bytes(self) -> bytes:
        return canonical(self.data)

    def dump(self, path: str | PathLike[str]) -> None:
        """Write the whole file or nothing: a reader sees the old contract or the new one.

        Raises OSError where the place can't be written.
        """
        write_whole(path, self.to_bytes())

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Contract:
        """Read and check a contract file.

        Raises ContractUnusable (exit 78): missing, unreadable, no regular file, too large, no JSON,
        another apiVersion, or content that does not match the digest.
        """
        where = _text(path)
        raw = _read(where)
        data = _parse(raw, where)
        _check_version(data, where)
        _check_digest(raw, data, where)
        return cls(data)

    def __repr__(self) -> str:
        return f"<Contract {self.name} {self.version} {self.digest[:19]}>"


def write_whole(path: str | PathLike[str], payload: bytes, mode: int = 0o644) -> None:
    """Write beside the target, then rename over it (atomic on POSIX)."""
    import os

    target = _text(path)
    draft = f"{target}.{os.getpid()}.tmp"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with open(descriptor, "wb") as stream:
            stream.write(payload)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise


def _text(path: str | PathLike[str]) -> str:
    import os

    return os.fspath(path)


def _unusable(where: str, what: str, hint: str, code: str = "contract-unreadable") -> ContractUnusable:
    return ContractUnusable(Problem(code, f"{where}: {what}", source=where, hint=hint))


def _read(where: str) -> bytes:
    import os
    import stat

    try:
        # O_NONBLOCK: a FIFO must not make boot wait for a writer that never comes
        descriptor = os.open(where, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise _unusable(
            where,
            "there is no contract here",
            "bake one with 'confcontract bake', name it with --contract, or set CONFCONTRACT_PATH",
        ) from None
    except OSError as error:
        raise _unusable(where, f"can't be read: {error.strerror}", "check its owner and mode") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _unusable(where, "is no regular file", "name the contract.json that bake wrote")
        if status.st_size > MAX_BYTES:
            raise _unusable(where, f"is larger than {MAX_BYTES} bytes", "name the contract.json that bake wrote")
        chunks = []
        while chunk := os.read(descriptor, 1 << 20):
            chunks.append(chunk)
        return b"".join(chunks)
    finally:
        os.close(descriptor)


def _parse(raw: bytes, where: str) -> dict[str, Any]:
    from confcontract.engine import from_json

    if not raw.strip():
        raise _unusable(where, "is empty", "bake again")
    try:
        data = from_json(raw)
    except ValueError as error:
        raise _unusable(where, f"is no JSON: {error}", "bake again; never edit the file") from None
    if not isinstance(data, dict):
        raise _unusable(where, "is no contract: a JSON object is expected", "bake again")
    return data


_MEMBERS: dict[str, type] = {
    "checks": list,
    "compiled": dict,
    "deferred": list,
    "digest": str,
    "name": str,
    "provenance": dict,
    "roles": dict,
    "schema": dict,
    "variables": list,
    "version": str,
}


def _check_version(data: dict[str, Any], where: str) -> None:
    found = data.get("apiVersion")
    if found != API_VERSION:
        if isinstance(found, str) and found.startswith("confcontract/"):
            what = f"is of format {found}; this release reads {API_VERSION}"
            raise _unusable(where, what, "install the confcontract release that baked it, or bake again")
        raise _unusable(where, "is no contract: apiVersion is missing", "name the contract.json that bake wrote")
    for member, kind in _MEMBERS.items():
        if not isinstance(data.get(member), kind):
            raise _unusable(where, f"is damaged: member {member!r} is missing or of another type", "bake again")


def _check_digest(raw: bytes, data: dict[str, Any], where: str) -> None:
    """Compare the digest; canonical files, the ordinary case, without writing the JSON anew."""
    stated = data["digest"]
    # In sorted order only "name", a string, stands between "digest" and "provenance", a flat object.
    start = raw.find(b'"digest":"' + stated.encode() + b'",')
    name = raw.find(b'"name":', start)
    provenance = raw.find(b'"provenance":{', name)
    end = raw.find(b"},", provenance) + 2
    rest = raw[:start] + raw[name:provenance] + raw[end:]
    if _sha256(rest) != stated and digest_of(data) != stated:
        raise _unusable(
            where,
            "its content does not match its digest, so it was changed after bake",
            "bake again; never edit the file",
            code="contract-edited",
        )
