"""The same settings, with one of the thirty kept in AWS Secrets Manager."""

from __future__ import annotations

from typing import Annotated

from pydantic import SecretStr

from benchmarks.settings import Settings
from confcontract import FromStore


class SettingsWithAws(Settings):
    secret_key: Annotated[SecretStr, FromStore("aws-sm:bench#secret_key")]
