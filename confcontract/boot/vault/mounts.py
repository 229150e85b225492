"""Where a secret really is: which engine a path belongs to, and where an operator has moved it."""

from __future__ import annotations

from confcontract.boot.vault.variables import NotConfigured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KV1 = "kv1"
KV2 = "kv2"
# Any other engine (database, pki, cubbyhole, ...): its paths are read as they are.
AS_IT_IS = "as-it-is"
_OVERRIDES = {"1": KV1, "2": KV2, "raw": AS_IT_IS}
_WORDS = {KV1: "KV version 1", KV2: "KV version 2", AS_IT_IS: "no KV engine"}


class Mounts:
    """The mounts that are known so far, and their engines.

    Filled by the answers to sys/internal/ui/mounts, and by CONFCONTRACT_VAULT_KV_VERSION for tokens that may not ask:
    `2` (every mount is one segment long and KV version 2) or `team/kv=2,legacy=1,database=raw`.
    """

    __slots__ = ("_default", "_engines", "_learned")

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Raises NotConfigured."""
        self._engines: dict[str, str] = {}
        self._default = ""
        self._learned: set[str] = set()
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
        """(mount, path in the mount, engine) of a full path, or None if the server must be asked."""
        for mount, engine in self._engines.items():
            if path.startswith(mount + "/"):
                return mount, path[len(mount) + 1 :], engine
        if self._default:
            mount, _, rest = path.partition("/")
            return mount, rest, self._default
        return None

    def learn(self, path: str, answer: Mapping[str, object]) -> bool:
        """Take in what the server says about the mount of a path. False if it doesn't say it as Vault would."""
        told = _told(path, answer)
        if told is None:
            return False
        mount, engine = told
        self._engines[mount] = engine
        self._learned.add(mount)
        return True

    def is_assumed(self, path: str) -> bool:
        """True if it was CONFCONTRACT_VAULT_KV_VERSION that said which engine the path belongs to."""
        found = self.find(path)
        return found is not None and found[0] not in self._learned

    def contradiction(self, path: str, answer: Mapping[str, object]) -> str:
        """What the server says of the mount of a path, if it is not what was assumed; "" if it is."""
        told, found = _told(path, answer), self.find(path)
        if told is None or found is None or told == (found[0], found[2]):
            return ""
        return f"its mount is {told[0]}, {_WORDS[told[1]]}, and not {found[0]}, {_WORDS[found[2]]}"

    def to_ask(self, paths: Sequence[str]) -> list[str]:
        """Of the paths whose mount is unknown, one for each first segment: mostly they share one mount."""
        first: dict[str, str] = {}
        for path in paths:
            if self.find(path) is None:
                first.setdefault(path.partition("/")[0], path)
        return list(first.values())


def _told(path: str, answer: Mapping[str, object]) -> tuple[str, str] | None:
    """(mount, engine) in the server's answer about a path; None if it is not Vault's answer.

    Of a mount in a namespace below the one that we are in, it says the path from the root: `org/team/kv` for `team/kv`.
    """
    data = answer.get("data")
    if not isinstance(data, dict) or not isinstance(data.get("path"), str) or not isinstance(data.get("type"), str):
        return None
    options = data.get("options")
    kv = KV2 if isinstance(options, dict) and options.get("version") == "2" else KV1
    mount = data["path"].strip("/")
    segments = mount.split("/")
    below = ("/".join(segments[at:]) for at in range(len(segments)))
    mount = next((shorter for shorter in below if f"{path}/".startswith(f"{shorter}/")), mount)
    return mount, kv if data["type"] in ("kv", "generic") else AS_IT_IS


class Moves:
    """Prefixes of paths that the operator has moved: CONFCONTRACT_VAULT_MOVE=secret=staging,secret/db=shared/db.

    The longest prefix of whole segments counts; it is replaced once.
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
    """The pairs of `a=b,c=d`. alone: a bare `b` is allowed, and means every `a`."""
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
            raise NotConfigured(f"{name} names {left or 'every mount'} twice")
    return list(pairs.items())
