"""How references begin, and which secret store reads what begins so: one table for all who look for references."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Scheme:
    """How references to one store begin, with the colon: `prefix`.

    store: what the store is called. form: of a reference, as an example. configured_by: what an operator sets so that
    the store is asked. characters: those that a name may have, "" for all that can be printed but blanks. has_keys:
    whether #KEY may follow the name.
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

# The colon of an ARN is among the characters: a secret of another account is only known by it.
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
    """The scheme of a reference, with or without alternatives. One without a scheme is a reference to Vault."""
    head, colon, _ = text.partition(":")
    return SCHEMES.get(head + colon) or SCHEMES[VAULT]


def register(scheme: Scheme) -> None:
    """Have references that begin so read, by this process: see `confcontract.secrets.add_store`.

    Raises ValueError for a prefix that is taken, or is none.
    """
    word = scheme.prefix[:-1]
    if scheme.prefix[-1:] != ":" or len(word) < 2 or not (word.isascii() and word.replace("-", "").isalnum()):
        raise ValueError(f"{scheme.prefix!r} is not a scheme: write letters, digits and dashes, then a colon")
    if scheme.prefix in SCHEMES or word != word.lower():
        raise ValueError(f"{scheme.prefix!r} is already used, or not in lower case")
    SCHEMES[scheme.prefix] = scheme


def place(text: str) -> str:
    """One reference as people read where it leads: `Vault secret/shop#key`, `aws-sm:shop#key`."""
    head, colon, _ = text.partition(":")
    of_another = head + colon in SCHEMES and head + colon not in OF_VAULT
    return text if of_another else f"Vault {without_vault_scheme(text)}"


def without_vault_scheme(text: str) -> str:
    """One reference as a class may write it, where Vault goes without saying."""
    head, colon, rest = text.partition(":")
    return rest if head + colon in OF_VAULT else text


def stores(texts: Iterable[str]) -> str:
    """What the stores of some references are called: `Vault`, `AWS Secrets Manager or Vault`."""
    return " or ".join(dict.fromkeys(scheme_of(text).store for text in texts))


def with_scheme(text: str) -> str:
    """One reference as an operator writes it, from one that may lack the scheme of Vault."""
    head, colon, _ = text.partition(":")
    return text if head + colon in SCHEMES else f"{VAULT}{text}"
