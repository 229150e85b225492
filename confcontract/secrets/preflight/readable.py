"""`confcontract secrets check`: what this identity can read, what it can't, and why. Nothing is created."""

from __future__ import annotations

from confcontract.contract.reference import ReferenceInvalid, parse_references
from confcontract.contract.schemes import scheme_of
from confcontract.report.problem import INFO, WARNING
from confcontract.secrets.vault.values import wanted_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from confcontract.report.problem import Problem
    from confcontract.secrets.preflight.needed import Needed
    from confcontract.secrets.several import Stores
    from confcontract.secrets.vault.values import Wanted

READABLE = "readable"
CREATABLE = "can be created"
ABSENT = "absent"
NOT_ASKED = "not requested"
# Codes of an absent secret: with a fallback, or marked as optional, it is not a problem.
ABSENCES = (
    *("vault-path-missing", "vault-key-missing", "vault-version-deleted"),
    *("store-secret-missing", "store-key-missing", "store-version-missing"),
)


class ReferenceRow:
    """The result for one reference of one variable.

    verdict: one of the words above, or the code of a problem. used: boot would use the value from here.
    """

    __slots__ = ("note", "reference", "used", "variable", "verdict")

    def __init__(self, variable: str, reference: str, verdict: str, note: str = "", *, used: bool = False) -> None:
        self.variable = variable
        self.reference = reference
        self.verdict = verdict
        self.note = note
        self.used = used

    def as_dict(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in ("variable", "reference", "verdict", "note", "used")}


def check(needed: Sequence[Needed], stores: Stores) -> tuple[list[ReferenceRow], list[Problem]]:
    """Check every reference, each one separately and in the order in which boot would try them. One request for each
    path.
    """
    asked = [item for item in needed if item.given is None]
    apart = [item for item in asked if len(item.references) > 1 or item.optional]
    questions = [(item.variable, item.text) for item in asked]
    questions += [(item.variable, reference.text) for item in apart for reference in item.references]
    answers = iter(answers_of(questions, stores))
    whole = {item.variable: next(answers) for item in asked}
    each = {item.variable: [next(answers) for _ in item.references] for item in apart}
    rows: list[ReferenceRow] = []
    problems: list[Problem] = []
    for item in needed:
        if item.given is not None:
            rows.append(ReferenceRow(item.variable, item.text, NOT_ASKED, f"set by the {item.given}"))
            continue
        answer, alternatives = whole[item.variable], each.get(item.variable, [])
        rows += _rows(item, answer, alternatives)
        problems += _problems(item, answer, alternatives)
    return rows, problems


def answers_of(questions: Sequence[tuple[str, str]], stores: Stores) -> list[Wanted]:
    """The result of each question (a variable, its references or one of them), in their order. Each store is used once,
    for all of its questions.
    """
    answers: dict[int, Wanted] = {}
    by_store: dict[str, list[int]] = {}
    mixed: dict[int, list[int]] = {}
    asked = list(questions)
    for number, (variable, text) in enumerate(questions):
        alternatives = _alternatives(text)
        if len({scheme_of(each).prefix for each in alternatives}) < 2:
            by_store.setdefault(store_word(alternatives[0]), []).append(number)
            continue
        for each in alternatives:
            asked.append((variable, each))
            mixed.setdefault(number, []).append(len(asked) - 1)
            by_store.setdefault(store_word(each), []).append(len(asked) - 1)
    for numbers in by_store.values():
        found = _checked(stores.store_of(scheme_of(asked[numbers[0]][1]).prefix), [asked[at] for at in numbers])
        answers.update(zip(numbers, found, strict=True))
    for number, parts in mixed.items():
        answers[number] = _first_there(wanted_of(*questions[number]), [answers[part] for part in parts])
    return [answers[number] for number in range(len(questions))]


def store_word(text: str) -> str:
    """The store's name for people: both services of AWS have the same."""
    store = scheme_of(text).store
    return "AWS" if store.startswith("AWS ") else store


