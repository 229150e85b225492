"""Settings classes that say themselves what they read, and in which order."""

from __future__ import annotations

from typing import NamedTuple

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

Sources = tuple[PydanticBaseSettingsSource, ...]


class Given(NamedTuple):
    """The sources that pydantic-settings offers to a settings class, in its own order."""

    arguments: PydanticBaseSettingsSource
    environment: PydanticBaseSettingsSource
    env_files: PydanticBaseSettingsSource
    secrets_dirs: PydanticBaseSettingsSource


class OwnOrder:
    """Stands before BaseSettings; `in_order` says what the class reads, the first that has a value wins."""

    @classmethod
    def in_order(cls, given: Given) -> Sources:
        raise NotImplementedError(cls)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> Sources:
        return cls.in_order(Given(init_settings, env_settings, dotenv_settings, file_secret_settings))
