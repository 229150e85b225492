"""What belongs to the extra is imported by what needs it only."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
import confcontract.attestation.attest_steps, confcontract.attestation.verification
import confcontract.cli.attest, confcontract.cli.verify
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"cryptography", "cyclonedx", "packageurl"}))
"""


def test_a_fresh_interpreter_loads_neither_cyclonedx_nor_cryptography() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
