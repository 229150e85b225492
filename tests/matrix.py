"""`make matrix`: the tests in which releases of pydantic differ, with each pair of releases in an environment of its own.

Pairs stand in requirements/matrix/pairs.txt; what each needs is locked beside it, with hashes, by `--lock`. Environments
are kept in .venv/matrix. For each pair there is a line when it is installed, and one when its tests have ended. A pair
that fails prints what its tests said; the exit code is 1 then.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "requirements/matrix"
BIN = Path(sys.executable).parent
PLACE = ROOT / ".venv/matrix"
# What releases differ in: the verdicts on classes that are drawn and on the known traps, boot as a process, and what bake
# says of a release that it can't work with.
TESTS = (
    "tests/fidelity/test_agreement.py",
    "tests/fidelity/test_config_files.py",
    "tests/fidelity/test_nested_settings.py",
    "tests/fidelity/test_subclassed_sources.py",
    "tests/fidelity/test_traps.py",
    "tests/fidelity/test_unseen_sources.py",
    "tests/author/test_declared_names.py",
    "tests/author/test_pydantic_private.py",
    "tests/boot/test_every_name.py",
    "tests/boot/test_name_file.py",
    "tests/boot/test_own_order.py",
    "tests/install/test_releases.py",
    "tests/verdict/sources/test_put_together.py",
    "tests/verdict/sources/test_put_together_names.py",
    "tests/verdict/sources/test_put_together_secrets.py",
)
# With `--ci`: those whose time goes to what releases differ in. Left to the full run are drawn settings classes within
# others, and what needs no other release, since it makes stand-ins for them.
_OF_PRIVATE_NAMES = "tests/author/test_pydantic_private.py::test_"
IN_CI = (
    *(test for test in TESTS if test.startswith("tests/fidelity/") and "nested" not in test),
    _OF_PRIVATE_NAMES + "the_functions_of_pydantic_in_a_core_schema_are_recognised",
    _OF_PRIVATE_NAMES + "every_private_name_that_is_used_of_a_class_or_of_a_source_is_looked_at_first",
    "tests/boot/test_every_name.py",
    "tests/boot/test_own_order.py",
)


@dataclass(frozen=True)
class Pair:
    """in_ci: whether continuous integration tests it: here, or by the whole suite if that has the same releases."""

    pydantic: str
    settings: str
    in_ci: bool = False

    def __str__(self) -> str:
        return f"{self.pydantic}-{self.settings}"

    @property
    def lock(self) -> Path:
        return LOCKS / f"{self}.txt"


def pairs() -> list[Pair]:
    """As the table has them."""
    lines = (LOCKS / "pairs.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return [Pair(row[0], row[1], in_ci=row[2:] == ["ci"]) for row in rows]


def wanted_in_ci(known: Sequence[Pair]) -> list[Pair]:
    """Those of which continuous integration would see nothing without us: its own environment has one of them."""
    ours = (version("pydantic"), version("pydantic-settings"))
    return [pair for pair in known if pair.in_ci and (pair.pydantic, pair.settings) != ours]


def lock(pair: Pair) -> None:
    """Resolve what a pair needs; what its lock pins already stays."""
    wanted = f"pydantic=={pair.pydantic}\npydantic-settings=={pair.settings}\n"
    options = ["--no-config", "--quiet", "--python-version", "3.11", "--universal", "--generate-hashes"]
    options += ["--no-emit-index-url", "--no-strip-extras", "--custom-compile-command", "make lock-matrix"]
    inputs = ["pyproject.toml", "--extra", "yaml", "requirements/matrix/tests.in", "--constraint", "-"]
    command = [str(BIN / "uv"), "pip", "compile", *options, *inputs, "--output-file", str(pair.lock)]
    subprocess.run(command, cwd=ROOT, input=wanted, text=True, check=True)


def environment(pair: Pair) -> Path:
    """The interpreter of the pair's environment, made if it is not there, or not by this lock."""
    folder = PLACE / str(pair)
    python, done = folder / "bin/python", folder / "lock.txt"
    locked = pair.lock.read_text(encoding="utf-8")
    if not done.exists() or done.read_text(encoding="utf-8") != locked:
        install(pair, folder)
        done.write_text(locked, encoding="utf-8")
    (packages,) = (folder / "lib").glob("python*/site-packages")
    for metadata in Path(sysconfig.get_path("purelib")).glob("confcontract-*.dist-info"):  # as `make install` wrote it
        shutil.copytree(metadata, packages / metadata.name, dirs_exist_ok=True)
    return python


