"""Defines a rule of an audit, and its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from confcontract.findings.severity import Severity

if TYPE_CHECKING:
    from confcontract.audit.audited_image import AuditedImage
    from confcontract.image.layer_walk import WalkedEntry


@dataclass(frozen=True, slots=True)
class Offence:
    """A finding of a rule. about: the variable, file or label concerned; it stays the same from build to build.

    sentence: continues after `about`. layer: its number, from 0 for the oldest, if the fault is in one. severity: if it
    differs from the rule's. part: which of several possible faults of `about` it is; each is approved separately.
    files: all files concerned, if there are several; they are approved together, and an additional file is not covered.
    """

    about: str
    sentence: str
    layer: int | None = None
    severity: Severity | None = None
    part: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class AuditRule:
    """A condition that an image must not meet.

    purpose: what the rule finds, in one sentence. remedy: what to do. picks: whether the rule looks at an entry of a
    layer; these entries are passed to `find` as `picked`.
    """

    id: str
    severity: Severity
    purpose: str
    remedy: str
    find: Callable[[AuditedImage], Iterable[Offence]]
    picks: Callable[[WalkedEntry], bool] | None = None


@dataclass(frozen=True)
class AuditFinding:
    """An offence as reported, without any value of a secret.

    layer: its number, from 1 for the oldest, as people count. instruction: the one that made the layer. approved: the
    reason of the approval, "" if there is none. files: as in the offence.
    """

    rule: str
    severity: Severity
    about: str
    sentence: str
    remedy: str
    fingerprint: str
    layer: int | None = None
    instruction: str = ""
    approved: str = ""
    files: tuple[str, ...] = ()

    @property
    def direction(self) -> str:
        """An approval of another command's finding may have a direction."""
        return ""
