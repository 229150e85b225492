"""The location of a secret: the engine of its path, and where an operator has moved it.

The engine comes from CONFCONTRACT_VAULT_KV_VERSION, or else from the server.
"""

from __future__ import annotations

from confcontract.secrets.vault import failure
from confcontract.secrets.vault.engine_kinds import AS_IT_IS, CUBBYHOLE, IDENTITY, KV1, KV2, OWN
from confcontract.secrets.vault.exchange import Call
from confcontract.secrets.vault.failure import RequestFailed
from confcontract.secrets.vault.server import NotConfigured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from confcontract.secrets.vault.connection import Connection

    class Asker(Protocol):
        """Sends requests to the server; a `Session`."""

        connection: Connection

        def ask(self, calls: Sequence[Call]) -> RequestFailed | None: ...


_OVERRIDES = {"1": KV1, "2": KV2, "raw": AS_IT_IS}
_WORDS = {KV1: "KV version 1", KV2: "KV version 2"}
# By the type from the server, which is ns_system, ns_token and so on in a namespace other than the root.
_BUILT_IN = {"system": OWN, "token": OWN, "identity": IDENTITY, "cubbyhole": CUBBYHOLE}


class Mounts:
    """The mounts that are known so far, and their engines.

    Filled by the answers to sys/internal/ui/mounts, and by CONFCONTRACT_VAULT_KV_VERSION for tokens without that
    permission: `2` (every mount is one segment long and KV version 2) or `team/kv=2,legacy=1,database=raw`.
    """

    __slots__ = ("_default", "_engines", "_learned", "_told")

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Raises NotConfigured."""
        self._engines: dict[str, str] = {}
        self._default = ""
        self._learned: set[str] = set()
        self._told: dict[str, tuple[str, str, str]] = {}
        for mount, version in _pairs(environ, "CONFCONTRACT_VAULT_KV_VERSION", alone=True):
            if version not in _OVERRIDES:
                raise NotConfigured(
                    "CONFCONTRACT_VAULT_KV_VERSION must be 1, 2 or a list such as secret=2,database=raw"
                )
            if mount:
                self._engines[mount] = _OVERRIDES[version]
            else:
                self._default = _OVERRIDES[version]

    def find(self, path: str) -> tuple[str, str, str] | None:
        """(mount, path in the mount, engine) of a full path, or None if the server has to be queried."""
        for mount, engine in self._engines.items():
            if path.startswith(mount + "/"):
                return mount, path[len(mount) + 1 :], engine if mount in self._learned else _assumed(path, engine)
        if self._default:
            mount, _, rest = path.partition("/")
            return mount, rest, _assumed(path, self._default)
        return None

    def told(self, path: str) -> tuple[str, str, str] | None:
        """Like `find`, from the server's answer about exactly this path; None if it was not queried.

        Before a write, neither a prefix nor the operator's setting replaces the server's answer.
        """
        return self._told.get(path)

    def learn(self, path: str, answer: Mapping[str, object]) -> bool:
        """Store the server's answer about the mount of a path. False if it is not Vault's format."""
        told = _told(path, answer)
        if told is None:
            return False
        mount, engine = told
        self._engines[mount] = engine
        self._learned.add(mount)
        if path.startswith(f"{mount}/"):
            self._told[path] = mount, path[len(mount) + 1 :], engine
        return True

    def is_assumed(self, path: str) -> bool:
        """True if the engine of the path comes from CONFCONTRACT_VAULT_KV_VERSION."""
        found = self.find(path)
        return found is not None and found[0] not in self._learned

    def contradiction(self, path: str, answer: Mapping[str, object]) -> str:
        """The server's answer about the mount of a path, if it differs from the assumption; otherwise ""."""
        told, found = _told(path, answer), self.find(path)
        if told is None or found is None or told == (found[0], found[2]):
            return ""
        engines = [_WORDS.get(engine, "no KV engine") for engine in (told[1], found[2])]
        return f"its mount is {told[0]}, {engines[0]}, and not {found[0]}, {engines[1]}"

    def to_ask(self, paths: Sequence[str]) -> list[str]:
        """One path for each first segment whose mount is unknown: usually they share one mount."""
        first: dict[str, str] = {}
        for path in paths:
            if self.find(path) is None:
                first.setdefault(path.partition("/")[0], path)
        return list(first.values())


def _told(path: str, answer: Mapping[str, object]) -> tuple[str, str] | None:
    """(mount, engine) in the server's answer about a path; None if it is not Vault's answer.

    For a mount in a namespace below ours, the answer has the path from the root: `org/team/kv` for `team/kv`. For an
    auth method it omits `auth/`, unless that is in such a namespace.
    """
    data = answer.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("path"), str) or not isinstance(data.get("type"), str):
        return None
    mount = data["path"].strip("/")
    segments = mount.split("/")
    below = ("/".join(segments[at:]) for at in range(len(segments)))
    mount = next((shorter for shorter in below if f"{path}/".startswith(f"{shorter}/")), mount)
    if f"{path}/".startswith(f"auth/{mount}/"):
        mount = f"auth/{mount}"
    return mount, _engine(data, mount.split("/"))


