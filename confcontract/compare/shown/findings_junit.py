"""As JUnit XML: each finding that blocks is a failure; a comparison that failed is an error."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from confcontract.compare.diff import Comparison
from confcontract.compare.finding import Finding
from confcontract.compare.report_of_diff import DiffReport, called, step
from confcontract.findings.direction import Direction
from confcontract.report import terminal


def render(report: DiffReport, **_: object) -> str:
    suites = [_failed(report)] if report.failed else []
    for comparison in report.comparisons if not report.failed else ():
        suites += [_suite(report, comparison, direction) for direction in comparison.directions]
    return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n' + "".join(suites) + "</testsuites>\n"


def _failed(report: DiffReport) -> str:
    text = "; ".join(problem.message for problem in report.problems)
    case = _case(
        "evaluated", f"<error message={_attribute('the comparison could not be evaluated')}>{_text(text)}</error>"
    )
    return _wrapped("confcontract diff", [case], errors=1)


def _suite(report: DiffReport, comparison: Comparison, direction: Direction) -> str:
    found: Sequence[Finding] = comparison.of(direction)
    cases, failures, skipped = [], 0, 0
    for each in found:
        where = f"{each.where or each.path} {each.rule}".strip()
        text = f"{each.sentence}. {each.remedy}"
        if report.blocks(each):
            failures += 1
            cases.append(_case(where, f"<failure message={_attribute(each.sentence)}>{_text(text)}</failure>"))
        elif each.approved:
            skipped += 1
            cases.append(_case(where, f"<skipped message={_attribute('approved: ' + each.approved)}/>"))
        else:
            cases.append(_case(where, f"<system-out>{_text(f'{each.severity.value}: {text}')}</system-out>"))
    if not cases:
        cases = [_case(f"the {step(direction)} is safe", "")]
    name = f"{step(direction)}: {called(comparison, direction)}"
    return _wrapped(name, cases, failures=failures, skipped=skipped)


def _wrapped(name: str, cases: Sequence[str], *, failures: int = 0, errors: int = 0, skipped: int = 0) -> str:
    counts = f'tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="{skipped}"'
    return f"  <testsuite name={_attribute(name)} {counts}>\n{''.join(cases)}  </testsuite>\n"


def _case(name: str, inside: str) -> str:
    return f'    <testcase classname="confcontract.diff" name={_attribute(name)}>{inside}</testcase>\n'


def _text(text: str) -> str:
    return escape(terminal.harmless(terminal.printable(text)))


def _attribute(text: str) -> str:
    return quoteattr(terminal.harmless(terminal.printable(text)))
