"""The grammar of a reference to Vault: `MOUNT/PATH#KEY` or `MOUNT/PATH#KEY@VERSION`.

In a variable's value it starts with `vault:` or `bao:`; in the marker `Vault("secret/shop#database_url")` it has no
scheme. The path is the logical one, as in `bao kv get secret/shop`: no `data/` in it, whatever the engine's version.
"""

from __future__ import annotations

SCHEMES = ("vault:", "bao:")


class ReferenceInvalid(ValueError):
    """A text is no reference. The words say what is wrong but never quote the text: it may be a misplaced secret."""


class Reference:
    """One key of one secret.

    mount_path: mount and path, as in `secret/shop`. key: the key in the secret. version: of a KV version 2 secret, None
    for the latest. text: the canonical spelling, without scheme.
    """

    __slots__ = ("key", "mount_path", "text", "version")

    def __init__(self, mount_path: str, key: str, version: int | None = None) -> None:
        self.mount_path = mount_path
        self.key = key
        self.version = version
        self.text = f"{mount_path}#{key}" if version is None else f"{mount_path}#{key}@{version}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return f"vault:{self.text}"

    def __repr__(self) -> str:
        return f"Reference({self.text!r})"


def is_reference(value: str) -> bool:
    """True if an operator's value asks for Vault. It may still be an invalid reference."""
    return value.startswith(SCHEMES)


def parse_reference(text: str) -> Reference:
    """Read a reference, with or without its scheme.

    Raises ReferenceInvalid with what is wrong, in words that don't repeat the text.
    """
    for scheme in SCHEMES:
        if text.startswith(scheme):
            text = text[len(scheme) :]
            break
    mount_path, hash_sign, key = text.partition("#")
    if not hash_sign:
        raise ReferenceInvalid("it has no #KEY: write vault:MOUNT/PATH#KEY")
    _check_path(mount_path)
    key, version = _split_version(key)
    _check_word(key, "the key after #")
    if "#" in key:
        raise ReferenceInvalid("it has more than one #: neither a path nor a key can contain one")
    return Reference(mount_path, key, version)


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
