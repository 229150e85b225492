"""The example's Dockerfile: its shape on paper, and the image that buildah makes of it.

The build is real, in a chroot, on the interpreter that runs the tests, and a shell, in the place of the Python image:
no container engine and no registry of images is needed, only buildah and the packages of the lock file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pydantic_core
import pytest

from confcontract import Contract
from tests.support.pages import BIN, ROOT, ended, environ
from tests.support.vault.openbao import free_port

SHOP = ROOT / "examples/shop"
DOCKERFILE = SHOP / "Dockerfile"


# --- on paper


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
    assert arguments("FROM") == ["${BASE} AS build", "${BASE}"]
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
    installs = [rest for rest in arguments("RUN") if "pip install" in rest]
    assert len(installs) == 2
    for install in installs:
        assert "--no-deps --require-hashes -r requirements.txt" in install or "--no-deps --no-index dist/" in install
    assert not arguments("ADD")
    assert "://" not in "\n".join(f"{word} {rest}" for word, rest in instructions())


def test_the_contract_is_baked_in_the_build_stage_after_everything_is_installed() -> None:
    every = [rest for _, rest in instructions()]
    bake = next(index for index, rest in enumerate(every) if rest.startswith("confcontract bake"))
    assert every.index("SOURCE_DATE_EPOCH") < bake < every.index("${BASE}")
    assert not [index for index, rest in enumerate(every) if "pip install" in rest and index > bake]
    assert "--from=build /etc/confcontract /etc/confcontract" in arguments("COPY", final_stage())
    assert not arguments("RUN", final_stage())


def test_no_secret_is_an_argument_or_a_variable_of_the_image() -> None:
    names = set(re.findall(r"(\w+)=", " ".join(arguments("ENV")))) | set(arguments("ARG"))
    assert names == {
        *("PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"),
        *("BASE", "SOURCE_COMMIT", "SOURCE_DATE_EPOCH", "CONTRACT_DIGEST"),
    }


def test_labels_say_where_the_contract_is_and_which_and_no_more() -> None:
    assert set(re.findall(r"([\w.]+)=", " ".join(arguments("LABEL")))) == {
        *("confcontract.path", "confcontract.version", "confcontract.digest"),
    }


def test_only_what_is_copied_is_sent_to_the_builder() -> None:
    ignored = (SHOP / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in ignored if line and not line.startswith("#")]
    assert rules[0] == "*"
    allowed = {line.removeprefix("!") for line in rules if line.startswith("!")}
    copied = [rest.split()[0] for rest in arguments("COPY") if not rest.startswith("--from")]
    assert allowed == set(copied)


# --- for real


def needed() -> str | None:
    if shutil.which("buildah") is None:
        return "install buildah"
    return None if os.geteuid() == 0 else "only root can make a root file system"


NEEDED = needed()
builds = pytest.mark.skipif(NEEDED is not None, reason=f"the image can't be built here: {NEEDED}")
KEY = "k" * 16
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Builder:
    """buildah with a storage of its own; root file systems are plain folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._options: list[str | Path] = [
            "--root",
            folder / "storage",
            "--runroot",
            folder / "run",
            "--storage-driver",
            "vfs",
        ]

    def __call__(self, *words: str | Path) -> str:
        finished = subprocess.run(
            ["buildah", *self._options, *words],
            env=os.environ | {"BUILDAH_ISOLATION": "chroot"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert finished.returncode == 0, f"{words}\n{finished.stdout}\n{finished.stderr}"
        return finished.stdout.strip()


def run(*words: str | Path, **more: str) -> str:
    finished = subprocess.run(words, env=dict(os.environ, **more), capture_output=True, text=True)
    assert finished.returncode == 0, f"{words}\n{finished.stdout}\n{finished.stderr}"
    return finished.stdout


class Image:
    """The built image, mounted: `config` as the runtime sees it, and a way to start what it starts."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self.config: dict[str, Any] = json.loads(builder("inspect", "--type", "image", "shop"))["Docker"]["config"]
        self._container = builder("from", "shop")
        self.root = Path(builder("mount", self._container))

    def start(self, *command: str, **more: str) -> subprocess.Popen[str]:
        """What the image starts, in its root, as its user, with its environment and `more`."""
        variables = dict(item.split("=", 1) for item in self.config["Env"]) | more
        user, group = self.config["User"].split(":")
        return subprocess.Popen(
            [
                *("chroot", f"--userspec={user}:{group}", "--groups=", self.root),
                *("/usr/bin/env", "-i", "-C", self.config["WorkingDir"]),
                *(f"{name}={value}" for name, value in variables.items()),
                *self.config["Entrypoint"],
                *(command or self.config["Cmd"]),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture(scope="module")
def digest(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of the contract, as baked on this machine."""
    folder = tmp_path_factory.mktemp("baked")
    subprocess.run(
        [BIN / "confcontract", "bake", "shop.settings:shop", "-o", folder],
        cwd=SHOP,
        env=environ(),
        check=True,
        capture_output=True,
    )
    return Contract.load(folder / "contract.json").digest


def lay_base(base: Path) -> None:
    """A root file system with Python in /usr/local, as its image has it, and what the lines of the Dockerfile start."""
    local = base / "usr/local"
    python = Path(sys._base_executable).resolve()  # type: ignore[attr-defined]
    library = Path(sysconfig.get_path("stdlib"))
    unneeded = ("__pycache__", "test", "tests", "idlelib", "tkinter", "site-packages", "dist-packages", "config-*")
    shutil.copytree(library, local / "lib" / library.name, ignore=shutil.ignore_patterns(*unneeded), symlinks=True)
    wheels = Path("/usr/share/python-wheels")  # where Debian's Python has the pip that it puts into an environment
    if python.is_relative_to("/usr/bin") and wheels.exists():
        shutil.copytree(wheels, base / wheels.relative_to("/"))
    (local / "bin").mkdir()
    shutil.copy2(python, local / "bin/python3")
    (local / "bin/python").symlink_to("python3")
    programs = [Path(found) for name in ("sh", "env", "grep") if (found := shutil.which(name))]
    extensions = [*(library / "lib-dynload").glob("*.so"), Path(pydantic_core._pydantic_core.__file__)]
    for file in {*programs, *shared_libraries([python, *programs, *extensions])}:
        copy = base / file.relative_to("/")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, copy)
    for folder in ("bin", "tmp", "etc"):
        (base / folder).mkdir(exist_ok=True)
    (base / "tmp").chmod(0o1777)
    (base / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n", encoding="utf-8")
    (base / "etc/group").write_text("root:x:0:\n", encoding="utf-8")
    if not (base / "bin/sh").exists():
        (base / "bin/sh").symlink_to("/usr/bin/sh")


def shared_libraries(files: list[Path]) -> set[Path]:
    """What the loader loads with each, and the loader."""
    told = subprocess.run(["ldd", *files], capture_output=True, text=True, check=True).stdout
    return {Path(path) for path in re.findall(r"^\t(?:\S+ => )?(/\S+) \(0x", told, re.MULTILINE)}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, digest: str) -> Iterator[Image]:
    folder = tmp_path_factory.mktemp("image")
    builder = Builder(folder)
    base = folder / "base"
    lay_base(base)

    context = folder / "context"
    shutil.copytree(SHOP, context, ignore=shutil.ignore_patterns("__pycache__", "dist"))
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", context / "dist")
    # The chroot doesn't know how this machine reaches its package index: it gets the files, and the hashes decide.
    wheels = folder / "wheels"
    run(
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--require-hashes",
        "-r",
        SHOP / "requirements.txt",
        "-d",
        wheels,
    )
    (folder / "pip.conf").write_text("[global]\nno-index = true\nfind-links = /wheels\n", encoding="utf-8")

    empty = builder("from", "scratch")
    builder("copy", "--quiet", empty, base, "/")
    builder("commit", "--quiet", "--rm", empty, "localhost/base")
    pinned = builder("images", "--format", "{{.Digest}}", "localhost/base")
    shutil.rmtree(base)
    builder(
        *("build", "--format", "docker", "--tag", "shop"),
        *("--build-arg", f"BASE=localhost/base@{pinned}", "--build-arg", f"CONTRACT_DIGEST={digest}"),
        *("--build-arg", f"SOURCE_COMMIT={COMMIT}", "--build-arg", "SOURCE_DATE_EPOCH=1767225600"),
        *("--volume", f"{wheels}:/wheels:ro", "--volume", f"{folder / 'pip.conf'}:/etc/pip.conf:ro"),
        context,
    )
    yield Image(builder)
    builder("umount", "--all")
    builder("rm", "--all")
    builder("rmi", "--all", "--force")


@builds
def test_the_image_that_is_built_holds_its_contract_serves_refuses_and_is_read_only(image: Image, digest: str) -> None:
    """One test, so that two workers never build two images."""
    holds_the_contract_that_its_label_names(image, digest)
    serves_the_shop_as_its_user_and_ends_by_term(image)
    refuses_a_broken_environment_before_the_shop_starts(image)
    has_nothing_that_its_user_can_write(image)


def holds_the_contract_that_its_label_names(image: Image, digest: str) -> None:
    labels = image.config["Labels"]
    contract = Contract.load(image.root / labels["confcontract.path"].lstrip("/"))
    assert contract.digest == labels["confcontract.digest"] == digest
    assert contract.data["apiVersion"] == labels["confcontract.version"]
    assert contract.data["provenance"]["sourceCommit"] == COMMIT
    assert contract.data["provenance"]["buildTime"] == "2026-01-01T00:00:00Z"


def serves_the_shop_as_its_user_and_ends_by_term(image: Image) -> None:
    with ExitStack() as stack:
        database = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = free_port()
        url = f"postgresql://shop:p@127.0.0.1:{database.getsockname()[1]}/shop"
        process = image.start(SHOP_DATABASE__URL=url, SHOP_SIGNING_KEY=KEY, SHOP_PORT=str(port))
        stack.enter_context(ended(process))
        assert process.stdout is not None
        told = ""
        for line in process.stdout:
            told += line
            if "Uvicorn running on" in line:
                break
        assert f"Uvicorn running on http://0.0.0.0:{port}" in told, told  # as conf.d in the image says
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        assert re.search(r"^Uid:\t10001\t10001", status, re.MULTILINE)
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            answer = b""
            while chunk := connection.recv(4096):
                answer += chunk
        assert answer.endswith(b"ok\n")
        process.terminate()
        process.communicate()
    assert process.returncode == -15


def refuses_a_broken_environment_before_the_shop_starts(image: Image) -> None:
    process = image.start(SHOP_DATABASE__URL="postgresql://db/shop", SHOP_SIGNING_KEY=KEY, SHOP_PORT="eighty")
    said = process.communicate()[0]
    assert process.returncode == 78, said
    assert "SHOP_PORT" in said
    assert "Traceback" not in said


def has_nothing_that_its_user_can_write(image: Image) -> None:
    writable = run("find", image.root / "app", image.root / "etc/confcontract", "!", "-type", "l", "-perm", "/o+w")
    assert writable == ""
    foreign = run("find", image.root / "app", image.root / "etc/confcontract", "-uid", "10001")
    assert foreign == ""
