"""The example's Dockerfile: its shape on paper, and the image that buildah makes of it.

The build is real, in a chroot, on the interpreter that runs the tests, and a shell, in the place of the Python image:
no container engine and no registry of images is needed, only buildah and the packages of the lock file.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pydantic_core
import pytest

from confcontract import Contract
from confcontract.cli import main
from tests.support.pages import BIN, ROOT, ended, environ
from tests.support.vault.openbao import OpenBao, free_port

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


# --- for real


def needed() -> str | None:
    for program in ("buildah", "skopeo", "umoci", "runc"):
        if shutil.which(program) is None:
            return f"install {program}"
    return None if os.geteuid() == 0 else "only root can make a root file system"


NEEDED = needed()
builds = pytest.mark.skipif(NEEDED is not None, reason=f"the image can't be built here: {NEEDED}")
KEY = "k" * 16
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def driver(folder: Path) -> str:
    """overlay where the kernel has it: vfs copies the whole image for each instruction."""
    below, changes, work, seen = (folder / name for name in ("below", "changes", "work", "seen"))
    for place in (below, changes, work, seen):
        place.mkdir()
    options = f"lowerdir={below},upperdir={changes},workdir={work}"
    mounted = subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, seen], capture_output=True)
    if mounted.returncode:
        return "vfs"
    subprocess.run(["umount", seen], check=True)
    return "overlay"


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
            driver(folder),
        ]

    def stored(self, name: str) -> str:
        """As skopeo calls an image in this storage."""
        _, root, _, run, _, driver = self._options
        return f"containers-storage:[{driver}@{root}+{run}]localhost/{name}"

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
        self.builder = builder
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
    programs = [
        Path(found) for name in ("sh", "env", "grep", "find", "touch", "chmod") if (found := shutil.which(name))
    ]
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
    build = (
        *("build", "--layers", "--timestamp", "1767225600"),
        *("--build-arg", f"BASE=localhost/base@{pinned}", "--build-arg", f"CONTRACT_DIGEST={digest}"),
        *("--build-arg", f"SOURCE_COMMIT={COMMIT}", "--build-arg", "SOURCE_DATE_EPOCH=1767225600"),
        *("--volume", f"{wheels}:/wheels:ro", "--volume", f"{folder / 'pip.conf'}:/etc/pip.conf:ro"),
    )
    builder(*build, "--tag", "shop", context)
    elsewhere = folder / "somebody/else/checkout"
    shutil.copytree(context, elsewhere, copy_function=shutil.copy)  # the times are those of now
    for place in elsewhere.rglob("*"):
        place.chmod(0o775 if place.is_dir() else 0o664)  # as with another umask
    builder(*build, "--no-cache", "--tag", "again", elsewhere)
    yield Image(builder)
    builder("umount", "--all")
    builder("rm", "--all")
    builder("rmi", "--all", "--force")


@builds
def test_the_image_that_is_built_holds_its_contract_serves_refuses_and_is_read_only(
    image: Image, digest: str, shared_bao: OpenBao, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One test, so that two workers never build two images."""
    is_the_same_when_it_is_built_again_in_another_place(image)
    has_the_contract_alone_in_its_last_layer(image, tmp_path)
    passes_the_smoke_test_under_runc_with_a_secret_of_openbao(shared_bao, tmp_path, capsys)
    holds_the_contract_that_its_label_names(image, digest)
    serves_the_shop_as_its_user_and_ends_by_term(image)
    refuses_a_broken_environment_before_the_shop_starts(image)
    has_nothing_that_its_user_can_write(image)


def is_the_same_when_it_is_built_again_in_another_place(image: Image) -> None:
    digests = {name: image.builder("images", "--format", "{{.Digest}}", name) for name in ("shop", "again")}
    assert digests["shop"] == digests["again"], differences(image.builder)


def differences(builder: Builder) -> str:
    """What is not the same in the two: files by their names, modes, times and content."""
    seen: list[set[str]] = []
    for name in ("shop", "again"):
        root = Path(builder("mount", builder("from", name)))
        lines = set()
        for place in root.rglob("*"):
            found = place.lstat()
            content = (
                hashlib.sha256(place.read_bytes()).hexdigest() if place.is_file() and not place.is_symlink() else ""
            )
            lines.add(f"{place.relative_to(root)} {found.st_mode:o} {found.st_uid} {found.st_mtime} {content}")
        seen.append(lines)
    return "\n".join(sorted(seen[0] ^ seen[1])[:40])


def has_the_contract_alone_in_its_last_layer(image: Image, folder: Path) -> None:
    """And lays it out as the smoke test takes it."""
    run("skopeo", "copy", "--quiet", image.builder.stored("shop"), f"oci:{folder / 'layout'}:shop")
    blobs = folder / "layout/blobs/sha256"
    index = json.loads((folder / "layout/index.json").read_bytes())
    manifest = json.loads((blobs / index["manifests"][0]["digest"].removeprefix("sha256:")).read_bytes())
    last = blobs / manifest["layers"][-1]["digest"].removeprefix("sha256:")
    with tarfile.open(last) as layer:
        files = {member.name.strip("/") for member in layer if member.isfile()}
    assert files == {f"etc/confcontract/{name}" for name in ("contract.json", "schema.json", "defaults.env")}


def passes_the_smoke_test_under_runc_with_a_secret_of_openbao(
    bao: OpenBao, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bao.put("image", {"signing_key": KEY})
    port = free_port()
    with socket.create_server(("127.0.0.1", 0)) as database:
        url = f"postgresql://shop:p@127.0.0.1:{database.getsockname()[1]}/shop"
        (folder / "smoke.env").write_text(
            f"SHOP_DATABASE__URL={url}\nSHOP_SIGNING_KEY=vault:secret/image#signing_key\nSHOP_PORT={port}\n"
            f"VAULT_ADDR={bao.address}\nVAULT_TOKEN={bao.token}\n",
            encoding="utf-8",
        )
        capsys.readouterr()
        asked = ["--env-file", str(folder / "smoke.env"), "--url", f"http://127.0.0.1:{port}/healthz"]
        patient = ["--engine", "runc", "--timeout", "300", "--grace", "120"]
        try:
            main(["smoke", f"oci:{folder / 'layout'}:shop", *asked, *patient])
        except SystemExit as ended:
            raise AssertionError(capsys.readouterr().out) from ended
    said = capsys.readouterr().out
    with capsys.disabled():
        print("\n" + said)  # the time that it took to stop
    assert [line.split()[0] for line in said.splitlines()] == ["ok"] * 5
    assert "process 1 is user 10001" in said
    assert "answers: HTTP 200" in said
    assert "without its configuration it ends with 66" in said
    assert KEY not in said


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
