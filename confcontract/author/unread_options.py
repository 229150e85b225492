"""Options of configuration files in `model_config` without effect: no source of the class reads such files.

pydantic-settings warns about them whenever the class is instantiated, but nobody sees that in a container.
"""

from __future__ import annotations

from typing import Any

from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    TomlConfigSettingsSource,
    YamlConfigSettingsSource,
)

from confcontract.author.refusals import warning
from confcontract.report.problem import Problem

_NEEDED: dict[str, type[PydanticBaseSettingsSource]] = {
    "toml_file": TomlConfigSettingsSource,
    "yaml_file": YamlConfigSettingsSource,
    "json_file": JsonConfigSettingsSource,
}


def unread_options(cls: type[BaseSettings], sources: list[type]) -> list[Problem]:
    """A warning for each file that is named and never read. sources: the types of the class's sources."""
    config: Any = cls.model_config
    return [
        warning(
            cls,
            (),
            f"names a {option} in model_config, which is never read: it has no {needed.__name__}",
            f"return {needed.__name__}(settings_cls) from settings_customise_sources, or take {option} out",
        )
        for option, needed in _NEEDED.items()
        if config.get(option) is not None and not any(issubclass(each, needed) for each in sources)
    ]
