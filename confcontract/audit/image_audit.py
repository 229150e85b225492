"""Runs an audit: opens the image, gathers the input of the rules, and runs each rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from confcontract.audit.audit_rule import AuditFinding, AuditRule, Offence
from confcontract.audit.audited_image import AuditedImage
from confcontract.audit.image_walk import walk_image
from confcontract.audit.lock_file import LockFile
from confcontract.audit.pattern_scanners import Scanned
from confcontract.audit.rules import all_audit_rules
from confcontract.audit.secret_values import SecretValues
from confcontract.audit.value_search.needles import Needles
from confcontract.audit.value_search.value_forms import SHORTEST
from confcontract.contract.artifact import Contract
from confcontract.contract.damage import refuse_damaged
from confcontract.contract.from_image import contract_in
from confcontract.findings.severity import fingerprint
from confcontract.image.entry import Image
from confcontract.image.image_fault import ImageFault
from confcontract.image.open_image import open_image
from confcontract.report.errors import ContractUnusable
from confcontract.verdict.masked_commands import mask_command

_WITHOUT_CONTRACT = "image-without-contract"
_NAMED = 10  # the most variables named as not searched for


@dataclass(frozen=True)
class AuditedFacts:
    """digest: of the manifest. contract: name and version, "" if there is none. unexamined: parts that were not
    examined, in words; the audit makes no statement about them."""

    digest: str = ""
    contract: str = ""
    contract_digest: str = ""
    layers: int = 0
    findings: Sequence[AuditFinding] = ()
    unexamined: Sequence[str] = ()
    searched: Sequence[str] = field(default=())  # variables whose values were searched for


def audit_image(
    reference: str,
    platform: str | None,
    values_of: Callable[[Contract], SecretValues],
    lock: LockFile | None,
    scan: Callable[[Image], Scanned],
) -> AuditedFacts:
    """values_of: returns the secrets of a contract, with their values. scan: runs the scanners of patterns.

    Raises UsageError, ImageUnusable, and the errors of values_of and scan.
    """
    with open_image(reference, platform) as image:
        contract, fault = _contract(image, reference)
        secrets = values_of(contract) if contract is not None else SecretValues()
        needles = Needles(secrets.values)
        rules = all_audit_rules()
        picks = {rule.id: rule.picks for rule in rules.values() if rule.picks is not None}
        walked = walk_image(image.layers, picks, needles)
        scanned = scan(image)
        audited = AuditedImage(
            image=image,
            contract=contract,
            contract_fault=fault,
            secrets=secrets,
            software=walked.software,
            users=walked.users,
            lock=lock,
            picked=walked.picked,
            values=walked.values,
            patterns=scanned.matches,
            in_text=needles.in_text if needles else lambda _: (),
        )
        shown = _Shown(needles, secrets, image)
        found = [shown.finding(rule, each) for rule in rules.values() for each in rule.find(audited)]
        unexamined = [*_unexamined(audited, needles), *walked.unexamined, *scanned.unexamined]
        return AuditedFacts(
            image.digest,
            f"{contract.name} {contract.version}" if contract is not None else "",
            contract.digest if contract is not None else "",
            len(image.layers),
            sorted(_once(found), key=lambda each: each.severity.rank),
            unexamined,
            needles.searched,
        )


def _contract(image: Image, reference: str) -> tuple[Contract | None, str]:
    try:
        contract = contract_in(image, reference).contract
        refuse_damaged(contract.data)
    except ImageFault as fault:
        if fault.code != _WITHOUT_CONTRACT:
            raise
        return None, fault.what
    except ContractUnusable as error:
        return None, "; ".join(problem.message for problem in error.problems)
    return contract, ""


def _unexamined(image: AuditedImage, needles: Needles) -> Iterator[str]:
    if image.contract is None:
        yield "secrets: there is no contract that says which variables are secret"
    if image.lock is None:
        yield "what is installed against a lock file: name it with --lock"
    if image.secrets.unknown:
        yield f"values of {_names(image.secrets.unknown)}: unknown; pass them with --env-file or from a secret store"
    yield from image.secrets.unexamined
    if needles.too_short:
        yield f"values of {_names(needles.too_short)} below {SHORTEST} characters, which could match by chance"


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


class _Shown:
    """The reported form of an offence: masked, with the instruction that made the layer."""

    def __init__(self, needles: Needles, secrets: SecretValues, image: Image) -> None:
        self._needles = needles
        self._names = {*secrets.names.values(), *secrets.names, *map(str.upper, secrets.names)}
        self._image = image

    def finding(self, rule: AuditRule, offence: Offence) -> AuditFinding:
        instruction = ""
        if offence.layer is not None:
            with suppress(IndexError):
                instruction = self._image.layers[offence.layer].instruction
        about = self._masked(offence.about)
        files = tuple(map(self._masked, offence.files))
        return AuditFinding(
            rule.id,
            offence.severity or rule.severity,
            about,
            self._masked(offence.sentence),
            rule.remedy,
            fingerprint(rule.id, about, "\n".join(files) or offence.part, ""),
            None if offence.layer is None else offence.layer + 1,
            mask_command(self._masked(instruction), self._names),
            files=files,
        )

    def _masked(self, text: str) -> str:
        return self._needles.masked(text) if self._needles else text


def _once(findings: Sequence[AuditFinding]) -> list[AuditFinding]:
    """Removes duplicates. A file with the same fault in several layers is reported once for each of them."""
    seen: dict[Any, AuditFinding] = {}
    for each in findings:
        seen.setdefault((each.rule, each.about, each.sentence, each.layer), each)
    return list(seen.values())
