"""The envelope of a signed statement: DSSE, as used by cosign and in-toto.

Format: https://github.com/secure-systems-lab/dsse/blob/master/envelope.md and protocol.md
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field

from confcontract.attestation.attestation_kinds import STATEMENT_MEDIA
from confcontract.image.referrers import as_json


@dataclass(frozen=True, slots=True)
class Envelope:
    payload: bytes = field(repr=False)
    kind: str
    signatures: tuple[bytes, ...]


def signed_bytes(payload: bytes, kind: str = STATEMENT_MEDIA) -> bytes:
    """The signed bytes of a payload: DSSE's pre-authentication encoding."""
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload)


def envelope_bytes(payload: bytes, signature: bytes, kind: str = STATEMENT_MEDIA) -> bytes:
    """keyid is a hint and stays empty, as with cosign: verifiers skip a signature whose hint does not match their
    key."""
    signatures = [{"keyid": "", "sig": base64.b64encode(signature).decode()}]
    return as_json({"payload": base64.b64encode(payload).decode(), "payloadType": kind, "signatures": signatures})


def parse_envelope(content: bytes) -> Envelope:
    """Raises ValueError."""
    try:
        data = json.loads(content)
        payload = base64.b64decode(data["payload"], validate=True)
        signatures = tuple(base64.b64decode(each["sig"], validate=True) for each in data["signatures"])
        return Envelope(payload, str(data["payloadType"]), signatures)
    except (LookupError, TypeError, AttributeError, RecursionError):
        raise ValueError("it is not a DSSE envelope") from None
