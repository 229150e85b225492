"""Whether two plans decode texts in the same way: compares the nodes that describe decoding, with all that they lead
to.
"""

from __future__ import annotations

from functools import cached_property

from confcontract.compare.accepted.put_back import below

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Set
    from typing import Any

    from confcontract.compare.accepted.side import IndexedPlan

_PLAIN: Mapping[str, Any] = {}
_LINKS = ("next", "other", "renames", "coerce", "head", "heads")
_OF_NAMES = (*_LINKS, "decodes")  # describes names, not the text


class SameNodes:
    """The nodes of two plans, compared with everything that they lead to."""

    def __init__(self, old: IndexedPlan, new: IndexedPlan) -> None:
        self._old, self._new = old, new
        a, b = old.compiled, new.compiled
        self._same_tables = (
            a["nodes"] == b["nodes"]
            and a["coercers"] == b["coercers"]
            and (
                a["hydrate"] == b["hydrate"]
                or all(below(old.put_back, key) == below(new.put_back, key) for key in ("nodes", "coercers"))
            )
        )
        fields = [each["settings"][0]["fields"] for each in (a, b)]
        same_fields = fields[0] == fields[1] or old.fields_of(0) == new.fields_of(0)
        self.all_same = self._same_tables and same_fields  # for all fields
        self._fields: dict[str, bool] = {}
        self._below: dict[tuple[int | None, int | None], bool] = {}
        self._texts: dict[tuple[int | None, int | None], bool] = {}

    def same_field(self, name: str) -> bool:
        """Whether the text of a settings field, and of everything below it that both have, is
        decoded in the same way.
        """
        if self.all_same:
            return True
        if name not in self._fields:
            one, other = self._old.fields_of(0).get(name), self._new.fields_of(0).get(name)
            if isinstance(one, dict) and isinstance(other, dict):
                alike = one.get("isDict") == other.get("isDict") and self.same_below(one["node"], other["node"])
            else:
                alike = type(one) is type(other) or (_is_plain(self._old, one) and _is_plain(self._new, other))
            self._fields[name] = alike
        return self._fields[name]

    @cached_property
    def unlike_fields(self) -> list[str]:
        """The settings fields in both plans whose texts are decoded differently."""
        if self.all_same:
            return []
        ours, theirs = self._old.fields_of(0), self._new.fields_of(0)
        not_plain = {name for side in (ours, theirs) for name, field in side.items() if field.__class__ is not str}
        return [name for name in ours if name in not_plain and name in theirs and not self.same_field(name)]

    def same_fields(self, names: Set[str]) -> Set[str]:
        """The given fields whose texts are decoded in the same way."""
        if self.all_same:
            return names
        in_one_plan = self._old.fields_of(0).keys() ^ self._new.fields_of(0).keys()
        return names - in_one_plan.union(self.unlike_fields)

    def same_below(self, one: int, other: int) -> bool:
        """Whether the text itself, and those of the names below it that both have, are decoded in the same way."""
        return self._same(self._below, one, other, by_names=True)

    def same_text(self, one: int | None, other: int | None) -> bool:
        """Whether the text itself, and everything that its data may hold, is decoded in the same way."""
        return self._same(self._texts, one, other, by_names=False)

    def _same(
        self, known: dict[tuple[int | None, int | None], bool], one: int | None, other: int | None, *, by_names: bool
    ) -> bool:
        if one == other and self._same_tables:
            return True
        nodes = one, other
        if nodes not in known:
            known[nodes] = True  # preliminary, because nodes may lead back to themselves
            alike = self._same_below(one, other) if by_names else self._same_text(one, other)
            if not alike:  # nodes found equal in the meantime may have relied on these
                for each in [each for each, same in known.items() if same]:
                    del known[each]
            known[nodes] = alike
        return known[nodes]

    def _same_below(self, one: int | None, other: int | None) -> bool:
        a, b = _node(self._old, one), _node(self._new, other)
        if ("other" in a) != ("other" in b) or _own(self._old, one, _LINKS) != _own(self._new, other, _LINKS):
            return False
        if "other" in a and not self.same_below(a["other"], b["other"]):
            return False
        ours, theirs = a.get("next", {}), b.get("next", {})
        both = {(node, theirs[key]) for key, node in ours.items() if key in theirs}
        return all(self.same_below(*each) for each in both)

    def _same_text(self, one: int | None, other: int | None) -> bool:
        if _own(self._old, one, _OF_NAMES) != _own(self._new, other, _OF_NAMES):
            return False
        ours, theirs = _renames(_node(self._old, one)), _renames(_node(self._new, other))
        return ours.keys() == theirs.keys() and all(
            key == theirs[name][0] and self.same_text(index, theirs[name][1]) for name, (key, index) in ours.items()
        )


def _node(plan: IndexedPlan, index: int | None) -> Mapping[str, Any]:
    node: Mapping[str, Any] = _PLAIN if index is None else plan.compiled["nodes"][index]
    return node


def _own(plan: IndexedPlan, index: int | None, links: tuple[str, ...]) -> tuple[Any, ...]:
    """The properties of the node itself."""
    node = _node(plan, index)
    said = {key: value for key, value in node.items() if key not in links}
    coercer = None
    if "coerce" in node:
        coercer = plan.compiled["coercers"][node["coerce"]], below(plan.put_back, "coercers", node["coerce"])
    return said, below(plan.put_back, "nodes", index), coercer


def _renames(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keys in decoded data that are respelled as in the model, and the nodes that they lead to."""
    renames = node.get("renames", {})
    return {name: (name, index) for name, index in node["next"].items()} if renames is True else renames


def _is_plain(plan: IndexedPlan, field: Any) -> bool:
    return isinstance(field, str) or (isinstance(field, dict) and not plan.compiled["nodes"][field["node"]])
