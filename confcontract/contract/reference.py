"""The grammar of a reference to Vault, as a variable's value and in the marker `Vault(...)`.

    REFERENCE     MOUNT/PATH#KEY             one key of a secret
                  MOUNT/PATH#KEY@VERSION     of one version, where the engine keeps versions (KV version 2)
                  MOUNT/PATH?NAME=VALUE&NAME=VALUE#KEY
                                             of what Vault makes of these parameters: a write, as with pki/issue/ROLE
    in a value    vault:REFERENCE            `bao:` means the same
                  vault:REFERENCE|REFERENCE  the first that is there; what is absent is passed over, a denial is not
                  vault:REFERENCE|           or none: a lower source or the default will do

The path is the logical one, as in `bao kv get secret/shop`: no `data/` in it, whatever the engine's version. In a
parameter's value %XX stands for a byte, as in a URL: %26 for &, %23 for #, %7C for |. A path can't contain #, ? or |, a
key can't contain # or |.
"""

from __future__ import annotations

SCHEMES = ("vault:", "bao:")

# Where a write with parameters could change Vault itself. References only ever read, or have a credential made.
_NO_WRITES = ("sys", "auth", "identity", "cubbyhole")


class ReferenceInvalid(ValueError):
    """A text is no reference. The words say what is wrong but never quote the text: it may be a misplaced secret."""


class Reference:
    """One key of one secret.

    mount_path: mount and path, as in `secret/shop`. key: the key in the secret. version: of a KV version 2 secret, None
    for the latest. parameters: sorted; if there are any, the path is written to with them instead of read. text: the
    canonical spelling, without scheme.
    """

    __slots__ = ("key", "mount_path", "parameters", "text", "version")

    def __init__(
        self, mount_path: str, key: str, version: int | None = None, parameters: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self.mount_path = mount_path
        self.key = key
        self.version = version
        self.parameters = parameters
        self.text = f"{mount_path}{_query(parameters)}#{key}" + (f"@{version}" if version is not None else "")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return f"vault:{self.text}"

    def __repr__(self) -> str:
        return f"Reference({self.text!r})"


class References:
    """What one variable refers to. alternatives: best first, never empty. optional: whether none may be there."""

    __slots__ = ("alternatives", "optional")

    def __init__(self, alternatives: tuple[Reference, ...], optional: bool) -> None:
        self.alternatives = alternatives
        self.optional = optional

    def __repr__(self) -> str:
        return f"References({'|'.join(one.text for one in self.alternatives)!r}, optional={self.optional})"


def is_reference(value: str) -> bool:
    """True if an operator's value asks for Vault. It may still be an invalid reference."""
    return value.startswith(SCHEMES)


def means_reference(text: str) -> bool:
    """Whether a text is a reference from beginning to end, or one but for capitals, blanks or quotes around it."""
    scheme, colon, rest = text.strip().strip("\"'").strip().partition(":")
    if f"{scheme.lower()}{colon}" not in SCHEMES:
        return False
    try:
        parse_references(rest)
    except ReferenceInvalid:
        return False
    return True


def join_references(alternatives: list[str], *, optional: bool) -> str:
    """The text of several references, best first, as an operator would write it (without scheme)."""
    return "|".join(alternatives) + ("|" if optional else "")


def parse_references(text: str) -> References:
    """Read a value's reference with its alternatives, with or without schemes. Raises ReferenceInvalid."""
    parts = text.split("|")
    optional = len(parts) > 1 and parts[-1] == ""
    if optional:
        parts.pop()
    return References(tuple(parse_reference(part) for part in parts), optional)


def parse_reference(text: str) -> Reference:
    """Read one reference, with or without its scheme.

    Raises ReferenceInvalid with what is wrong, in words that don't repeat the text.
    """
    for scheme in SCHEMES:
        if text.startswith(scheme):
            text = text[len(scheme) :]
            break
    mount_path, hash_sign, key = text.partition("#")
    if not hash_sign:
        raise ReferenceInvalid("it has no #KEY: write vault:MOUNT/PATH#KEY")
    mount_path, question_mark, query = mount_path.partition("?")
    _check_path(mount_path)
    key, version = _split_version(key)
    _check_word(key, "the key after #")
    if "#" in key:
        raise ReferenceInvalid("it has more than one #: neither a path nor a key can contain one")
    if "|" in text:
        raise ReferenceInvalid("it has a |, which separates references; neither a path nor a key can contain one")
    if not question_mark:
        return Reference(mount_path, key, version)
    if version is not None:
        raise ReferenceInvalid("it has parameters and a version: what is made of parameters has no versions")
    if mount_path.partition("/")[0] in _NO_WRITES:
        raise ReferenceInvalid("parameters are for engines that make credentials, not for Vault's own paths")
    return Reference(mount_path, key, None, _parameters(query))


def _parameters(query: str) -> tuple[tuple[str, str], ...]:
    from urllib.parse import unquote

    found: dict[str, str] = {}
    for part in query.split("&"):
        name, sign, value = part.partition("=")
        if not sign or not name:
            raise ReferenceInvalid("its parameters after ? must be NAME=VALUE, separated by &")
        _check_word(name, "a parameter's name")
        try:
            value = unquote(value, errors="strict")
        except UnicodeDecodeError:
            raise ReferenceInvalid("a parameter's value has %XX that is not UTF-8") from None
        if not value.isprintable():
            raise ReferenceInvalid("a parameter's value has a character that can't be printed")
        if found.setdefault(name, value) != value:
            raise ReferenceInvalid("it has a parameter twice, with different values")
    return tuple(sorted(found.items()))


def _query(parameters: tuple[tuple[str, str], ...]) -> str:
    if not parameters:
        return ""
    from urllib.parse import quote

    return "?" + "&".join(f"{name}={quote(value, safe='/:@,;+*!() ')}" for name, value in parameters)


def _check_path(mount_path: str) -> None:
    if mount_path.startswith("/"):
        raise ReferenceInvalid("it starts with a slash: write vault:MOUNT/PATH#KEY")
    segments = mount_path.split("/")
    if len(segments) < 2 or segments == ["", ""]:
        raise ReferenceInvalid("it needs a mount and a path: write vault:MOUNT/PATH#KEY")
    if segments[-1] == "":
        raise ReferenceInvalid("its path ends with a slash")
    for segment in segments:
        if segment == "":
            raise ReferenceInvalid("its path has two slashes in a row")
        if segment in (".", ".."):
            raise ReferenceInvalid("its path has a segment that is only dots")
        _check_word(segment, "its path")


def _split_version(key: str) -> tuple[str, int | None]:
    name, at_sign, digits = key.rpartition("@")
    if not at_sign:
        return key, None
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18 and int(digits) >= 1):
        raise ReferenceInvalid("the version after @ must be a whole number, 1 or more")
    return name, int(digits)


def _check_word(word: str, where: str) -> None:
    if not word:
        raise ReferenceInvalid(f"{where} is empty")
    if word != word.strip():
        raise ReferenceInvalid(f"{where} starts or ends with a space")
    if not word.isprintable():
        raise ReferenceInvalid(f"{where} has a character that can't be printed")
