"""VALIDATOR_CHANGED."""

from collections.abc import Iterator, Mapping
from typing import Any

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.contract.artifact import Contract
from confcontract.findings.severity import INFO, REVIEW

_ELSEWHERE = ("model-validator", "post-init", "constructor", "source")  # other rules report these


def find(compared: Compared) -> Iterator[ContractChange]:
    before, now = _deferred(compared.old), _deferred(compared.new)
    if before.keys() == now.keys():
        return
    by_path = {tuple(pair.old["path"]): pair for pair in compared.pairs}
    new_paths = {tuple(pair.new["path"]) for pair in compared.pairs}
    for key in [*before, *(key for key in now if key not in before)]:
        old, new = before.get(key), now.get(key)
        if (old is None) is (new is None):
            continue
        path, kind, name = key
        if old is not None and path not in by_path and path not in new_paths:
            continue  # removed together with its variable
        if new is not None and path not in new_paths and path not in by_path:
            continue
        entry = old or new or {}
        words = f"{name} ({kind})"
        yield ContractChange(
            ".".join(path),
            tuple(entry["variables"][:1]),
            words if old else "",
            words if new else "",
            f"{words} of the application {'no longer decides' if old else 'now decides, too'}: "
            "what it accepts is known to the application only",
            back=f"{words} of the application {'decides again' if old else 'does not decide in the old version'}",
            stands_alone=True,
            forward=INFO if old else REVIEW,
            rollback=INFO if new else REVIEW,
            declared=entry.get("declaredAt", ""),
        )


def _deferred(contract: Contract) -> dict[tuple[tuple[str, ...], str, str], Mapping[str, Any]]:
    return {
        (tuple(each["path"]), each["kind"], each["name"]): each
        for each in contract.deferred
        if each["kind"] not in _ELSEWHERE
    }


RULE = CompareRule(
    id="VALIDATOR_CHANGED",
    purpose="Application code that validates a value was added or removed.",
    remedy="Read the validator, or run it: confcontract validate --model MODULE:CLASS with the values in use.",
    mirror=("VALIDATOR_CHANGED",),
    forward=REVIEW,
    rollback=REVIEW,
    circumstances="Information in the direction that removes the code: code can only refuse what the contract accepts.",
    find=find,
)
