"""FILE_SOURCE_REMOVED."""

from collections.abc import Iterator

from confcontract.compare.files_read import file_changes
from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO


def find(compared: Compared) -> Iterator[ContractChange]:
    yield from file_changes(compared, removed=True)


RULE = CompareRule(
    id="FILE_SOURCE_REMOVED",
    purpose="A value can no longer be given by a file: NAME_FILE, or a file that the settings class names.",
    remedy="Give the values in another way before you upgrade: as variables, or in a file that is still read.",
    back_remedy="Nothing to do.",
    mirror=("FILE_SOURCE_ADDED",),
    forward=ERROR,
    rollback=INFO,
    find=find,
)
