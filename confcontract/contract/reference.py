"""The grammar of references to secret stores, as a variable's value and in the markers `Vault` and `FromStore`.

    REFERENCE     MOUNT/PATH#KEY             one key of a secret
                  MOUNT/PATH#KEY@VERSION     of one version, where the engine keeps versions (KV version 2)
                  MOUNT/PATH?NAME=VALUE&NAME=VALUE#KEY
                                             of what a write of these parameters returns, as with pki/issue/ROLE
    in a value    vault:REFERENCE            `bao:` means the same
                  vault:REFERENCE|REFERENCE  the first that exists; an absent one is skipped, a denial is an error
                  vault:REFERENCE|           or none: then a lower source or the default is used
    elsewhere     aws-sm:NAME                a secret of AWS Secrets Manager, whole; NAME may be an ARN
                  aws-sm:NAME#KEY@VERSION    one key of its JSON; of a version, by its id or its stage (AWSPREVIOUS)
                  aws-sm:NAME#@VERSION       whole, of a version; the # may be left out where NAME has no @
                  aws-ssm:/PATH/NAME@VERSION a parameter of AWS Parameter Store; of a version, by its number or label
                  vault:REFERENCE|aws-sm:NAME  of several stores: then each reference has its scheme

The path is the logical one, as in `bao kv get secret/shop`: no `data/` in it, whatever the engine's version. In a
parameter's value %XX stands for a byte, as in a URL: %26 for &, %23 for #, %7C for |. A path can't contain #, ? or |, a
key can't contain # or |. `schemes` is the table of schemes.
"""

from __future__ import annotations

from confcontract.contract.schemes import OF_VAULT, SCHEMES, VAULT, Scheme

# Paths where a write with parameters could change Vault itself. References may only read, or request a credential.
_NO_WRITES = ("sys", "auth", "identity", "cubbyhole")


class ReferenceInvalid(ValueError):
    """A text is not a reference. The words say what is wrong but never quote the text: it may be a misplaced secret."""


class Reference:
    """One key of one secret.

    scheme: the scheme of the store, from the table of schemes; `vault:` for `bao:` too. mount_path: mount and path, as
    in `secret/shop`; elsewhere the name of the secret. key: the key in the secret; "" for the whole secret, which Vault
    does not offer. text: the canonical spelling, without the scheme for Vault.

    For Vault: version: of a KV version 2 secret, None for the latest. parameters: sorted; if there are any, they are
    written to the path instead of reading it. For other stores: label: the version as it was written, "" for the
    latest.
    """

    __slots__ = ("key", "label", "mount_path", "parameters", "scheme", "text", "version")

    def __init__(
        self,
        mount_path: str,
        key: str,
        version: int | None = None,
        parameters: tuple[tuple[str, str], ...] = (),
        *,
        scheme: str = VAULT,
        label: str = "",
    ) -> None:
        self.scheme = scheme
        self.mount_path = mount_path
        self.key = key
        self.version = version
        self.parameters = parameters
        self.label = label
        if scheme == VAULT:
            self.text = f"{mount_path}{_query(parameters)}#{key}" + (f"@{version}" if version is not None else "")
        else:
            hash_sign = "#" if key or "@" in mount_path else ""
            self.text = f"{scheme}{mount_path}{hash_sign}{key}" + (f"@{label}" if label else "")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return f"{VAULT}{self.text}" if self.scheme == VAULT else self.text

    def __repr__(self) -> str:
        return f"Reference({self.text!r})"


class References:
    """The references of one variable. alternatives: best first, never empty. optional: whether all of them may be
    absent."""

    __slots__ = ("alternatives", "optional")

    def __init__(self, alternatives: tuple[Reference, ...], optional: bool) -> None:
        self.alternatives = alternatives
        self.optional = optional

    def __repr__(self) -> str:
        return f"References({'|'.join(one.text for one in self.alternatives)!r}, optional={self.optional})"


