"""Defaults in words, without secrets; and whether one is valid."""

from __future__ import annotations

import json

from confcontract.compare.pairing import Pair, Variable
from confcontract.contract.artifact import is_hidden
from confcontract.verdict.mask import MASK, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.compare.accepted import IndexedPlan


def defaults_in_words(pair: Pair) -> tuple[str, str]:
    """The defaults of both versions. If one of them hides the variable, the other does not show its default either:
    text that becomes a secret was one before.
    """
    hidden = is_hidden(pair.old) or is_hidden(pair.new)
    return default_in_words(pair.old, hidden=hidden), default_in_words(pair.new, hidden=hidden)


def default_in_words(variable: Variable, *, hidden: bool = False) -> str:
    """The value of a variable that is not set, in words; "nothing" if there is no default. hidden: mask it whatever the
    variable says.
    """
    if variable.get("computed"):
        return "computed at each start"
    if variable.get("defaultInCode"):
        return "a secret in the application's code"
    if (hidden or is_hidden(variable)) and variable.get("default") not in (None, ""):
        return MASK
    if "defaultText" in variable:
        text = variable["defaultText"]
        return f'"{shown(text, variable) if text else ""}"'
    if "default" in variable:
        value = variable["default"]
        return "null" if value is None else shown(json.dumps(value, sort_keys=True, ensure_ascii=False), variable)
    return "nothing"


def is_same_default(pair: Pair) -> bool:
    """Whether both defaults are the same data, even if they would be written differently as text."""
    data = [json.dumps(each["default"], sort_keys=True) for each in (pair.old, pair.new) if "default" in each]
    return len(data) == 2 and data[0] == data[1]


def refused_default(plan: IndexedPlan, variable: Variable) -> str | None:
    """Why the default of a variable is not valid by its own rules, in pydantic's words; None if it is, or if that is
    unknown.
    """
    default = variable.get("default")
    if is_hidden(variable) or default is None or "defaultText" in variable or variable["type"]["kind"] == "object":
        return None  # a default that can be written as text is accepted
    if variable["encoding"] == "plain" and isinstance(default, (list, dict)):
        return None  # no text gives it
    from confcontract.compare.accepted import SECONDS, Side
    from confcontract.compare.accepted.text_trial import NotAlone, trial_of
    from confcontract.host.sourcefile import OutOfTime
    from confcontract.host.trial import in_time

    side = Side(plan, variable)
    try:
        trial = trial_of(side, required=False)
    except NotAlone:
        return None
    text = default if isinstance(default, str) and variable["encoding"] == "plain" else json.dumps(default)
    try:
        accepted = in_time(lambda: trial.accepts(text), 2 * SECONDS) if side.backtracks else trial.accepts(text)
    except OutOfTime:
        return None
    return None if accepted else "is refused where it is written out"
