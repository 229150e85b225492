"""A validator with patterns in Python's dialect, which may run for ever on some values."""

from __future__ import annotations

from confcontract.contract.engine import Validator
from confcontract.host.trial import in_time
from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from confcontract.contract.artifact import Contract


class TimedValidator(Validator):
    """Also raises OutOfTime if a deadline is set."""

    __slots__ = ()

    def validate_python(self, value: Any) -> Any:
        validate = super().validate_python
        return in_time(lambda: validate(value))


def took_too_long(contract: Contract) -> ConfigurationInvalid:
    """The message for an OutOfTime."""
    names = [each["name"] for each in contract.variables if "pattern" in each.get("constraints", ())]
    of = f" of {' or '.join(names)}" if 0 < len(names) <= 5 else ""
    message = f"was not validated in time: a pattern{of}, which needs Python's re, takes too long on a value"
    hint = (
        "correct the value: the application would take as long. Its author can rewrite the pattern without nested "
        "repeats"
    )
    variable = names[0] if len(names) == 1 else None
    return ConfigurationInvalid(Problem("value-invalid", message, variable=variable, hint=hint))
