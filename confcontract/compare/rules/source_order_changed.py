"""SOURCE_ORDER_CHANGED."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from confcontract.compare.classes_compared import classes_in_both
from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import REVIEW

_ENVIRONMENT = "the environment"
_FOREIGN = "a source of the application's own"


def find(compared: Compared) -> Iterator[ContractChange]:
    for section, *programs in classes_in_both(compared.old, compared.new):
        old, new = map(_order, programs)
        yield from _of_class(section, old, new)


def _of_class(section: str, old: Sequence[str], new: Sequence[str]) -> Iterator[ContractChange]:
    """section: the place of the settings class in the outermost one."""
    common_old, common_new = [each for each in old if each in new], [each for each in new if each in old]
    called = f"settings class of {section}" if section else "settings class"
    if _ENVIRONMENT in {*old} ^ {*new}:
        does, did = ("now reads", "does not read") if _ENVIRONMENT in new else ("no longer reads", "reads")
        yield ContractChange(
            section,
            (),
            ", ".join(old),
            ", ".join(new),
            f"the {called} {does} the environment",
            back=f"the {called} of the old version {did} the environment",
        )
    if common_old != common_new or _FOREIGN in {*old} ^ {*new}:
        before, now = " before ".join(old), " before ".join(new)
        several = f"where several sources give a value{f' in {section}' if section else ''}"
        yield ContractChange(
            section,
            (),
            before,
            now,
            f"{several}, the order is another: {now} (was {before})",
            back=f"{several}, the order is the old one again: {before}",
        )


def _order(program: Mapping[str, Any]) -> list[str]:
    """The existing sources, best first, in words. Of the files of one source, the last overrides the others."""
    found = []
    for each in program["order"]:
        if isinstance(each, int):
            source = program["sources"][each]
            files = source["files"] or ([""] if source["kind"] == "pyproject" else [])  # found without a name
            found += [f"{source['kind']} {file}".strip() for file in reversed(files)]
        elif each == "environment":
            found.append(_ENVIRONMENT)
        elif each == "foreign":
            found.append(_FOREIGN)
        elif each == "dotenv" and "dotenv" in program:
            found += [f"the env file {file}" for file in reversed(program["dotenv"]["files"])]
        elif each == "secrets":
            found += [f"the secret files in {directory}" for directory in reversed(program.get("secretsDirs", ()))]
    return found


RULE = CompareRule(
    id="SOURCE_ORDER_CHANGED",
    purpose="The sources are read in another order, or only one version reads the environment or a custom source.",
    remedy="Keep each setting in one source, one that both versions read.",
    mirror=("SOURCE_ORDER_CHANGED",),
    forward=REVIEW,
    rollback=REVIEW,
    find=find,
)
