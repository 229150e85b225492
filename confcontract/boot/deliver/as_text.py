"""Secrets as the text of a dotenv file."""

from __future__ import annotations

from confcontract.contract.dotenvtext import quoted
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.verdict.resolution import Resolution

FILE = "CONFCONTRACT_SECRETS_FILE"  # the variable that names such a file for the application


def dotenv(secret: Mapping[str, str], resolution: Resolution) -> str:
    """A dotenv file that python-dotenv reads back to the same values. Raises ConfigurationInvalid if it can't be."""
    for name, value in secret.items():
        try:
            # in a locale that isn't UTF-8, its bytes can still be valid
            value.encode("utf-8", "surrogateescape").decode()
        except UnicodeError:
            message = "holds bytes that are not UTF-8, which a dotenv file can't carry"
            hint = "use --deliver env, or encode the value (base64)"
            source = str(resolution.source_of(name) or "")
            problem = Problem("delivery-impossible", message, variable=name, source=source or None, hint=hint)
            raise ConfigurationInvalid(problem) from None
    return "".join(f"{_key(name)}={quoted(value)}\n" for name, value in secret.items())


def _key(name: str) -> str:
    """A name with blanks or # in it is quoted as well."""
    return name if not set(name) & set(" \t#") else f"'{name}'"
