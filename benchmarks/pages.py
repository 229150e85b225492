"""`confcontract docs` of a large contract beside `confcontract --help`: the least that a command of Typer costs.

Also where the time goes that is not Typer's.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

if __name__ == "__main__":  # started as a script, the repository isn't on the path
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.measure import Contestant, Launcher, Result
from benchmarks.scene import BASE, BIN, Scene
from confcontract.contract.artifact import Contract
from confcontract.docs import markdown, markdown_columns, page_formats
from confcontract.docs.build import page_of
from confcontract.verdict.mask import mask_credentials

SIZE = 2_000
HELP = Contestant("confcontract --help", (f"{BIN}/confcontract", "--help"), BASE)
# Typer reads the options of every command with pydantic; --help, which has none, does without.
NOTHING = Contestant("a command that does nothing", (f"{BIN}/confcontract", "problem", "usage"), BASE)


def contract_of(scene: Scene, size: int = SIZE) -> Path:
    scene.boot_declared(size, in_file=True)
    return scene.folder / f"contract_{size}" / "contract.json"


def contestants(contract: Path) -> list[Contestant]:
    """One for each format, in the order of the command line."""
    command = (f"{BIN}/confcontract", "docs", "--contract", str(contract), "-o", "/dev/null", "--format")
    return [Contestant(name, (*command, name), BASE) for name in page_formats.FORMATS]


def compare(scene: Scene, launcher: Launcher, runs: int, size: int = SIZE) -> dict[str, Result]:
    """By format, and the two peers by their names."""
    return launcher.compare([HELP, NOTHING, *contestants(contract_of(scene, size))], runs)


def steps(contract: Path) -> dict[str, float]:
    """CPU milliseconds of each step inside one process, the best of five."""
    loaded = Contract.load(contract)
    page = page_of(loaded, mask_credentials)

    def loading() -> None:
        _ = Contract.load(contract).data

    def write(name: str) -> Callable[[], object]:
        if name == "markdown":
            layout = markdown.Layout(markdown_columns.DEFAULT, tuple(markdown.PARTS))
            return lambda: markdown.render(page, layout)
        return lambda: page_formats.render(page, loaded, name)

    taken = {"load the contract": _best(loading), "make the page": _best(lambda: page_of(loaded, mask_credentials))}
    return taken | {f"write {name}": _best(write(name)) for name in page_formats.FORMATS}


def spent(scene: Scene) -> str:
    """What of it is ours, step by step, for people."""
    lines = (f"  {name:26}{taken:5.0f} ms" for name, taken in steps(contract_of(scene)).items())
    return "\n".join([f"CPU of the steps of docs, {SIZE} declared; the rest is Python's start and Typer's", *lines])


def _best(action: Callable[[], object]) -> float:
    def once() -> float:
        began = process_time()
        action()
        return (process_time() - began) * 1000

    return min(once() for _ in range(5))


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="confcontract-bench-") as folder, Launcher() as launcher:
        scene = Scene(Path(folder))
        taken = compare(scene, launcher, 20)
        print(f"{SIZE} variables                 wall     CPU  of --help's wall, CPU")
        for name, result in taken.items():
            wall, cpu = result.wall / taken[HELP.name].wall, result.cpu / taken[HELP.name].cpu
            print(f"{name:28} {result.wall:5.0f} ms {result.cpu:5.0f} ms  {wall:5.2f} {cpu:5.2f}")
        print(spent(scene))
    return 0


if __name__ == "__main__":
    sys.exit(main())
