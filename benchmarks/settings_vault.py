"""The same settings, with one of the thirty kept in Vault."""

from __future__ import annotations

from typing import Annotated

from pydantic import SecretStr

from benchmarks.settings import Settings
from confcontract import Vault


class SettingsWithVault(Settings):
    secret_key: Annotated[SecretStr, Vault("secret/bench#secret_key")]
