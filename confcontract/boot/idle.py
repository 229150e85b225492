"""Options without effect in combination with others: refused on the command line, only warned about in variables."""

from __future__ import annotations

from confcontract.boot.options import OPTIONS, SUPERVISE, VARIABLES
from confcontract.report.errors import UsageError
from confcontract.report.problem import WARNING, Problem
from confcontract.verdict.environment import OURS, may_match

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.boot.options import Options
    from confcontract.contract.artifact import Contract


def refuse_idle(options: Options, contract: Contract | None = None) -> None:
    """Raises UsageError for the first that was given on the command line. contract: None where it isn't read yet."""
    _refuse_needless_keep(options.keep)
    for name, missing in _idle(options, contract).items():
        if name in options.given:
            hint = f"add {missing}, or leave --{name} out"
            raise UsageError(Problem("usage", f"--{name} has no effect without {missing}", hint=hint))


def _refuse_needless_keep(patterns: Sequence[str]) -> None:
    """Refuse --keep for a variable that boot hands over anyway."""
    for pattern in patterns:
        if not may_match(pattern, OURS):
            name = pattern.partition("=")[0]  # NAME=VALUE here may contain a secret
            ours = ", ".join(f"{beginning}*" for beginning in OURS)
            hint = f"leave it out: the command gets every variable but {ours}"
            raise UsageError(Problem("usage", f"--keep {name} has no effect", hint=hint))


def idle_variables(options: Options, contract: Contract) -> list[Problem]:
    """Warnings for those that come from a variable, which may be set for several containers at once."""
    found = _idle(options, contract)
    return [
        Problem(
            "usage",
            f"{variable} has no effect without {found[name]}",
            variable=variable,
            source="environment",
            hint=f"add {found[name]}, or unset it",
            severity=WARNING,
        )
        for variable, name in VARIABLES.items()
        if name in found and name in options.by_variable and name not in options.given
    ]


def _idle(options: Options, contract: Contract | None) -> dict[str, str]:
    """The options that would have no effect, and what they lack."""
    unmet = set() if options.supervise else {SUPERVISE}
    if contract is not None and (options.deliver or contract.deliver) != "files":
        unmet.add("--deliver files")
    return {option.name: option.needs for option in OPTIONS if option.needs in unmet}
