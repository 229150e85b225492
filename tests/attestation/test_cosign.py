"""cosign itself verifies what `attest --key` writes for it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from confcontract.attestation.attestation_kinds import CONTRACT_TYPE, STATEMENT_MEDIA, AttestationKind
from tests.attestation.conftest import Keys
from tests.support.attesting import attested
from tests.support.pages import ROOT
from tests.support.programs import needs
from tests.support.registry import Registry

judged = needs("cosign", "skopeo", "docker-registry")
UNLOGGED = "--insecure-ignore-tlog=true"  # nothing is entered in a public log


def cosign(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    """home: it keeps what it trusts there, and would fetch that from outside."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(home)}
    return subprocess.run(["cosign", *words], env=environ, capture_output=True, text=True, timeout=120)


def refused(*words: str, home: Path) -> str:
    done = cosign(*words, home=home)
    assert done.returncode != 0, done.stdout
    return done.stderr


@judged
@pytest.mark.parametrize("kind", ["ecdsa", "ed25519"])
def test_the_signature_and_each_attestation_are_verified(
    kind: str, registry: Registry, layout: Path, keys: Keys, tmp_path: Path
) -> None:
    name = f"{registry.host}/team/{kind}:1"
    pushed = registry.push(layout, f"team/{kind}:1")
    attested(f"docker://{name}", "--key", str(keys[kind].private))
    by_key = ("--key", str(keys[kind].public), UNLOGGED)
    done = cosign("verify", *by_key, name, home=tmp_path)
    assert done.returncode == 0, done.stderr
    (claim,) = json.loads(done.stdout)
    assert claim["critical"]["image"]["docker-manifest-digest"] == pushed
    for each in AttestationKind:
        done = cosign("verify-attestation", *by_key, "--type", each.value, name, home=tmp_path)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["payloadType"] == STATEMENT_MEDIA
    by_another = ("--key", str(keys["another"].public), UNLOGGED, name)
    refused("verify", *by_another, home=tmp_path)
    refused("verify-attestation", "--type", AttestationKind.CONTRACT.value, *by_another, home=tmp_path)


@judged
def test_the_policy_of_the_page_lets_one_contract_pass(
    registry: Registry, layout: Path, keys: Keys, tmp_path: Path
) -> None:
    page = (ROOT / "docs/how-to/attest.md").read_text(encoding="utf-8")
    policy = re.findall(r"^```cue\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)[0]
    name = f"{registry.host}/team/gated:1"
    registry.push(layout, "team/gated:1")
    attested(f"docker://{name}", "--key", str(keys["ecdsa"].private))
    words = ("verify-attestation", "--key", str(keys["ecdsa"].public), UNLOGGED, "--type", CONTRACT_TYPE)
    (tmp_path / "shop.cue").write_text(policy, encoding="utf-8")
    done = cosign(*words, "--policy", str(tmp_path / "shop.cue"), name, home=tmp_path)
    assert done.returncode == 0, done.stderr
    (tmp_path / "other.cue").write_text(policy.replace('"shop"', '"billing"'), encoding="utf-8")
    said = refused(*words, "--policy", str(tmp_path / "other.cue"), name, home=tmp_path)
    assert "conflicting values" in said, said
