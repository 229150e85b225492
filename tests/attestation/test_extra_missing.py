"""Without `confcontract[attest]`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.attestation.conftest import KeyPair
from tests.support.attested import image
from tests.support.inprocess import run_here


@pytest.mark.parametrize(
    "module,needed",
    [("cyclonedx.model.bom", "cyclonedx-python-lib"), ("cryptography.hazmat.primitives", "cryptography")],
)
def test_what_is_missing_is_named_with_the_extra(
    module: str, needed: str, tmp_path: Path, baked: bytes, keys: dict[str, KeyPair], monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = image(tmp_path / "shop", baked)
    monkeypatch.setitem(sys.modules, module, None)
    done = run_here("attest", reference, "--key", str(keys["ecdsa"].private))
    said = " ".join(done.stderr.split())
    assert done.returncode == 78
    assert f"{needed} is not installed" in said
    assert "install confcontract[attest]" in said


def test_verify_without_a_key_needs_none_of_it(tmp_path: Path, baked: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = image(tmp_path / "shop", baked)
    assert run_here("attest", reference).returncode == 0
    for module in ("cyclonedx", "cryptography", "packageurl"):
        monkeypatch.setitem(sys.modules, module, None)
    assert run_here("verify", reference).returncode == 0
