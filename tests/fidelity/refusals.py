"""Why bake may refuse a class that was drawn: each reason is checked against the class itself."""

from __future__ import annotations

import re
import warnings
from contextlib import suppress
from typing import Any

from pydantic import TypeAdapter, ValidationError

from .oracle import settings_verdict
from .spec import Environment, SettingsSpec

# Words of bake's message -> what must be true of the class.
REASONS = {
    "which would be readable in the image": "secret default",
}

# What nested_model_default_partial_update meets in some defaults, at every start.
CANT_DUMP = re.compile("PydanticSerializationError|TypeError: first argument must be callable")


def reason_of(settings: type[Any], spec: SettingsSpec, message: str) -> str:
    """The reason; fails where bake gives one that the class does not have."""
    told = next((reason for words, reason in REASONS.items() if words in message), None)
    if told is None and CANT_DUMP.match(settings_verdict(settings, Environment()).reason):
        return "a default that Settings() itself can't handle"
    assert told, f"bake refuses for a reason that this suite doesn't know: {message}\n{spec.source()}"
    true = spec.flaws()
    if told == "secret default" and becomes_secret(settings):  # text that a union makes a secret
        true.add(told)
    assert told in true, f"bake refuses, but the class has no {told}: {message}\n{spec.source()}"
    return told


def becomes_secret(settings: type[Any]) -> bool:
    """Whether a default of the class, validated, holds a secret."""
    for info in settings.model_fields.values():
        with suppress(ValidationError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = TypeAdapter(list[info.annotation]).validate_python([info.default])  # type: ignore[name-defined]
            if "('**********')" in repr(made):
                return True
    return False
