"""Whether two schemas of two plans are equal except for defaults. Nothing is tried."""

from __future__ import annotations

from functools import cached_property
from itertools import compress
from operator import and_, eq, not_

from confcontract.compare.accepted.plan_places import definition_of, member_of
from confcontract.compare.accepted.put_back import below, is_shared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.compare.accepted.plan_places import Place
    from confcontract.compare.accepted.put_back import PutBack
    from confcontract.compare.accepted.side import IndexedPlan


class SameSchemas:
    """The schemas of two plans, compared place by place."""

    def __init__(self, old: IndexedPlan, new: IndexedPlan) -> None:
        self._old, self._new = old, new
        a, b = old.compiled, new.compiled
        self.same_tables = a["shared"] == b["shared"] and (
            a["hydrate"] == b["hydrate"] or below(old.put_back, "shared") == below(new.put_back, "shared")
        )
        definitions = a["validator"].get("definitions"), b["validator"].get("definitions")
        self._same_definitions = definitions == (None, None) or (
            definitions[0] == definitions[1]
            and below(old.put_back, "validator", "definitions") == below(new.put_back, "validator", "definitions")
            and (self.same_tables or "'shared'" not in repr(below(old.put_back, "validator", "definitions")))
        )
        self._assumed: set[tuple[Any, Any]] = set()
        self._shared: dict[tuple[int, int], bool] = {}

    def same_at_a_glance(self, ours: Place, theirs: Place) -> bool:
        """Without following references; False may only mean that a closer look is needed."""
        (a, at_a), (b, at_b) = ours, theirs
        untouched = (at_a is None and at_b is None) or (self.same_tables and at_a == at_b)
        return untouched and self._same_definitions and bool(a == b)

    def alike_members(self, ours: Place, theirs: Place) -> tuple[list[str], list[str]]:
        """The common members of two sections: those that a quick look finds equal, and the others."""
        (a, at_a), (b, at_b) = ours, theirs
        put, other_put = below(at_a, "fields") or {}, below(at_b, "fields") or {}
        fields, others = a["fields"], b["fields"]
        names = [*fields] if fields.keys() == others.keys() else [each for each in fields if each in others]
        mine, their_own = [*map(fields.__getitem__, names)], map(others.__getitem__, names)
        kinds = [*map(type, mine)]
        if int in kinds:
            mine = [self._partners.get(each) if kind is int else each for each, kind in zip(mine, kinds, strict=True)]
        equal = [*map(eq, mine, their_own)]
        if not (self._same_definitions and self.same_tables and put == other_put):  # a quick look is not enough
            hidden = put.keys() | other_put.keys() if self._same_definitions else {*names}
            if self._same_definitions and self.same_tables:
                hidden = {each for each in hidden if put.get(each) != other_put.get(each)}
            shown = [kind is int or name not in hidden for name, kind in zip(names, kinds, strict=True)]
            equal = [*map(and_, equal, shown)]
        alike = [*compress(names, equal)]
        return alike, [*compress(names, map(not_, equal))] if len(alike) < len(names) else []

    def all_shared_alike(self, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
        """Whether all members of two sections are in the tables of shared fields, and a quick look finds them equal."""
        if ours.keys() != theirs.keys() or not set(map(type, ours.values())) <= {int}:
            return False
        return all(map(eq, map(self._partners.get, ours.values()), map(theirs.__getitem__, ours)))

    @cached_property
    def _partners(self) -> Mapping[Any, int]:
        """The index of a shared field in the old plan → in the new one."""
        numbers = {repr(field): number for number, field in enumerate(self._new.compiled["shared"])}
        found: dict[int, int] = {}
        for number, field in enumerate(self._old.compiled["shared"]):
            other = numbers.get(repr(field))
            if other is not None and self.same_shared(number, other):
                found[number] = other
        return found

    def same_shared(self, one: int, other: int) -> bool:
        """Whether a quick look finds two fields in the tables of shared ones equal."""
        key = one, other
        if key not in self._shared:
            ours = self._old.compiled["shared"][one], below(self._old.put_back, "shared", one)
            theirs = self._new.compiled["shared"][other], below(self._new.put_back, "shared", other)
            self._shared[key] = self.same_at_a_glance(ours, theirs)
        return self._shared[key]

    def same(self, ours: Place, theirs: Place) -> bool:
        (a, at_a), (b, at_b) = ours, theirs
        if self.same_at_a_glance(ours, theirs):
            return True
        if (at_a or {}).get(None) != (at_b or {}).get(None) and not is_shared(at_a) and not is_shared(at_b):
            return False
        if isinstance(a, dict) and isinstance(b, dict):
            return self._same_mapping(a, at_a, b, at_b)
        if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
            return len(a) == len(b) and all(
                self.same((x, below(at_a, n)), (y, below(at_b, n))) for n, (x, y) in enumerate(zip(a, b, strict=True))
            )
        return type(a) is type(b) and bool(a == b)

    def _same_mapping(self, a: Any, at_a: PutBack | None, b: Any, at_b: PutBack | None) -> bool:
        if a.get("type") == "definition-ref" and b.get("type") == "definition-ref":
            return self._same_definition(a["schema_ref"], b["schema_ref"])
        left_out = {"ref", "default"} if _has_harmless_default(a) and _has_harmless_default(b) else {"ref"}
        if a.keys() - left_out != b.keys() - left_out:
            return False
        if is_shared(at_a) or is_shared(at_b):
            ours, theirs = ({"fields": a}, {"fields": at_a}), ({"fields": b}, {"fields": at_b})
            return all(self.same(member_of(self._old, ours, key), member_of(self._new, theirs, key)) for key in a)
        return all(
            self.same((a[key], below(at_a, key)), (b[key], below(at_b, key))) for key in a if key not in left_out
        )

    def _same_definition(self, one: str, other: str) -> bool:
        if (one, other) in self._assumed:
            return True
        self._assumed.add((one, other))
        alike = self.same(definition_of(self._old, one), definition_of(self._new, other))
        if not alike:  # schemas found equal in the meantime may have relied on these
            self._assumed.clear()
        return alike


def _has_harmless_default(schema: Any) -> bool:
    """A default that replaces an invalid value is a value that a text gives."""
    return bool(schema.get("type") == "default" and schema.get("on_error") != "default")
