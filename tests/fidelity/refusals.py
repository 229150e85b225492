"""Why bake may refuse a class that was drawn: each reason is checked against the class itself."""

from __future__ import annotations

from typing import Any

from .spec import SettingsSpec

# Words of bake's message -> what must be true of the class.
REASONS = {
    "secret": "secret default",
    "does not pass": "invalid default",
    "same name": "colliding names",
}


def reason_of(settings: type[Any], spec: SettingsSpec, message: str) -> str:
    """The reason; fails where bake gives one that the class does not have."""
    told = next((reason for words, reason in REASONS.items() if words in message), None)
    assert told, f"bake refuses for a reason that this suite doesn't know: {message}\n{spec.source()}"
    true = spec.flaws() | ({"colliding names"} if colliding(settings, spec) else set())
    assert told in true, f"bake refuses, but the class has no {told}: {message}\n{spec.source()}"
    return told


def colliding(settings: type[Any], spec: SettingsSpec) -> bool:
    """Whether one variable can reach two fields."""
    from pydantic_settings import EnvSettingsSource

    source = EnvSettingsSource(settings)
    names: dict[str, str] = {}
    for name, info in settings.model_fields.items():
        for _, variable, _ in source._extract_field_info(info, name):
            if names.setdefault(variable, name) != name:
                return True
    return spec.delimiter == "_"
