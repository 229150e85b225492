"""What has to be written so that a deployment finds its secrets: compares given values with the stores.

The stores are read as by `secrets check`. A value is never shown: only whether two are equal, and a fingerprint under a
key of this run, which is not stored, so that short secrets can't be guessed from it.
"""

from __future__ import annotations

from confcontract.contract.schemes import AWS_PARAMETERS, AWS_SECRETS, VAULT
from confcontract.report.problem import ERROR, Problem
from confcontract.secrets.preflight.readable import ABSENCES, READABLE, check
from confcontract.secrets.seeding.generated_values import rules_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.contract.reference import Reference
    from confcontract.secrets.preflight.needed import Needed
    from confcontract.secrets.seeding.target import Held, SeedTarget
    from confcontract.secrets.several import Stores
    from confcontract.secrets.vault.failure import RequestFailed

    Targets = Callable[[str], SeedTarget]

# Verdicts on a variable.
THERE = "there"  # in the store, and nothing was given
SAME = "the same"
KEPT = "differs, unchanged"
UPDATE = "differs, to be updated"
WRITE = "missing, to be written"
GENERATE = "missing, to be generated"
LACKING = "missing, no value given"
NOT_OURS = "not written here"  # created by the store, a fixed version, or a store that can't be written
FAILED = "could not be read"
WRONG = "the value is refused"
WRITTEN = "written"
NOT_WRITTEN = "not written"  # it should be written, but something else is wrong
CHANGES = (UPDATE, WRITE, GENERATE)


class SeedRow:
    """One variable. reference: its present or future place, as an operator writes it. given, stored: fingerprints."""

    __slots__ = ("given", "reference", "stored", "variable", "verdict")

    def __init__(self, variable: str, reference: str, verdict: str, given: str = "", stored: str = "") -> None:
        self.variable = variable
        self.reference = reference
        self.verdict = verdict
        self.given = given
        self.stored = stored

    def as_dict(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in ("variable", "reference", "verdict", "given", "stored")}


class SeedPlan:
    """rows: by variable. problems: of reading and of the values. held: scheme and name of a secret → what is stored.
    writes: the same → its keys that change: key → (value, the variables that are stored there).
    """

    def __init__(self) -> None:
        self.rows: list[SeedRow] = []
        self.problems: list[Problem] = []
        self.held: dict[tuple[str, str], Held] = {}
        self.writes: dict[tuple[str, str], dict[str, tuple[str, list[str]]]] = {}

    @property
    def evaluated(self) -> bool:
        return not any(problem.severity == ERROR and problem.code != "seed-value-missing" for problem in self.problems)

    @property
    def has_changes(self) -> bool:
        return any(row.verdict in CHANGES or row.verdict == LACKING for row in self.rows)


def make_plan(
    contract: Contract,
    needed: Sequence[Needed],
    given: Mapping[str, str],
    stores: Stores,
    targets: Targets,
    *,
    update: bool,
    role: str | None = None,
) -> SeedPlan:
    """Compare. update: also write what differs. targets: scheme → the target. Nothing is written."""
    from confcontract.contract.schemes import with_scheme
    from confcontract.secrets.seeding.shared_places import settled

    plan = SeedPlan()
    targets_of = {item.variable: target for item in needed if item.given is None and (target := _target_of(item))}
    rows, problems = check(needed, stores)
    there = {row.variable: with_scheme(row.reference) for row in rows if row.verdict == READABLE and row.used}
    plan.problems += _unplaced(needed, given)
    values, supplied, unlike = settled(targets_of, given, rules_of(contract, there))
    plan.problems += unlike
    values.update((item.variable, given[item.variable]) for item in needed if item.variable in given)
    plan.problems += _refused(contract, values, role)
    failed = {problem.variable for problem in problems if problem.severity == ERROR and problem.code not in ABSENCES}
    plan.problems += [problem for problem in problems if problem.code not in ABSENCES]
    wrong = {problem.variable for problem in plan.problems if problem.severity == ERROR} - failed
    wanted = {name: target for name, target in targets_of.items() if name not in failed}
    _look(plan, {name: to for name, to in wanted.items() if name in supplied or name not in there}, targets)
    print_of = _fingerprints()
    for item in needed:
        name = item.variable
        target = _target_of(item)
        text = with_scheme(item.text)
        if name in wrong:
            plan.rows.append(SeedRow(name, text, WRONG))
        elif name in failed or name in {problem.variable for problem in plan.problems if problem.severity == ERROR}:
            plan.rows.append(SeedRow(name, text, FAILED))
        elif item.given is not None or (target is None and name not in given):
            plan.rows.append(SeedRow(name, text, THERE if name in there else NOT_OURS))
        elif target is None:
            plan.rows.append(SeedRow(name, text, NOT_OURS))
            message, hint = why_not_written(item.references[0])
            plan.problems.append(Problem("seed-value-unplaced", message, variable=name, source=item.text, hint=hint))
        elif name in there and name not in supplied:
            plan.rows.append(SeedRow(name, there[name], THERE))
        else:
            _weigh(plan, item, target, values.get(name), print_of, update=update, made=name not in supplied)
    return plan


