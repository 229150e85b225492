"""What one variable accepts in two contracts: which strings, and where they differ.

`differences(old, new)` compares two paired sides: `Side(plan, variable)`, with one `IndexedPlan` for each contract and
an entry of its `variables`. Strings are accepted as boot accepts them: the text is decoded, then pydantic's lax
coercion decides.
"""

from __future__ import annotations

from confcontract.compare.accepted.compared import SECONDS, differences
from confcontract.compare.accepted.difference import Aspect, Difference, Inclusion, Relation
from confcontract.compare.accepted.same_case import Cases
from confcontract.compare.accepted.section_json import difference_in_file, difference_in_json
from confcontract.compare.accepted.side import IndexedPlan, Side
from confcontract.compare.accepted.two_names import OtherName, other_name_counts

__all__ = [
    "SECONDS",
    "Aspect",
    "Cases",
    "Difference",
    "Inclusion",
    "IndexedPlan",
    "OtherName",
    "Relation",
    "Side",
    "difference_in_file",
    "difference_in_json",
    "differences",
    "other_name_counts",
]
