"""Two plans, compared section by section: of most variables, one look then tells that nothing has changed.

What is not found to be equal here may still be; same_data.py looks at one variable with everything around it.
"""

from __future__ import annotations

from confcontract.compare.accepted.same_nodes import OF_TEXTS, same_node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.compare.accepted.side import IndexedPlan

_NONE: frozenset[str] = frozenset()


def pair_of(old: IndexedPlan, new: IndexedPlan) -> PlanPair:
    """What two plans have in common, worked out once for all of their variables."""
    pair: PlanPair | None = old.pair
    if pair is None or pair.new is not new:
        pair = old.pair = PlanPair(old, new)
    return pair


class PlanPair:
    """What two plans have in common."""

    def __init__(self, old: IndexedPlan, new: IndexedPlan) -> None:
        self.old, self.new = old, new
        self._sections: dict[tuple[str, ...], frozenset[str]] = {}
        self._shared: dict[tuple[int, int], bool] = {}
        self._nodes: dict[tuple[int | None, int | None], bool] = {}
        programs = old.compiled["settings"][0], new.compiled["settings"][0]
        flags = all(programs[0][key] == programs[1][key] for key in OF_TEXTS)
        nested = any(program.get("nested") for program in programs)
        definitions = old.compiled["validator"].get("definitions"), new.compiled["validator"].get("definitions")
        self._comparable = flags and not nested and definitions == (None, None)

    def same(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        """Whether two variables, entries of the contracts, surely accept the same."""
        path = old["path"]
        if path != new["path"] or old["required"] != new["required"] or old["encoding"] != new["encoding"]:
            return False
        if "within" in old or "within" in new or old.get("separator") != new.get("separator"):
            return False
        section = tuple(path[:-1])
        found = self._sections.get(section)
        if found is None:
            found = self._sections[section] = self._equal_fields(section) if self._comparable else _NONE
        return path[-1] in found

    def _equal_fields(self, section: tuple[str, ...]) -> frozenset[str]:
        a, b = self.old.section_at(section), self.new.section_at(section)
        decoded, others_decoded = self.old.nodes_in(section), self.new.nodes_in(section)
        if a is None or b is None or a.configs != b.configs or decoded is None or others_decoded is None:
            return _NONE
        nothing: set[str] = set()
        hydrated = self.old.hydrated_fields.get(a.pointer, nothing) | self.new.hydrated_fields.get(b.pointer, nothing)
        found = set()
        for name, field in a.fields.items():
            other = b.fields.get(name)
            if other is None or name in hydrated or name not in decoded or name not in others_decoded:
                continue
            both = isinstance(field, int) and isinstance(other, int)
            if (self._same_shared(field, other) if both else field == other) and self._same_node(
                decoded[name], others_decoded[name]
            ):
                found.add(name)
        return frozenset(found)

    def _same_shared(self, field: int, other: int) -> bool:
        key = (field, other)
        if key not in self._shared:
            self._shared[key] = self.old.compiled["shared"][field] == self.new.compiled["shared"][other]
        return self._shared[key]

    def _same_node(self, node: int | None, other: int | None) -> bool:
        key = (node, other)
        if key not in self._nodes:
            self._nodes[key] = same_node(self.old, node, self.new, other, set())
        return self._nodes[key]