def _weigh(
    plan: SeedPlan,
    item: Needed,
    target: Reference,
    value: str | None,
    print_of: Callable[[str], str],
    *,
    update: bool,
    made: bool,
) -> None:
    from confcontract.contract.envtext import ValueUnusable, to_text

    place = (target.scheme, target.mount_path)
    held = plan.held.get(place)
    if held is None:
        plan.rows.append(SeedRow(item.variable, str(target), FAILED))
        return
    stored = held.value(target.key)
    try:
        text = None if stored is None else to_text(stored)
    except ValueUnusable:
        text = ""
    if value is None:
        if item.optional:
            plan.rows.append(SeedRow(item.variable, str(target), NOT_OURS))
            return
        plan.rows.append(SeedRow(item.variable, str(target), LACKING))
        message = "is not in any store, and no value was given"
        plan.problems.append(Problem("seed-value-missing", message, variable=item.variable, source=str(target)))
        return
    row = SeedRow(item.variable, str(target), "", print_of(value), "" if text is None else print_of(text))
    plan.rows.append(row)
    if text is not None and (made or text == value):
        row.verdict = SAME if text == value else THERE
        return
    row.verdict = (UPDATE if update else KEPT) if text is not None else GENERATE if made else WRITE
    if row.verdict != KEPT:
        plan.writes.setdefault(place, {}).setdefault(target.key, (value, []))[1].append(item.variable)


def _look(plan: SeedPlan, places: Mapping[str, Reference], targets: Targets) -> None:
    """places: of variables."""
    from confcontract.secrets.vault.failure import RequestFailed

    by_scheme: dict[str, dict[str, str]] = {}
    for variable, target in places.items():
        by_scheme.setdefault(target.scheme, {})[target.mount_path] = variable
    for scheme, names in by_scheme.items():
        for name, held in targets(scheme).look(list(names)).items():
            if isinstance(held, RequestFailed):
                plan.problems.append(not_done(names[name], scheme, name, held, "looked at"))
            else:
                plan.held[scheme, name] = held


def not_done(variable: str, scheme: str, name: str, failed: RequestFailed, what: str) -> Problem:
    """A problem for what a target could not do."""
    from confcontract.contract.schemes import place
    from confcontract.secrets.vault.failure import DENIED

    of_vault = scheme == VAULT
    code = "vault-" if of_vault else "store-"
    code = f"{code}unavailable" if failed.retry else f"{code}denied" if failed.kind == DENIED else "seed-not-written"
    where = place(name if of_vault else f"{scheme}{name}")
    hint = "Allow this identity to read and write it: see how-to/seed-secrets." if failed.kind == DENIED else None
    return Problem(code, f"{where} could not be {what}: {failed.words}", variable=variable, source=where, hint=hint)


def _target_of(item: Needed) -> Reference | None:
    """The reference to write to: the first one, if it points to the latest version of a static secret."""
    for reference in item.references[:1]:
        if reference.scheme == AWS_SECRETS and not reference.label:
            return reference
        if reference.scheme == VAULT and reference.version is None and not reference.parameters:
            return reference
    return None


def why_not_written(reference: Reference) -> tuple[str, str]:
    """Why the value of a reference can't be written: what is wrong, and what to do."""
    from confcontract.contract.schemes import scheme_of

    store = scheme_of(reference.text).store
    if reference.scheme not in (AWS_SECRETS, VAULT):
        hint = "write it with the store's own tools, and remove it from the values"
        if reference.scheme == AWS_PARAMETERS:
            hint = "write it with 'aws ssm put-parameter --type SecureString', and remove it from the values"
        written = "only KV version 2 of Vault and AWS Secrets Manager are"
        return f"has a value, but is stored in {store}, which confcontract does not write to: {written}", hint
    if reference.parameters:
        made = f"has a value, but its reference is to credentials that {store} makes"
        return made, "remove it from the values: there is nothing to store"
    pinned = "has a value, but its reference names a fixed version, which can't be written"
    return pinned, "remove the version from the reference, or the variable from the values"


def _unplaced(needed: Sequence[Needed], given: Mapping[str, str]) -> list[Problem]:
    known = {item.variable for item in needed}
    message = "has a value, but with this contract and environment no store is used for it"
    return [Problem("seed-value-unplaced", message, variable=name) for name in given if name not in known]


def _refused(contract: Contract, values: Mapping[str, str], role: str | None) -> list[Problem]:
    """The contract's problems with the values: a wrong one is refused here, before a deployment reads it."""
    from confcontract.contract.reference import is_reference
    from confcontract.verdict.resolve import resolve

    problems = [
        Problem("value-invalid", "is a reference itself; give the value that is to be stored", variable=name)
        for name, value in values.items()
        if is_reference(value)
    ]
    judged = {name: value for name, value in values.items() if not is_reference(value)}
    verdict = resolve(contract, environ=judged, role=role)
    return problems + [each for each in verdict.problems if each.severity == ERROR and each.variable in judged]


def _fingerprints() -> Callable[[str], str]:
    """Eight digits of an HMAC under a key that only this run has."""
    import hmac
    import secrets

    key = secrets.token_bytes(32)
    return lambda value: hmac.new(key, value.encode(), "sha256").hexdigest()[:8]


def as_data(plan: SeedPlan, exit_code: int) -> dict[str, Any]:
    return {
        "exitCode": exit_code,
        "secrets": [row.as_dict() for row in plan.rows],
        "problems": [problem.as_dict() for problem in plan.problems],
    }


def as_text(plan: SeedPlan) -> str:
    """A line for each variable, in columns."""
    from confcontract.report.terminal import columns, pad, printable

    lines = [(printable(row.variable), printable(row.reference), _words(row)) for row in plan.rows]
    widths = [max((columns(line[at]) for line in lines), default=0) for at in (0, 1)]
    return "".join(f"{pad(line[0], widths[0])}  {pad(line[1], widths[1])}  {line[2]}\n" for line in lines)


def _words(row: SeedRow) -> str:
    prints = [f"{word} {value}" for word, value in (("given", row.given), ("stored", row.stored)) if value]
    return (
        f"{row.verdict} ({', '.join(prints)})" if prints and row.verdict not in (WRITTEN, NOT_WRITTEN) else row.verdict
    )
