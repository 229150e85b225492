"""Boot is isolated, however it is started; what is meant for the application's Python is handed on and rules nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import confcontract
from tests.support.starts import ISOLATED, PLAIN, SAFETY, WAYS, run, script, ways, with_entries

TELL = ["/bin/cat", "/proc/self/environ"]
INJECTED = """
import os
here = os.path.dirname(os.path.abspath(__file__))
open(os.path.join(here, "ran"), "a").close()
os.environ["PYTHONPATH"] = ""
os.environ["ADDED"] = "1"
del os.environ["KEPT"]
"""  # what an instrumentation does that comes by PYTHONPATH
PLANTED = "import os\nopen({evidence!r}, 'a').write(__name__ + chr(10))\nos._exit(99)\n"


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    return ways(tmp_path)[request.param]


@pytest.fixture(params=[[], ["--supervise"]], ids=["boot", "supervise"])
def boot(request: pytest.FixtureRequest, way: list[str], empty_contract: Path) -> list[str]:
    return [*way, "boot", "--contract", str(empty_contract), *request.param, "--"]


def entries(environ: dict[str, str]) -> list[bytes]:
    return [os.fsencode(f"{name}={value}") for name, value in environ.items()]


def test_the_application_finds_the_environment_that_boot_was_given(boot: list[str], tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(INJECTED)
    runtime = {"XDG_RUNTIME_DIR": str(tmp_path)}
    environ = {**PLAIN, **runtime, "PYTHONPATH": str(tmp_path), "KEPT": "\udcff\udcfe", "EMPTY": "", "LANG": "C"}
    done = run([*boot, *TELL], environ, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split(b"\0")[:-1] == entries(environ)


def test_an_instrumentation_by_pythonpath_reaches_the_application(boot: list[str], tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(INJECTED)
    environ = {**PLAIN, "PYTHONPATH": str(tmp_path), "KEPT": "1"}
    program = [sys.executable, "-c", "import sys; print('sitecustomize' in sys.modules)"]
    assert run([*boot, *program], environ, tmp_path).stdout == b"True\n"


ODD = [b"B=2", b"A=1", b"B=3", b"bare", b"=nameless", b"=C:=x", b"C=\xff\xfe", b"A=1", b"VAULT_ADDR=x", b"VAULT_ADDR=y"]
PATHS = [b"PATH=" + os.fsencode(os.defpath)]


@pytest.mark.parametrize("more", [[], [b"PYTHONPATH=/nowhere", b"PYTHONPATH=/elsewhere"]], ids=["", "started again"])
def test_what_no_mapping_can_hold_is_handed_over_all_the_same(
    boot: list[str], tmp_path: Path, more: list[bytes]
) -> None:
    given = [*PATHS, *ODD, *more]
    done = run(with_entries([*boot, *TELL], given), PLAIN, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split(b"\0")[:-1] == [entry for entry in given if not entry.startswith(b"VAULT_")]


RULING = {
    "PYTHONINSPECT": "1",
    "PYTHONWARNINGS": "error",
    "PYTHONOPTIMIZE": "2",
    "PYTHONDEVMODE": "1",
    "PYTHONVERBOSE": "1",
    "PYTHONPROFILEIMPORTTIME": "1",
    "PYTHONMALLOC": "debug",
    "PYTHONTRACEMALLOC": "5",
    "PYTHONDUMPREFS": "1",
    "PYTHONIOENCODING": "utf-16",
    "PYTHONINTMAXSTRDIGITS": "640",
    "PYTHONSTARTUP": "/nowhere",
    "PYTHONPYCACHEPREFIX": "/nowhere",
    "PYTHONPATH": ":/nowhere",
    "PYTHONUSERBASE": "/nowhere",
    "PYTHONUNBUFFERED": "1",
}
FATAL = {
    "PYTHONHOME": "/nowhere",
    "PYTHONHASHSEED": "abc",
    "PYTHONUTF8": "7",
    "PYTHONMALLOC": "nonsense",
    "PYTHONIOENCODING": "none",
    "PYTHONTRACEMALLOC": "-1",
}
MISLEADING = {"PYTHONEXECUTABLE": "/nowhere", "__PYVENV_LAUNCHER__": "/nowhere"}


def test_no_variable_of_python_s_changes_an_exit_code_or_a_word(boot: list[str], tmp_path: Path) -> None:
    environ = {**PLAIN, "XDG_RUNTIME_DIR": str(tmp_path)}
    program = ["/bin/sh", "-c", "cat /proc/$$/environ; exit 5"]
    plain, ruled = (run([*boot, *program], each, tmp_path) for each in (environ, environ | RULING))
    assert (ruled.returncode, plain.returncode) == (5, 5)
    begins = ruled.stderr.find(b"confcontract: ")  # before that, an interpreter that was not isolated may have spoken
    assert ruled.stderr[begins:] == plain.stderr
    assert ruled.stdout.split(b"\0")[:-1] == entries(environ | RULING)


@pytest.mark.parametrize("name", [*FATAL, *MISLEADING])
@pytest.mark.parametrize("started", ISOLATED)
def test_what_ends_any_python_at_once_does_not_end_boot(
    tmp_path: Path, empty_contract: Path, started: str, name: str
) -> None:
    if name in MISLEADING and started != "isolated script":
        return  # Python itself then looks for confcontract in another place
    environ = {**PLAIN, name: (FATAL | MISLEADING)[name]}
    done = run([*ways(tmp_path)[started], "boot", "--contract", str(empty_contract), "--", *TELL], environ, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split(b"\0")[:-1] == entries(environ)


@pytest.mark.parametrize("name", MISLEADING)
def test_a_misled_interpreter_finds_the_packages_of_its_virtual_environment(tmp_path: Path, name: str) -> None:
    """Not those beside the interpreter that the environment was made from: they may be of another release."""
    lines = (
        f"#!{sys.executable} -I",
        "import sys",
        f"sys.path.append({str(Path(confcontract.__file__).parent.parent)!r})",
        "from confcontract import isolated",
        "isolated.isolate()",
        "sys.stdout.write(sys.prefix)",
    )
    asked = script(tmp_path / "asked", "\n".join(lines))
    assert run([asked, "boot"], {**PLAIN, name: "/nowhere"}, tmp_path).stdout == os.fsencode(sys.prefix)


def plant(folder: Path, names: set[str]) -> Path:
    """Modules that end the process of whoever imports them, and leave their name."""
    folder.mkdir()
    evidence = folder / "evidence"
    for name in names:
        (folder / f"{name}.py").write_text(PLANTED.format(evidence=str(evidence)))
    return evidence


@cache
def before_us() -> frozenset[str]:
    """What Python itself imports before it runs anything: in a folder that has such a module, no program is safe."""
    code = "import runpy, sys; print(*sys.modules)"
    return frozenset(run([sys.executable, "-c", code], PLAIN, Path("/")).stdout.decode().split())


THIRD_PARTY = {
    "hvac", "requests", "urllib3", "certifi", "idna", "charset_normalizer", "jsonschema", "attr",
    "attrs", "rpds", "referencing", "pydantic_core", "pydantic", "pydantic_settings", "dotenv", "typer", "click",
    "rich", "typing_extensions", "annotated_types", "psycopg", "redis", "socks", "simplejson", "brotli", "zstandard",
}  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ["boot", "--", "true"],
        ["boot", "--supervise", "--", "true"],
        ["probe", "live"],
        ["explain"],
        ["validate"],
        ["validate", "--model", "application:Settings"],
        ["bake", "application:Settings", "--name", "a", "--version", "1", "-o", "../out"],
        ["docs"],
    ],
)
def test_no_module_of_the_working_directory_runs_in_place_of_another(
    way: list[str], tmp_path: Path, empty_contract: Path, words: list[str]
) -> None:
    here = tmp_path / "application"
    evidence = plant(here, (set(sys.stdlib_module_names) | THIRD_PARTY) - before_us() - {"__future__"} | {"__future__"})
    (here / "application.py").write_text(
        "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    pass\n"
    )
    environ = {**PLAIN, "CONFCONTRACT_PATH": str(empty_contract), "CONFCONTRACT_RUNTIME_DIR": str(tmp_path)}
    done = run([*way, *words], environ, here)
    assert not evidence.exists(), evidence.read_text()
    expected = 1 if words[0] == "probe" else 64 if "--model" in words else 0  # another class than that of the contract
    assert done.returncode == expected, done.stderr


def test_what_python_imported_from_there_before_us_is_not_used(tmp_path: Path, empty_contract: Path) -> None:
    """`python -m` finds its own modules in the working directory first; boot then starts again."""
    here = tmp_path / "application"
    here.mkdir()
    (here / "contextlib.py").write_text("def contextmanager(function): return function\nclass suppress: pass\n")
    (here / "warnings.py").write_text("def warn(*_, **__): pass\nfilters = []\n")
    argv = [sys.executable, "-m", "confcontract", "boot", "--contract", str(empty_contract), "--supervise", "--"]
    done = run([*argv, "/bin/sh", "-c", "exit 5"], PLAIN, here)
    assert done.returncode == 5, done.stderr


@pytest.mark.parametrize("started", ISOLATED)
def test_nothing_below_pythonpath_runs_with_the_secrets_of_boot(
    tmp_path: Path, empty_contract: Path, started: str
) -> None:
    here = tmp_path / "application"
    evidence = plant(here, {*sys.stdlib_module_names, *THIRD_PARTY, "confcontract", "sitecustomize", "usercustomize"})
    environ = {**PLAIN, "PYTHONPATH": f":{here}", "VAULT_TOKEN": "canary"}
    done = run([*ways(tmp_path)[started], "boot", "--contract", str(empty_contract), "--", "true"], environ, here)
    assert done.returncode == 0, done.stderr
    assert not evidence.exists(), evidence.read_text()


BLOW = """
import os, posix
execve = posix.execve
def and_a_signal(*arguments):
    os.kill(os.getpid(), {number})
    execve(*arguments)
