"""A validator with patterns in Python's dialect, which may take for ever on a value."""

from __future__ import annotations

from confcontract.contract.engine import Validator
from confcontract.host.trial import in_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class TimedValidator(Validator):
    """Raises OutOfTime as well, where a deadline is set."""

    __slots__ = ()

    def validate_python(self, value: Any) -> Any:
        validate = super().validate_python
        return in_time(lambda: validate(value))
