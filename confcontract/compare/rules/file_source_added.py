"""FILE_SOURCE_ADDED."""

from collections.abc import Iterator

from confcontract.compare.files_read import file_changes
from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import ERROR, INFO


def find(compared: Compared) -> Iterator[ContractChange]:
    yield from file_changes(compared, removed=False)


RULE = CompareRule(
    id="FILE_SOURCE_ADDED",
    purpose="A value can be given by one more file: NAME_FILE, or a file that the settings class names.",
    remedy="Nothing to do.",
    back_remedy="Give the values as variables, or in a file that the old version reads, before you go back.",
    mirror=("FILE_SOURCE_REMOVED",),
    forward=INFO,
    rollback=ERROR,
    find=find,
)
