"""The contract as a file: read, parsed as far as boot needs it, and checked against its digest."""

from __future__ import annotations

from confcontract.contract import API_VERSION, MAX_BYTES, digest_of, sha256
from confcontract.errors import ContractUnusable
from confcontract.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def read(where: str) -> tuple[dict[str, Any], Unread | None]:
    """The checked document, and what of it is still to be read. Raises ContractUnusable; see Contract.load."""
    raw = _bytes(where)
    data, unread = _parse(raw, where)
    _check_members(data, unread, where)
    _check_digest(raw, data, where)
    return data, unread


def _bytes(where: str) -> bytes:
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
        while chunk := os.read(descriptor, status.st_size + 1):  # at once, as a rule: 2 ms less for 3 MB
            chunks.append(chunk)
        return b"".join(chunks)
    except OSError as error:
        raise _unusable(where, f"can't be read: {error.strerror}", "check the file and the disk under it") from None
    finally:
        os.close(descriptor)


class Unread:
    """What was left out when a file was parsed: "schema" and "variables"."""

    __slots__ = ("_raw", "_where")

    def __init__(self, raw: bytes, where: str) -> None:
        self._raw = raw
        self._where = where

    def completed(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The whole document, its members in the file's order. Raises ContractUnusable."""
        whole: dict[str, Any] = {}
        for member, value in data.items():
            if member == "version":
                whole.update(_json_object(self._raw, self._where))
            whole[member] = value
        _check_members(whole, None, self._where)
        return whole


def _parse(raw: bytes, where: str) -> tuple[dict[str, Any], Unread | None]:
    """The document; a canonical one without "schema" and "variables", which boot can do without.

    In a canonical file they stand between "roles" and "version". The same text deeper inside a member is told
    apart: what is before and behind the cuts is only balanced, and so only parses, where these are at the top level.
    """
    start = raw.find(b',"schema":{"$')
    end = raw.rfind(b'],"version":"') + 1
    if 0 < start < end:
        from confcontract.engine import from_json

        try:
            data = from_json(raw[:start] + b"}", allow_inf_nan=False)
            data.update(from_json(b"{" + raw[end + 1 :], allow_inf_nan=False))
        except ValueError:
            pass
        else:
            return data, Unread(b"{" + raw[start + 1 : end] + b"}", where)
    return _json_object(raw, where), None


def _json_object(raw: bytes, where: str) -> dict[str, Any]:
    from confcontract.engine import from_json

    if not raw.strip():
        raise _unusable(where, "is empty", "bake again")
    try:
        data = from_json(raw, allow_inf_nan=False)
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


def _check_members(data: dict[str, Any], unread: Unread | None, where: str) -> None:
    found = data.get("apiVersion")
    if found != API_VERSION:
        if isinstance(found, str) and found.startswith("confcontract/"):
            what = f"is of format {found}; this release reads {API_VERSION}"
            raise _unusable(where, what, "install the confcontract release that baked it, or bake again")
        raise _unusable(where, "is no contract: apiVersion is missing", "name the contract.json that bake wrote")
    for member, kind in _MEMBERS.items():
        if not isinstance(data.get(member), kind) and not (unread and member in ("schema", "variables")):
            raise _unusable(where, f"is damaged: member {member!r} is missing or of another type", "bake again")


def _check_digest(raw: bytes, data: dict[str, Any], where: str) -> None:
    """Compare the digest; canonical files, the ordinary case, without writing the JSON anew."""
    stated: str = data["digest"]
    if _digest_of_bytes(raw, stated) != stated and _digest_of_text(raw) != stated:
        raise _unusable(
            where,
            "its content does not match its digest, so it was changed after bake",
            "bake again; never edit the file",
            code="contract-edited",
        )


def _digest_of_bytes(raw: bytes, stated: str) -> str | None:
    """The digest of a canonical file as it stands. None where it isn't laid out like one.

    In sorted order only "name", a string, stands between "digest" and "provenance", a flat object.
    """
    digest = b'"digest":"' + stated.encode() + b'",'
    start = raw.find(digest)
    name = start + len(digest)
    provenance = raw.find(b'"provenance":{', name)
    end = raw.find(b"},", provenance) + 2
    if not 0 <= start < provenance < end or not raw.startswith(b'"name":', name):
        return None
    view = memoryview(raw)
    return sha256(view[:start], view[name:provenance], view[end:])


def _digest_of_text(raw: bytes) -> str | None:
    """The digest of any JSON text, written anew; None where a member is there twice, or a number is none."""
    import json

    try:
        return digest_of(json.loads(raw, object_pairs_hook=_each_once))
    except (ValueError, RecursionError):
        return None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member is there twice")
    return members


def _unusable(where: str, what: str, hint: str, code: str = "contract-unreadable") -> ContractUnusable:
    return ContractUnusable(Problem(code, f"{where}: {what}", source=where, hint=hint))