def install(pair: Pair, folder: Path) -> None:
    python = folder / "bin/python"
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder)], check=True)
    pinned = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement", str(pair.lock)]
    # uv needs a twentieth of pip's processor time, but does not read of pip's configuration where its index is.
    uv = [str(BIN / "uv"), "pip", "install", "--quiet", "--python", str(python), *pinned]
    if subprocess.run(uv, capture_output=True).returncode:
        subprocess.run([sys.executable, "-m", "pip", "--python", str(python), "-qq", "install", *pinned], check=True)
    (packages,) = (folder / "lib").glob("python*/site-packages")
    (packages / "confcontract.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    subprocess.run([str(python), "-I", "-m", "confcontract.install_command"], cwd=ROOT, check=True)


def run(pair: Pair, compared: int, tests: Sequence[str]) -> bool:
    """Whether all tests pass. compared: pairs of a class and an environment that are drawn."""
    name = f"pydantic {pair.pydantic}, pydantic-settings {pair.settings}"
    began = monotonic()
    python = environment(pair)
    say(f"{name}: installed in {monotonic() - began:.0f} s; now {len(tests)} files of tests, {compared} pairs drawn")
    environ = {**os.environ, "FIDELITY_PAIRS": str(compared), "FILES_PAIRS": str(max(240, compared // 4))}
    pytest = [str(python), "-m", "pytest", "--quiet", "-p", "no:cacheprovider", "--tb=short"]
    ended = subprocess.run([*pytest, *tests], cwd=ROOT, env=environ, capture_output=True, text=True)
    if ended.returncode:
        say(ended.stdout + ended.stderr)
    last = ended.stdout.strip().splitlines()[-1:]
    say(f"{name}: {' '.join(last)}{f', exit code {ended.returncode}' if ended.returncode else ''}")
    return ended.returncode == 0


def say(line: str) -> None:
    """At once: what runs beside may take minutes more."""
    print(line, flush=True)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="*", help="PYDANTIC-SETTINGS, such as 2.12.0-2.14.0; all without any")
    parser.add_argument(
        "--ci",
        action="store_true",
        help="only the two ends, which are the lowest and the newest, and the middle, and the quick tests; "
        "without the pair that this environment has, with which the whole suite runs",
    )
    parser.add_argument("--lock", action="store_true", help="resolve what they need instead")
    parser.add_argument(
        "--compared", type=int, help="classes with environments to draw, for each pair (2000; --ci: 300)"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="so many at a time")
    given = parser.parse_args(arguments)
    known = pairs()
    wanted = [pair for pair in known if str(pair) in given.pairs] if given.pairs else known
    wanted = wanted_in_ci(wanted) if given.ci else wanted
    if {*given.pairs} - {str(pair) for pair in known}:
        parser.error(f"the pairs are {', '.join(map(str, known))}")
    if given.lock:
        for pair in wanted:
            lock(pair)
        return 0
    PLACE.mkdir(exist_ok=True)
    compared = given.compared or (300 if given.ci else 2000)
    with ThreadPoolExecutor(given.jobs) as pool:
        passed = list(pool.map(lambda pair: run(pair, compared, IN_CI if given.ci else TESTS), wanted))
    say(f"{passed.count(True)} of {len(passed)} pairs of releases passed")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
