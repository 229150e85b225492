"""The result of `confcontract verify`, for people and for programs."""

from __future__ import annotations

import json
from typing import Any

from confcontract.attestation.verification import Verification, VerificationResult
from confcontract.report.terminal import harmless_json, printable

_SAID = {
    VerificationResult.VERIFIED: "verified: signed by the key, and matches the image",
    VerificationResult.MATCHES: "matches the image; no key was named, so who attested it was not checked",
    VerificationResult.REFUSED: "refused",
    VerificationResult.NOT_EVALUATED: "could not be evaluated",
}


def verification_as_text(found: Verification) -> str:
    """The result without the problems."""
    rows = [("digest", found.digest), *((each.name, each.text) for each in found.passed)]
    lines = [found.reference, *(f"  {name:<19}{text}" for name, text in rows if text), _SAID[found.result]]
    return "".join(f"{printable(line)}\n" for line in lines)


def verification_as_json(found: Verification) -> str:
    told: dict[str, Any] = {
        "image": found.reference,
        "digest": found.digest or None,
        "result": found.result.value,
        "exitCode": found.result.exit_code,
        "passed": [{"check": each.name, "text": each.text} for each in found.passed],
        "problems": [each.as_dict() for each in found.problems],
    }
    return harmless_json(json.dumps(told, indent=2, ensure_ascii=False)) + "\n"
