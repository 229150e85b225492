"""What it costs when a layer, or a file in one, grows to four gigabytes of zeros.

`python benchmarks/bombs.py` makes both images, of a few megabytes each, runs `inspect` and `audit` on them with the
limits that they have, and prints what each command said, its processor time and the most memory that it held. The tests
do the same with smaller limits.
"""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

if __name__ == "__main__":  # started as a script, the repository isn't on the path
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.images import MEGABYTE, baked, described, lay

GROWN = 4 * 1024 * MEGABYTE
_PART = 4 * MEGABYTE


def zeros(begins: bytes = b"") -> bytes:
    """gzip of these bytes and four gigabytes of zeros: a file of gzip may have many members."""
    return gzip.compress(begins, mtime=0) + gzip.compress(bytes(_PART), mtime=0) * (GROWN // _PART)


def layer_that_grows() -> bytes:
    info = tarfile.TarInfo("srv/zeros")
    info.size = GROWN
    return zeros(info.tobuf())


def layer_with_a_file_that_grows() -> bytes:
    return _with("srv/zeros.gz", zeros())


def _with(name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return gzip.compress(made.getvalue(), 1, mtime=0)


def image(folder: Path, bomb: bytes) -> str:
    """Above the contract, so that who looks for that reads the bomb first."""
    contract = _with("etc/confcontract/contract.json", baked(1))
    lay(folder, [described(folder, each) for each in (contract, bomb)])
    return f"oci:{folder}"


def row(command: str, reference: str) -> str:
    words = [sys.executable, "-I", "-m", "confcontract", command, reference]
    words += ["--scanner", "none"] if command == "audit" else []
    environ = {**os.environ, "SHOP_SECRET_0": "c2b1d0aa55e0f7"}
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(words, env=environ, stdout=said, stderr=said, text=True)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        told = " ".join(said.read().split())
    begins = told.find("decompresses to")
    shown = told[max(0, begins - 40) : begins + 50] if begins >= 0 else "nothing of it"
    spent = f"{used.ru_utime + used.ru_stime:.1f} s | {time.perf_counter() - start:.1f} s"
    return f"| {process.returncode} | {spent} | {used.ru_maxrss / 1024:.0f} MB | …{shown}… |"


def main() -> None:
    print("| image | command | exit code | processor | wall clock | memory | it says |\n|---|---|---|---|---|---|---|")
    bombs = {"a layer of 4 GB of zeros": layer_that_grows, "a file that grows to 4 GB": layer_with_a_file_that_grows}
    with tempfile.TemporaryDirectory() as name:
        for number, (title, made) in enumerate(bombs.items()):
            reference = image(Path(name, str(number)), made())
            for command in ("inspect", "audit"):
                print(f"| {title} | {command} {row(command, reference)}", flush=True)


if __name__ == "__main__":
    main()