posix.execve = and_a_signal
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGRTMIN])
def test_a_signal_while_boot_starts_again_is_obeyed(
    tmp_path: Path, empty_contract: Path, number: signal.Signals
) -> None:
    (tmp_path / "sitecustomize.py").write_text(BLOW.format(number=int(number)))
    argv = [sys.executable, "-m", "confcontract", "boot", "--contract", str(empty_contract), "--", "true"]
    done = run(argv, {**PLAIN, "PYTHONPATH": str(tmp_path)}, tmp_path)
    assert done.returncode == 128 + number
    assert b" while starting\n" in done.stderr


def test_the_signal_mask_is_passed_on_through_a_second_start(boot: list[str], tmp_path: Path) -> None:
    def block() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGWINCH})

    program = ["/bin/grep", "-h", "SigBlk", "/proc/self/status"]
    environ = {**PLAIN, "PYTHONPATH": "/nowhere"}
    done = subprocess.run(
        [*boot, *program], env=environ, cwd=tmp_path, capture_output=True, preexec_fn=block, timeout=SAFETY
    )
    assert int(done.stdout.split()[1], 16) == 1 << signal.SIGUSR1 - 1 | 1 << signal.SIGWINCH - 1, done.stderr


@pytest.mark.parametrize(
    ("environ", "again"),
    [
        ({}, False),
        ({"PYTHON_VERSION": "3.11.7", "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}, False),
        ({"PYTHONIOENCODING": "UTF-8", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}, False),
        ({"PYTHONPATH": "/app"}, True),
    ],
)
def test_only_what_is_not_isolated_starts_again(
    tmp_path: Path, empty_contract: Path, environ: dict[str, str], again: bool
) -> None:
    program = ["/bin/sh", "-c", "tr '\\0' ' ' < /proc/$PPID/cmdline"]
    for name, way in ways(tmp_path).items():
        boot = [*way, "boot", "--contract", str(empty_contract), "--supervise", "--"]
        seen = run([*boot, *program], {**PLAIN, "HOME": "/nonexistent", **environ}, tmp_path).stdout
        assert (b" -X confcontract=" in seen) == (again and name not in ISOLATED), (name, seen)
        assert (b" -I " in seen) == (again or name in ISOLATED), (name, seen)


def test_bake_reads_the_application_as_any_python_does(way: list[str], tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "sitecustomize.py").write_text("import sys\nsys.injected = True\n")
    (source / "application.py").write_text(
        "import sys\nfrom pydantic_settings import BaseSettings\n"
        "class Settings(BaseSettings):\n    host: str = 'injected' if hasattr(sys, 'injected') else 'not'\n"
    )
    bake = ["bake", "application:Settings", "--name", "a", "--version", "1", "-o", str(tmp_path / "out")]
    done = run([*way, *bake], {**PLAIN, "PYTHONPATH": str(source)}, tmp_path)
    if way[1:2] == ["-I"]:
        assert done.returncode != 0  # who says -I to bake means it
        return
    assert done.returncode == 0, done.stderr
    assert "HOST=injected" in (tmp_path / "out" / "defaults.env").read_text()


def installed_in(folder: Path) -> Path:
    """confcontract and what it needs, in a folder that no installation knows."""
    import pydantic_core

    import confcontract

    folder.mkdir(parents=True)
    for path in Path(pydantic_core.__file__).parent.parent.iterdir():
        if path.suffix != ".pth":
            (folder / path.name).symlink_to(path)
    (folder / "confcontract").symlink_to(Path(confcontract.__file__).parent)
    return folder


@pytest.mark.parametrize("where", ["PYTHONPATH", "user site", "working directory"])
def test_confcontract_itself_may_be_where_isolation_does_not_look(
    tmp_path: Path, empty_contract: Path, where: str
) -> None:
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    below = {"PYTHONPATH": "deps", "user site": f"home/.local/lib/{version}/site-packages", "working directory": "deps"}
    deps = installed_in(tmp_path / below[where])
    environ = {**PLAIN, "HOME": str(tmp_path / "home"), "PYTHONWARNINGS": "error"}
    if where == "PYTHONPATH":
        environ["PYTHONPATH"] = str(deps)
    python = sys._base_executable  # type: ignore[attr-defined]
    argv = [python, "-m", "confcontract", "boot", "--contract", str(empty_contract), "--", *TELL]
    done = run(argv, environ, deps if where == "working directory" else tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split(b"\0")[:-1] == entries(environ)
