"""Compare the two verdicts, and keep count of what was compared, deferred and refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .boot import Boot
from .oracle import Verdict, same
from .rounds import depth_of, in_each_round
from .spec import SettingsSpec

Path = tuple[str | int, ...]


def disagreement(settings: type[Any], theirs: Verdict, ours: Boot, *, secret_defaults: bool = False) -> str:
    """What is wrong with boot's verdict, in words; empty when the two agree.

    secret_defaults: the class has some, which a contract leaves out: boot then knows less of the values.

    A deferred field excuses only itself: boot may accept what the class rejects there, never
    elsewhere, and must never reject what the class accepts.
    """
    if ours.crash:
        return f"boot crashed:\n{ours.crash}"
    if theirs.accepted and not ours.accepted:
        return f"Settings() accepts, boot rejects: {ours.reason}\nSettings(): {theirs.values!r}"
    if ours.accepted and not theirs.accepted:
        excused = {path[0] if path else None for path in ours.deferred}
        blamed = blamed_fields(settings, theirs.reason)
        if excused and (None in excused or not blamed or blamed & excused):
            return ""
        return f"Settings() rejects, boot accepts: {theirs.reason}\nboot: {ours.values!r}"
    if theirs.accepted:
        left, right = theirs.values, ours.values
        depth = depth_of(theirs.values)
        for path in ours.deferred:
            for each in in_each_round(settings, path, depth):
                left, right = _without(left, right, each)
        if secret_defaults:
            left = _as_far_as(left, right)
        if not same(left, right):
            return f"both accept, the values differ\nSettings(): {left!r}\nboot:       {right!r}"
    return ""


def _as_far_as(theirs: Any, ours: Any) -> Any:
    """Their values without the members that ours lack."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return {key: _as_far_as(value, ours[key]) for key, value in theirs.items() if key in ours}
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        return type(theirs)(_as_far_as(left, right) for left, right in zip(theirs, ours, strict=True))
    return theirs


def blamed_fields(settings: type[Any], reason: str) -> set[str]:
    """The top-level fields that a rejection names; a crash names none."""
    named = re.findall(r'for field "([^"]+)"', reason)
    if named:
        return set(named)
    if re.match(r"[A-Z]\w*(Error|Exception)\b", reason):
        return set()
    heads = {re.split(r"[.:]", each)[0] for each in reason.split("; ")}
    found = set()
    for name, info in settings.model_fields.items():
        known = {name, info.alias, *_heads(info.validation_alias)}
        if known & heads:
            found.add(name)
    return found or heads


def _heads(alias: Any) -> list[str]:
    if alias is None:
        return []
    if isinstance(alias, str):
        return [alias]
    paths = alias.convert_to_aliases()
    return [str(each[0]) for each in (paths if isinstance(paths[0], list) else [paths])]


def _without(theirs: Any, ours: Any, path: Path) -> tuple[Any, Any]:
    """Both without what stands at this path.

    A path names fields only: it passes through the items of lists and the values of mappings.
    """
    if not path:
        return "<deferred>", "<deferred>"
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        pairs = [_without(left, right, path) for left, right in zip(theirs, ours, strict=True)]
        return type(theirs)(left for left, _ in pairs), [right for _, right in pairs]
    if not isinstance(theirs, dict) or not isinstance(ours, dict):
        return theirs, ours
    left, right, head = dict(theirs), dict(ours), path[0]
    if len(path) == 1:
        left.pop(head, None)
        right.pop(head, None)
    keys = {head} if head in left or head in right else left.keys() | right.keys() if head not in theirs else set()
    for key in keys:
        if key in left and key in right:
            left[key], right[key] = _without(left[key], right[key], path[1:] if key == head else path)
    return left, right


# What only the running application can decide. No other shape may be deferred.
MAY_DEFER = frozenset({"validator", "clock", "place", "import", "encoded", "enum-decided"})

# Kinds of deferral that any shape may have: what a factory computes is never baked; which settings
# class inside of a union or container reads its own environment depends on the value; what an instance
# of a settings class was given can't always be told from what it read; how well a model *instance*
# fits a union with mappings can't be said of a mapping; a named tuple is built by a call;
# a URL's constraints, and limits of a secret text, hold or not by how strict mode is reached; of a union with a part that is deferred, which has to
# be justified by itself, the whole is.
JUSTIFIED = re.compile(
    "default-factory|type settings class .* (inside another type|of which parts are given|of whose names .* by chance)"
    "|type union of models and mappings|type union of models with parts |type named tuple"
    "|constraint UrlConstraints, which strict mode passes over|constraint limits of texts, which a SecretStr made before"
    r"|default an instance of a settings class|default \w+\(\.\.\.\)$"
)

# Members of the settings class that decide about the whole of it.
DECIDING = frozenset(
    {
        "hook:field-validator",
        "hook:before-validator",
        "hook:every-field",
        "hook:model-after",
        "hook:model-before",
        "hook:post-init",
    }
)


@dataclass
class Tally:
    """Counts of one run; they add up across processes."""

    counts: Counter[str] = field(default_factory=Counter)
    shapes: Counter[str] = field(default_factory=Counter)
    deferred_shapes: Counter[str] = field(default_factory=Counter)
    deferred_kinds: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    unexplained: Counter[str] = field(default_factory=Counter)

    def note(self, spec: SettingsSpec, theirs: Verdict, ours: Boot, kinds: Mapping[Path, str]) -> None:
        self.counts["pairs"] += 1
        self.counts["accepted" if theirs.accepted else "rejected"] += 1
        self.counts["pairs with a deferral"] += bool(ours.deferred)
        heads = {path[0] if path else None for path in ours.deferred}
        for each in spec.fields:
            self.counts["fields"] += 1
            self.shapes[each.shape.tag] += 1
            if each.name in heads or None in heads:
                self.counts["fields deferred"] += 1
                self.deferred_shapes[each.shape.tag] += 1
                why = sorted({kind for path, kind in kinds.items() if not path or path[0] == each.name})
                known = MAY_DEFER & set(each.shape.tags()) or DECIDING & {tag for tag, _ in spec.hooks}
                if not known and not all(map(JUSTIFIED.match, why)):
                    self.unexplained[f"{each.shape.text} ({', '.join(why)})"] += 1

    def as_dict(self) -> dict[str, dict[str, int]]:
        return {name: dict(getattr(self, name)) for name in self.__dataclass_fields__}

    def add(self, other: dict[str, dict[str, int]]) -> None:
        for name, counts in other.items():
            getattr(self, name).update(counts)

    def report(self) -> str:
        counts = self.counts
        lines = [
            f"{counts['pairs']} pairs of {counts['classes']} classes: Settings() accepts {counts['accepted']}, rejects {counts['rejected']}",
            f"{counts['fields deferred']} of {counts['fields']} fields compared were deferred, in {counts['pairs with a deferral']} pairs",
        ]
        if self.deferred_kinds:
            lines.append("classes by kind of deferral: " + _listed(self.deferred_kinds))
        if self.deferred_shapes:
            share = (f"{tag} {many}/{self.shapes[tag]}" for tag, many in self.deferred_shapes.most_common())
            lines.append("deferred fields by shape: " + ", ".join(share))
        if self.unexplained:
            lines.append("deferred without need: " + _listed(self.unexplained))
        if self.refusals:
            lines.append(f"{sum(self.refusals.values())} classes refused by bake: " + _listed(self.refusals))
        lines.append("fields by shape: " + _listed(self.shapes))
        return "\n".join(lines)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {many}" for name, many in counts.most_common())


TALLY = Tally()
