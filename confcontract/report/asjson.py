"""A report as JSON."""

from __future__ import annotations

from confcontract.report import terminal
from confcontract.report.errors import exit_code
from confcontract.report.formats import HEADINGS, hint_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.report.problem import Problem


def render(problems: Sequence[Problem], *, code: int | None = None, **_: object) -> str:
    import json

    report = {
        "exitCode": exit_code(problems) if code is None else code,
        "counts": {
            heading: sum(problem.severity == severity for problem in problems) for severity, heading in HEADINGS
        },
        "problems": [
            {key: _decodable(value) for key, value in (problem.as_dict() | {"hint": hint_of(problem)}).items()}
            for problem in problems
        ],
    }
    return terminal.harmless_json(json.dumps(report, indent=2)) + "\n"


def _decodable(text: str | None) -> str | None:
    """Undecodable bytes of an environment are lone surrogates, which a JSON reader may refuse."""
    return text if text is None else text.encode("utf-8", "backslashreplace").decode("utf-8")
