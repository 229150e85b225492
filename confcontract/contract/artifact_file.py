"""The contract as a file: it is read, parsed as far as boot needs it, and checked against its digest."""

from __future__ import annotations

from confcontract.contract.digest import digest_of, sha256
from confcontract.report.errors import ContractUnusable
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


API_VERSION = "confcontract/v1"
MAX_BYTES = 64 * 1024 * 1024  # no contract is larger; a mistaken path (a disk, a log) is refused before it is read
_READ_AT_ONCE = 64 * 1024  # bytes; a smaller file is not worth reading in two steps
_WORTH_IMPORTS = 2 * 1024 * 1024  # bytes; see _worth_to_json


def parse(raw: bytes, where: str) -> tuple[dict[str, Any], Unread | None, bytes]:
    """The checked document, its members that are not parsed yet, and a text that contains its plan.

    Raises ContractUnusable; see Contract.load.
    """
    found = _as_bake_writes(raw, where)
    if found is None:
        data = _in_any_layout(raw, where)
        _refuse_damaged(data, None)
        return data, None, raw
    data, unread, plan = found
    _check_format(data, where)
    if unread is not None and len(raw) <= _READ_AT_ONCE:
        data, unread = unread.completed(data), None
    else:
        _check_members(data, unread, where)
    if not _looks_sound(plan):
        _refuse_damaged(data, unread)
    return data, unread, plan


