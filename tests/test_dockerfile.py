"""The example's Dockerfile on paper: its stages, what it installs, who it runs as, and that `init` writes it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from confcontract.cli import main
from tests.support.pages import ROOT

SHOP = ROOT / "examples/shop"
DOCKERFILE = SHOP / "Dockerfile"


def instructions() -> list[tuple[str, str]]:
    """(instruction, arguments) in order, continued lines joined."""
    lines = [line for line in DOCKERFILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def final_stage() -> list[tuple[str, str]]:
    every = instructions()
    return every[max(index for index, (word, _) in enumerate(every) if word == "FROM") :]


def arguments(word: str, stage: list[tuple[str, str]] | None = None) -> list[str]:
    return [rest for each, rest in (instructions() if stage is None else stage) if each == word]


def test_the_build_has_two_stages_of_one_base_that_the_builder_must_pin() -> None:
    assert arguments("FROM") == ["${BASE} AS build", "scratch AS contract", "build AS named", "${BASE}"]
    assert instructions()[0] == ("ARG", "BASE"), "no default: somebody must name a digest"


@pytest.mark.parametrize(
    ("base", "code"), [("python:3.11-slim-bookworm", 1), ("", 1), ("python:3.11-slim-bookworm@sha256:0f1e", 0)]
)
def test_a_base_without_a_digest_is_refused_before_anything_is_installed(base: str, code: int) -> None:
    first = arguments("RUN")[0]
    done = subprocess.run(["sh", "-c", first], env={"BASE": base}, capture_output=True, text=True)
    assert done.returncode == code
    assert ("append @sha256:" in done.stderr) == bool(code)


def test_the_image_runs_as_a_numbered_user_who_is_not_root() -> None:
    (user,) = arguments("USER", final_stage())
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)


def test_the_entry_point_is_boot_and_the_command_follows_it() -> None:
    assert [json.loads(rest) for rest in arguments("ENTRYPOINT", final_stage())] == [
        ["python", "-I", "-m", "confcontract", "boot", "--"]
    ]
    assert [json.loads(rest) for rest in arguments("CMD", final_stage())] == [["python", "-m", "shop"]]


def test_everything_is_installed_by_hash_or_from_the_build_context() -> None:
    installs = [" ".join(rest.split()) for rest in arguments("RUN") if "pip --python" in rest]
    assert len(installs) == 2
    for install in installs:
        assert "--no-deps --require-hashes -r requirements.txt" in install or "--no-deps --no-index dist/" in install
    assert not arguments("ADD")
    assert "://" not in "\n".join(f"{word} {rest}" for word, rest in instructions())


def test_the_contract_is_baked_in_the_build_stage_after_everything_is_installed() -> None:
    every = [rest for _, rest in instructions()]
    bake = next(index for index, rest in enumerate(every) if "confcontract bake" in rest)
    assert every.index("SOURCE_DATE_EPOCH") < bake < every.index("${BASE}")
    assert not [index for index, rest in enumerate(every) if "pip --python" in rest and index > bake]
    assert instructions()[-1][1].startswith("--from=named /etc/confcontract/contract.json "), "a last layer of its own"
    assert not arguments("RUN", final_stage())


def test_no_secret_is_an_argument_or_a_variable_of_the_image() -> None:
    names = set(
        re.findall(
            r"(\w+)=", " ".join(arguments("ENV") + [f"{rest.partition(chr(61))[0]}=" for rest in arguments("ARG")])
        )
    )
    assert names == {
        *("PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "CONFCONTRACT_RUNTIME_DIR"),
        *("BASE", "SOURCE_COMMIT", "SOURCE_DATE_EPOCH", "CONTRACT_DIGEST", "SOURCE_URL", "VERSION"),
    }


def test_labels_say_where_the_contract_is_and_which_and_no_more() -> None:
    assert set(re.findall(r"([\w.]+)=", " ".join(arguments("LABEL")))) == {
        *("confcontract.path", "confcontract.version", "confcontract.digest"),
        *(f"org.opencontainers.image.{name}" for name in ("title", "version", "revision", "source", "base.name")),
    }


def test_only_what_is_copied_is_sent_to_the_builder() -> None:
    ignored = (SHOP / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in ignored if line and not line.startswith("#")]
    assert rules[0] == "*"
    allowed = {line.removeprefix("!") for line in rules if line.startswith("!")}
    copied = [rest.split()[0] for rest in arguments("COPY") if not rest.startswith("--from")]
    assert allowed == set(copied)


def test_the_dockerfile_is_what_init_writes(tmp_path: Path) -> None:
    """The example has no Makefile of its own: the one of the project builds its wheel."""
    shutil.copytree(SHOP, tmp_path / "shop", ignore=shutil.ignore_patterns("__pycache__", "dist"))
    before = {path: path.read_bytes() for path in (tmp_path / "shop").rglob("*") if path.is_file()}
    main(["init", str(tmp_path / "shop"), "--yes"])
    for path, text in before.items():
        assert path.read_bytes() == text, path