def _alternatives(text: str) -> list[str]:
    try:
        return [each.text for each in parse_references(text).alternatives]
    except ReferenceInvalid:
        return [text]


def _checked(store: Any, questions: Sequence[tuple[str, str]]) -> list[Wanted]:
    """If a store can't check whether it would return something, read it."""
    if hasattr(store, "check"):
        found: list[Wanted] = store.check(questions)
        return found
    answers = []
    try:
        for variable, text in questions:
            wanted, fetched = wanted_of(variable, text), store.read({variable: text})
            wanted.found, wanted.creatable = variable in fetched.values, variable in fetched.creatable
            wanted.problem = next(iter(fetched.problems), wanted.problem)
            answers.append(wanted)
    finally:
        store.close()
    return answers


def _first_there(whole: Wanted, parts: Sequence[Wanted]) -> Wanted:
    """The first result that is not absent, for references to several stores."""
    for at, part in enumerate(parts):
        if part.problem is None or part.problem.code not in ABSENCES:
            whole.at, whole.problem = at, part.problem
            whole.found, whole.creatable, whole.answered_by = part.found, part.creatable, part.answered_by
            return whole
    whole.problem = None if whole.optional else parts[0].problem
    return whole


def _rows(item: Needed, whole: Wanted, alternatives: Sequence[Wanted]) -> list[ReferenceRow]:
    rows = []
    found = False
    for reference, answer in zip(item.references, alternatives or [whole], strict=False):
        problem = answer.problem
        if answer.found or answer.creatable:
            verdict = CREATABLE if answer.creatable else READABLE
            other = answer.answered_by
            note = f"answered by {other}, to which VAULT_ADDR redirects" if other else ""
            rows.append(ReferenceRow(item.variable, reference.text, verdict, note, used=not found))
            found = True
        elif problem is not None:
            absent = bool(alternatives) and problem.code in ABSENCES
            rows.append(
                ReferenceRow(item.variable, reference.text, ABSENT if absent else problem.code, problem.message)
            )
    if not rows and whole.problem is not None:
        rows.append(ReferenceRow(item.variable, "", whole.problem.code, whole.problem.message))
    return rows


def _problems(item: Needed, whole: Wanted, alternatives: Sequence[Wanted]) -> list[Problem]:
    """The problem that boot would have, and warnings for fallbacks that it would not reach."""
    fatal = whole.problem
    if fatal is not None and fatal.source is None and item.read_in:
        fatal = fatal.but(source=item.read_in)  # there is no reference to name
    found = [] if fatal is None else [fatal]
    for problem in [answer.problem for answer in alternatives]:
        if problem is None or (fatal is not None and problem.source == fatal.source):
            continue
        severity = INFO if problem.code in ABSENCES else WARNING
        found.append(problem.but(severity=severity))
    return found


def as_data(rows: Sequence[ReferenceRow], problems: Sequence[Problem], exit_code: int) -> dict[str, Any]:
    return {
        "exitCode": exit_code,
        "references": [row.as_dict() for row in rows],
        "problems": [problem.as_dict() for problem in problems],
    }


def as_text(rows: Sequence[ReferenceRow]) -> str:
    """One line for each reference; the reasons are in the report of the problems."""
    from confcontract.report.terminal import columns, pad, printable

    lines = [(printable(row.variable), printable(row.reference) or "(no reference)", _words(row)) for row in rows]
    widths = [max((columns(line[at]) for line in lines), default=0) for at in (0, 1)]
    return "".join(f"{pad(line[0], widths[0])}  {pad(line[1], widths[1])}  {line[2]}\n" for line in lines)


def _words(row: ReferenceRow) -> str:
    said = row.verdict in (NOT_ASKED, READABLE, CREATABLE) and row.note  # the report has the rest
    return f"{row.verdict}: {row.note}" if said else row.verdict