def read(where: str) -> bytes:
    """The content of the file. Raises ContractUnusable."""
    import os
    import stat

    try:
        # O_NONBLOCK: opening a FIFO must not make boot wait for a writer that never comes
        descriptor = os.open(where, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise _unusable(
            where,
            "there is no contract here",
            "bake one with 'confcontract bake', name it with --contract, or set CONFCONTRACT_PATH",
        ) from None
    except OSError as error:
        from confcontract.host.sourcefile import access_hint

        raise _unusable(where, f"can't be read: {error.strerror}", access_hint(where, error)) from None
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise _unusable(where, "is a directory", f"name the file in it: {where.rstrip('/')}/contract.json")
        if not stat.S_ISREG(status.st_mode):
            raise _unusable(where, "is not a regular file", "name the contract.json that bake wrote")
        if status.st_size > MAX_BYTES:
            raise _unusable(where, f"is larger than {MAX_BYTES} bytes", "name the contract.json that bake wrote")
        chunks = []
        while chunk := os.read(descriptor, status.st_size + 1):  # usually in one read: 2 ms less for 3 MB
            chunks.append(chunk)
        return b"".join(chunks)
    except OSError as error:
        raise _unusable(where, f"can't be read: {error.strerror}", "check the file and its disk") from None
    finally:
        os.close(descriptor)


# The types of core schema that lowering writes, and the members that could name code, which lowering never writes.
_TYPES = frozenset(
    b"any none bool int float decimal fraction complex str bytes date time datetime timedelta uuid url multi-host-url "
    b"list deque set frozenset dict ordered-dict counter nullable json custom-error tuple lax-or-strict json-or-python "
    b"chain union tagged-union literal enum is-instance typed-dict typed-dict-field named-tuple named-tuple-field "
    b"default definitions definition-ref function-after function-before function-plain no-info".split()
)
_NEVER = (b'"serialization":', b'"default_factory":', b'"missing":', b'"post_init":')


def _looks_sound(plan: bytes) -> bool:
    """A quick look at a plan's text: False if it contains, or a default seems to contain, something that is not
    allowed."""
    types = {text[: text.find(b'"')] for text in plan.split(b'"type":"')[1:]}
    functions = plan.count(b'"function":{')
    return (
        types <= _TYPES
        and plan.count(b'"function":{"function":null,"type":"no-info"}') == functions
        and plan.count(b'"function","function"],"function",["') == functions
        and not any(member in plan for member in _NEVER)
    )


def _refuse_damaged(data: dict[str, Any], unread: Unread | None) -> None:
    from confcontract.contract.damage import refuse_damaged

    refuse_damaged(unread.completed(data) if unread is not None else data)


class Unread:
    """The members that were skipped when a file was parsed: "schema" and "variables"."""

    __slots__ = ("_end", "_raw", "_start", "_where")

    def __init__(self, raw: bytes, start: int, end: int, where: str) -> None:
        self._raw = raw
        self._start = start
        self._end = end
        self._where = where

    def completed(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The whole document, its members in the file's order. Raises ContractUnusable."""
        left, _ = _parsed(b"".join((b"{", memoryview(self._raw)[self._start + 1 : self._end], b"}\n")))
        if left is None or list(left) != ["schema", "variables"]:
            raise _edited(self._where)  # bake never computed a digest over this
        whole: dict[str, Any] = {}
        for member, value in data.items():
            if member == "version":
                whole.update(left)
            whole[member] = value
        _check_members(whole, None, self._where)
        return whole


def _as_bake_writes(raw: bytes, where: str) -> tuple[dict[str, Any], Unread | None, bytes] | None:
    """The document, its unread members, and the text of its plan. None for a file that is edited or not canonical.

    The parsed part is written again and compared with the text. This proves that no member occurs twice, in any
    spelling or at any depth, that nothing follows the document, and that the digest covers what is read. "schema" and
    "variables", which a successful boot does not need, are cut out: their text is hashed as it is, and compared when
    they are read (see Unread).
    """
    start, end = _span(raw)
    view = memoryview(raw)
    data, texts = _parsed(b"".join((view[:start], view[end:])))
    if data is None:
        return None
    if start < end and raw[end:] != b",%b%b}\n" % texts[-1]:
        return None  # the cut was inside another member
    hashed: list[tuple[bytes, bytes | memoryview]] = []
    for member, text in zip(data, texts, strict=True):
        if start < end and member == "version":
            hashed.append((b"", view[start + 1 : end]))
        if member not in ("digest", "provenance"):
            hashed.append(text)
    if data.get("digest") != sha256(*_laid_out(hashed)):
        return None
    plan = next((text for member, (_, text) in zip(data, texts, strict=True) if member == "compiled"), b"")
    return data, Unread(raw, start, end, where) if start < end else None, plan


def _laid_out(members: Sequence[tuple[bytes, bytes | memoryview]]) -> list[bytes | memoryview]:
    """The pieces of an object's text. members: name with colon, and value. They are joined only once, because they are
    large."""
    pieces = [piece for member in members for piece in (b",", *member)]
    return [b"{", *pieces[1:], b"}\n"]


def _span(raw: bytes) -> tuple[int, int]:
    """The positions of "schema" and "variables" in a canonical file, between "roles" and "version"; (0, 0) if
    absent."""
    start = raw.find(b',"schema":{"$')
    end = raw.rfind(b'],"version":"') + 1
    return (start, end) if 0 < start < end else (0, 0)


def _parsed(raw: bytes) -> tuple[dict[str, Any] | None, list[tuple[bytes, bytes]]]:
    """The object and its members as text (see `_laid_out`), if it is written as `canonical` writes it; else None.

    For a large object only the order of the top-level members is checked: a full check would take a tenth of boot's
    time. Even so, two different documents are never read from the same text.
    """
    from confcontract.contract.engine import from_json, to_json

    try:
        # a table of repeated strings takes 256 KiB, and pays only in a large file
        cache = "all" if len(raw) > _READ_AT_ONCE else "none"
        data = from_json(raw, allow_inf_nan=False, cache_strings=cache)
    except ValueError:
        return None, []
    if not isinstance(data, dict) or list(data) != sorted(data):
        return None, []
    for write in (to_json, _dumped) if _worth_to_json(raw) else (_dumped,):
        try:
            texts = [(write(member) + b":", write(value)) for member, value in data.items()]
        except ValueError:  # a number too large for a float
            return None, []
        if b"".join(_laid_out(texts)) == raw:
            return data, texts
    return None, []


def _worth_to_json(raw: bytes) -> bool:
    """pydantic_core writes three times as fast as `json`, but some numbers differently. Its first use imports two dozen
    modules, which takes as long as writing 1.5 MB; a command line has usually imported most of them already."""
    import sys

    return len(raw) > (_READ_AT_ONCE if "decimal" in sys.modules else _WORTH_IMPORTS)


def _dumped(value: Any) -> bytes:
    from confcontract.contract.jsontext import dumps

    return dumps(value).encode()


def _in_any_layout(raw: bytes, where: str) -> dict[str, Any]:
    """The document of a file that is edited or not canonical: white space and order do not matter. Slower."""
    from confcontract.contract.engine import from_json

    if not raw.strip():
        raise _unusable(where, "is empty", "bake again")
    try:
        data = from_json(raw, allow_inf_nan=False)  # as strict about text and numbers as the canonical path
    except ValueError as error:
        raise _unusable(where, f"is not JSON: {error}", "bake again, or restore the file; never edit it") from None
    if not isinstance(data, dict):
        raise _unusable(where, "is not a contract: a JSON object is expected", "bake again")
    _check_format(data, where)
    import json

    try:
        once: dict[str, Any] = json.loads(raw, object_pairs_hook=_each_once)
        digest = digest_of(once)
    except _Twice as twice:
        what = f"holds the member {str(twice)!r} twice, so the file was changed after bake"
        raise _edited(where, what) from None
    except (ValueError, RecursionError):
        raise _edited(where) from None
    _check_members(once, None, where)
    if once["digest"] != digest:
        raise _edited(where)
    return once


class _Twice(Exception):
    """A member occurs twice. The argument is its name."""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return members


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


# Members that a contract may omit.
_OPTIONAL: dict[str, type] = {"apiVersion": str, "deliver": str, "description": str}


def _check_format(data: dict[str, Any], where: str) -> None:
    """Check this before anything else: another release's format may differ in every way."""
    found = data.get("apiVersion")
    if found != API_VERSION:
        if isinstance(found, str) and found.startswith("confcontract/"):
            what = f"has format {found}; this release reads {API_VERSION}"
            raise _unusable(where, what, "install the confcontract release that baked it, or bake again")
        raise _unusable(where, "is not a contract: apiVersion is missing", "name the contract.json that bake wrote")


def _check_members(data: dict[str, Any], unread: Unread | None, where: str) -> None:
    for member, kind in _MEMBERS.items():
        if not isinstance(data.get(member), kind) and not (unread and member in ("schema", "variables")):
            raise _unusable(where, f"is damaged: member {member!r} is missing or of another type", "bake again")
    for member, value in data.items():
        if member not in _MEMBERS and member not in _OPTIONAL:
            raise _unusable(where, f"is damaged: the format has no member {member!r}", "bake again")
        if not isinstance(value, _MEMBERS.get(member) or _OPTIONAL[member]):
            raise _unusable(where, f"is damaged: member {member!r} is of another type", "bake again")


def _edited(
    where: str, what: str = "its content does not match its digest, so the file was changed after bake"
) -> Exception:
    return _unusable(where, what, "bake again, or restore the file; never edit it", code="contract-edited")


def _unusable(where: str, what: str, hint: str, code: str = "contract-unreadable") -> ContractUnusable:
    return ContractUnusable(Problem(code, f"{where}: {what}", source=where, hint=hint, source_said=True))