def is_reference(value: str) -> bool:
    """True if an operator's value refers to a secret store. The reference may still be invalid."""
    return value.startswith(tuple(SCHEMES))


def means_reference(text: str) -> bool:
    """Whether the whole text is a reference, or would be without capitals, blanks or quotes around it."""
    scheme, colon, rest = text.strip().strip("\"'").strip().partition(":")
    head = f"{scheme.lower()}{colon}"
    if head not in SCHEMES:
        return False
    try:
        parse_references(rest if head in OF_VAULT else head + rest)
    except ReferenceInvalid:
        return False
    return True


def join_references(alternatives: list[str], *, optional: bool) -> str:
    """The text of several references, best first, as an operator writes it (without schemes if all refer to Vault)."""
    if len(alternatives) > 1 and any(map(is_reference, alternatives)):
        alternatives = [each if is_reference(each) else f"{VAULT}{each}" for each in alternatives]
    return "|".join(alternatives) + ("|" if optional else "")


def parse_references(text: str) -> References:
    """Read a value's reference with its alternatives, with or without schemes. Raises ReferenceInvalid."""
    parts = text.split("|")
    optional = len(parts) > 1 and parts[-1] == ""
    if optional:
        parts.pop()
    elsewhere = [not part.startswith(OF_VAULT) and is_reference(part) for part in parts]
    if any(elsewhere) and not all(map(is_reference, parts)):
        raise ReferenceInvalid("of references to several stores, or to another one than Vault, each needs its scheme")
    return References(tuple(parse_reference(part) for part in parts), optional)


def parse_reference(text: str) -> Reference:
    """Read one reference, with or without its scheme.

    Raises ReferenceInvalid with what is wrong, in words that don't repeat the text.
    """
    head, colon, rest = text.partition(":")
    scheme = SCHEMES.get(head + colon)
    if scheme is not None and scheme.prefix not in OF_VAULT:
        return _elsewhere(scheme, rest)
    if scheme is not None:
        text = rest
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
        raise ReferenceInvalid("it has parameters and a version, but secrets created with parameters have no versions")
    if mount_path.partition("/")[0] in _NO_WRITES:
        raise ReferenceInvalid("parameters are for engines that create credentials, not for Vault's own paths")
    return Reference(mount_path, key, None, _parameters(query))


def _elsewhere(scheme: Scheme, text: str) -> Reference:
    """NAME, NAME@VERSION, NAME#KEY or NAME#KEY@VERSION; NAME#@VERSION for a NAME with an @."""
    if "|" in text:
        raise ReferenceInvalid("it has a |, which separates references; neither a name nor a key can contain one")
    name, hash_sign, key = text.partition("#")
    if "#" in key:
        raise ReferenceInvalid("it has more than one #: neither a name nor a key can contain one")
    if hash_sign and not scheme.has_keys:
        raise ReferenceInvalid(f"it has a #, and {scheme.store} has no keys within a value: write {scheme.form}")
    before, at_sign, label = (key if hash_sign else name).rpartition("@")
    if at_sign:
        _check_word(label, "the version after @")
        name, key = (name, before) if hash_sign else (before, "")
    _check_name(name, scheme)
    if key:
        _check_word(key, "the key after #")
    return Reference(name, key, scheme=scheme.prefix, label=label if at_sign else "")


def _check_name(name: str, scheme: Scheme) -> None:
    _check_word(name, "its name")
    has_blanks = any(character.isspace() for character in name)
    if has_blanks or (scheme.characters and not set(name) <= set(scheme.characters)):
        raise ReferenceInvalid(f"its name has a character that no name in {scheme.store} has: write {scheme.form}")
    if name.startswith("//"):
        raise ReferenceInvalid(f"it is a URL: write {scheme.form}")
    if ":" in name and scheme.characters and not name.startswith("arn:"):
        raise ReferenceInvalid("its name has a colon, and is not an ARN")
    if not scheme.has_keys and "/" in name and not name.startswith(("/", "arn:")):
        raise ReferenceInvalid(f"a path begins with a slash: write {scheme.form}")


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
