"""The scheme of a reference and the secret store that reads it: one table for all code that looks for references."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Scheme:
    """The scheme of references to one store: `prefix`, with the colon.

    store: the store's name. form: an example of a reference. configured_by: what an operator sets to configure the
    store. characters: those allowed in a name, "" for all printable ones except blanks. has_keys: whether #KEY may
    follow the name.
    """

    __slots__ = ("characters", "configured_by", "form", "has_keys", "prefix", "store")

    def __init__(
        self, prefix: str, store: str, form: str, configured_by: str, characters: str = "", has_keys: bool = True
    ) -> None:
        self.prefix = prefix
        self.store = store
        self.form = form
        self.configured_by = configured_by
        self.characters = characters
        self.has_keys = has_keys


VAULT = "vault:"
AWS_SECRETS = "aws-sm:"
AWS_PARAMETERS = "aws-ssm:"

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_VAULT_FORM = "vault:MOUNT/PATH#KEY"
_BY_VAULT_ADDR = "VAULT_ADDR and credentials"
_BY_REGION = "AWS_REGION and credentials"

# The colon of an ARN is among the characters: only its ARN identifies a secret of another account.
SCHEMES = {
    scheme.prefix: scheme
    for scheme in (
        Scheme(VAULT, "Vault", _VAULT_FORM, _BY_VAULT_ADDR),
        Scheme("bao:", "Vault", _VAULT_FORM, _BY_VAULT_ADDR),
        Scheme(AWS_SECRETS, "AWS Secrets Manager", "aws-sm:NAME#KEY", _BY_REGION, f"{_LETTERS}/_+=.@-:"),
        Scheme(AWS_PARAMETERS, "AWS Parameter Store", "aws-ssm:/PATH/NAME", _BY_REGION, f"{_LETTERS}/_.-:", False),
    )
}
OF_VAULT = (VAULT, "bao:")


def scheme_of(text: str) -> Scheme:
    """The scheme of a reference, with or without alternatives. A reference without a scheme is one to Vault."""
    head, colon, _ = text.partition(":")
    return SCHEMES.get(head + colon) or SCHEMES[VAULT]


def register(scheme: Scheme) -> None:
    """Register a scheme in this process, so that such references are read: see `confcontract.secrets.add_store`.

    Raises ValueError for a prefix that is in use, or is not a valid prefix.
    """
    word = scheme.prefix[:-1]
    if scheme.prefix[-1:] != ":" or len(word) < 2 or not (word.isascii() and word.replace("-", "").isalnum()):
        raise ValueError(f"{scheme.prefix!r} is not a scheme: write letters, digits and dashes, then a colon")
    if scheme.prefix in SCHEMES or word != word.lower():
        raise ValueError(f"{scheme.prefix!r} is already used, or not in lower case")
    SCHEMES[scheme.prefix] = scheme


def place(text: str) -> str:
    """One reference in the form for messages: `Vault secret/shop#key`, `aws-sm:shop#key`."""
    head, colon, _ = text.partition(":")
    of_another = head + colon in SCHEMES and head + colon not in OF_VAULT
    return text if of_another else f"Vault {without_vault_scheme(text)}"


def without_vault_scheme(text: str) -> str:
    """One reference as a class may write it: the scheme of Vault is implied."""
    head, colon, rest = text.partition(":")
    return rest if head + colon in OF_VAULT else text


def stores(texts: Iterable[str]) -> str:
    """The names of the stores of some references: `Vault`, `AWS Secrets Manager or Vault`."""
    return " or ".join(dict.fromkeys(scheme_of(text).store for text in texts))


def with_scheme(text: str) -> str:
    """One reference as an operator writes it; the scheme of Vault is added if it is missing."""
    head, colon, _ = text.partition(":")
    return text if head + colon in SCHEMES else f"{VAULT}{text}"