def _engine(about: Mapping[str, object], segments: Sequence[str]) -> str:
    """By the type of a mount, never by its name: a secrets engine may be mounted at `team/sys`."""
    kind = str(about["type"]).removeprefix("ns_")
    accessor = about.get("accessor")
    # Some types are those of secrets engines and of auth methods (aws, kubernetes, ldap); the accessor distinguishes
    # them.
    is_auth = accessor.startswith("auth_") if isinstance(accessor, str) else "auth" in segments[:-1]
    if is_auth or kind in _BUILT_IN:
        return _BUILT_IN.get(kind, OWN)
    if kind not in ("kv", "generic"):
        return AS_IT_IS
    options = about.get("options")
    return KV2 if isinstance(options, dict) and options.get("version") == "2" else KV1


def _assumed(path: str, engine: str) -> str:
    """The operator's setting for a mount, except for mounts with the same name on every server."""
    return OWN if path.partition("/")[0] in ("sys", "auth") else engine


class Moves:
    """Prefixes of paths that the operator has moved: CONFCONTRACT_VAULT_MOVE=secret=staging,secret/db=shared/db.

    The longest prefix of whole segments is replaced, once.
    """

    __slots__ = ("_moves",)

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Raises NotConfigured."""
        self._moves = sorted(_pairs(environ, "CONFCONTRACT_VAULT_MOVE"), key=lambda pair: -len(pair[0]))

    def apply(self, path: str) -> str:
        for old, new in self._moves:
            if path == old or path.startswith(old + "/"):
                return new + path[len(old) :]
        return path


def _pairs(environ: Mapping[str, str], name: str, *, alone: bool = False) -> list[tuple[str, str]]:
    """The pairs of `a=b,c=d`. alone: a single `b` is allowed, and applies to every `a`."""
    pairs: dict[str, str] = {}
    for part in environ.get(name, "").replace("\n", ",").split(","):
        if not part.strip():
            continue
        left, sign, right = (word.strip().strip("/") for word in part.partition("="))
        if not right and not sign and alone:
            left, right = "", left
        words = [*left.split("/"), *right.split("/")] if left else right.split("/")
        if not right or (not left and bool(sign)) or any(word in ("", ".", "..") or "#" in word for word in words):
            raise NotConfigured(f"{name} must be a list of MOUNT/PREFIX=VALUE, separated by commas")
        if pairs.setdefault(left, right) != right:
            raise NotConfigured(f"{name} names {'a path' if left else 'every mount'} twice")
    return list(pairs.items())


_NO_API = "it has no Vault API at this address (404 for sys/internal/ui/mounts); is the path in VAULT_ADDR right?"


class EngineFinder:
    """login_failed: why the second login after a denied look-up failed."""

    def __init__(self, session: Asker, mounts: Mounts) -> None:
        self._session = session
        self._mounts = mounts
        self.login_failed: RequestFailed | None = None

    def locate(self, paths: Sequence[str], written: Sequence[str] = ()) -> dict[str, RequestFailed]:
        """Let `mounts` learn the engine of each path. Returns the paths without an engine, and why.

        written: the paths that are written; for these the server itself must have answered.
        """
        refused: dict[str, RequestFailed] = {}
        # At most one round per first segment of depth: each round either learns a mount or gives up on a path.
        while to_ask := self._mounts.to_ask([path for path in paths if path not in refused]):
            self._learn(to_ask, refused)
        untold = [path for path in dict.fromkeys(written) if path not in refused and self._mounts.told(path) is None]
        self._learn(untold, refused)
        return refused

    def _learn(self, to_ask: Sequence[str], refused: dict[str, RequestFailed]) -> None:
        for path, call in self._look_up(to_ask).items():
            if self.login_failed and call.failure:
                refused[path] = self.login_failed
            elif call.failure and call.failure.absent:
                refused[path] = RequestFailed(failure.FOREIGN, _NO_API, answered_by=call.answered_by)
            elif call.failure:
                refused[path] = call.failure
            elif not self._mounts.learn(path, call.answer or {}):
                words = "its answer about a mount is not from Vault"
                refused[path] = RequestFailed(failure.FOREIGN, words, answered_by=call.answered_by)
            elif self._mounts.told(path) is None:
                words = "it is only a mount; a path in it is needed"
                refused[path] = RequestFailed(
                    failure.MISSING, words, cause=failure.ONLY_A_MOUNT, answered_by=call.answered_by
                )

    def confirm(self, calls: Sequence[Call]) -> None:
        """A secret may only seem absent because of a wrong engine or place, and an optional secret must not be skipped
        for that. So the server is queried after all; without an answer, the operator's setting is used.
        """
        absent = [call for call in calls if call.failure and call.failure.absent]
        doubtful = [call for call in absent if self._mounts.is_assumed(call.about)]
        looked_up = self._look_up([call.about for call in doubtful])
        for call in doubtful:
            answer = looked_up[call.about]
            if answer.failure is None:
                words = self._mounts.contradiction(call.about, answer.answer or {})
                if words:
                    call.failure = RequestFailed(failure.OVERRIDE, words, answered_by=answer.answered_by)
            elif answer.failure.absent:
                call.failure = RequestFailed(failure.FOREIGN, _NO_API, answered_by=answer.answered_by)

    def _look_up(self, paths: Sequence[str]) -> dict[str, Call]:
        from confcontract.secrets.vault.api import look_up

        calls = {path: Call(f"the mount of {path}", look_up(self._session.connection, path)) for path in paths}
        if calls:
            self.login_failed = self._session.ask(list(calls.values()))
        return calls
