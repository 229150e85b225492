"""What a rule of an audit is, and what it finds."""

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
    """What a rule found. about: the variable, file or label that it is about, which stays the same from build to build.

    sentence: goes on from that. layer: the number of the layer, from 0 for the oldest, where it is in one. severity:
    where it is another than the rule's. part: which of several things it is that may be wrong with `about`, each of
    which is approved by itself. files: all that it is about, where that is more than one: they are approved together,
    and not with one more.
    """

    about: str
    sentence: str
    layer: int | None = None
    severity: Severity | None = None
    part: str = ""
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class AuditRule:
    """One thing that an image must not be.

    purpose: what it finds, in one sentence. remedy: what to do. picks: whether an entry of a layer is one of those that
    the rule looks at; they are given to `find` as `picked`.
    """

    id: str
    severity: Severity
    purpose: str
    remedy: str
    find: Callable[[AuditedImage], Iterable[Offence]]
    picks: Callable[[WalkedEntry], bool] | None = None


@dataclass(frozen=True)
class AuditFinding:
    """An offence as it is reported: nothing in it shows a value of a secret.

    layer: its number, from 1 for the oldest, as people count. instruction: what made the layer. approved: why it is
    accepted, "" if it is not. files: as those of the offence.
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
        """An approval of another command's finding may have one."""
        return ""
