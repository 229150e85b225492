"""SOURCE_ORDER_CHANGED."""

from collections.abc import Iterator, Mapping
from typing import Any

from confcontract.compare.finding import REVIEW, ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule

_WORDS = {
    "environment": "the environment",
    "dotenv": "the env file",
    "secrets": "the secret files",
    "foreign": "a source of the application's own",
}


def find(compared: Compared) -> Iterator[ContractChange]:
    old, new = (_order(each.compiled["settings"][0]) for each in (compared.old, compared.new))
    common_old, common_new = [each for each in old if each in new], [each for each in new if each in old]
    read_by_app = "a source of the application's own" in set(old) ^ set(new)
    if common_old != common_new or read_by_app:
        before, now = " before ".join(old), " before ".join(new)
        yield ContractChange(
            "",
            (),
            before,
            now,
            f"where several sources give a value, the order is another: {now} (was {before})",
            back=f"where several sources give a value, the order is the old one again: {before}",
        )


def _order(program: Mapping[str, Any]) -> list[str]:
    """The sources that there are, best first, in words."""
    found = []
    for each in program["order"]:
        if isinstance(each, int):
            source = program["sources"][each]
            found.append(f"{source['kind']} {', '.join(source['files'])}".strip())
        elif (
            each in _WORDS
            and not (each == "dotenv" and "dotenv" not in program)
            and not (each == "secrets" and "secretsDirs" not in program)
        ):
            found.append(_WORDS[each])
    return found


RULE = CompareRule(
    id="SOURCE_ORDER_CHANGED",
    purpose="The settings class reads its sources in another order, or one that only the application can read.",
    remedy="Look for settings that several sources give, and keep one of them.",
    mirror=("SOURCE_ORDER_CHANGED",),
    forward=REVIEW,
    rollback=REVIEW,
    find=find,
)
