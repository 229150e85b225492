"""Where a container puts boot: no locale, no home, no working directory, nothing writable, nobody's user."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.booting import CANARY, CONFCONTRACT, PLAIN, SAFETY, Ended, Site
from tests.support.classes import InVault, Needy, Shop, WithFiles

Make = Callable[..., Site]


@pytest.mark.parametrize(
    "locale", [{"LANG": "C"}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {"LANG": "xx_YY.nonsense"}, None]
)
def test_no_locale_matters(site: Make, locale: dict[str, str] | None) -> None:
    made = site(Shop)
    env = (
        {name: value for name, value in PLAIN.items() if name != "LANG"} | (locale or {}) | {"SHOP_HOST": "Grüße 価格"}
    )
    path = made.file("prod.env", "OTHER=Grüße\n")
    done = made.boot("--env-file", path, env=env)
    assert done.environ == {**env, "OTHER": "Grüße"}
    wrong = made.boot(env={**env, "SHOP_PORT": "fünf"})
    assert (wrong.code, wrong.named()) == (78, {"SHOP_PORT"})
    assert "Traceback" not in wrong.err


def test_an_empty_environment_is_enough(site: Make) -> None:
    made = site(Shop)
    assert made.boot(env={}).raw == b""


def test_without_a_home(site: Make) -> None:
    made = site(InVault)
    done = made.boot(environ={"SHOP_PASSWORD": CANARY})
    assert "HOME" not in done.environ
    assert made.boot(environ={"VAULT_ADDR": "http://127.0.0.1:1"}, under=()).code == 66


def test_a_home_that_does_not_exist(site: Make, vault: dict[str, str]) -> None:
    done = site(InVault).boot(environ={**vault, "HOME": "/nowhere"})
    assert done.environ["SHOP_PASSWORD"] == CANARY


@pytest.mark.parametrize("settings", [Shop, WithFiles])
def test_a_working_directory_that_was_deleted(site: Make, settings: type[Any]) -> None:
    made = site(settings)
    gone = made.directory / "gone"
    shell = ["/bin/sh", "-c", f'mkdir {gone} && cd {gone} && rmdir {gone} && exec "$@"', "sh"]
    assert made.boot(under=shell, environ={"SHOP_PORT": "81"}).environ["SHOP_PORT"] == "81"
    wrong = made.boot(under=shell, environ={"SHOP_PORT": "x"})
    assert (wrong.code, wrong.named()) == (78, {"SHOP_PORT"})


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed(site: Make, closed: str) -> None:
    made = site(Shop)
    out = made.directory / "out"
    shell = ["/bin/sh", "-c", f'exec "$@" {closed}', "sh"]
    listing = ("/bin/sh", "-c", f"ls -l /proc/$$/fd > {out}; exit 7")
    assert made.boot(under=shell, command=listing).code == 7
    open_streams = {word for line in out.read_text().splitlines() for word in line.split()[-3:-2] if word in "012"}
    for number, mark in enumerate(("<&-", ">&-", "2>&-")):
        assert (str(number) in open_streams) == (mark not in closed.split() or number == 1)
    failed = made.boot(under=shell, environ={"SHOP_PORT": "x"})
    assert failed.code == 78


def test_a_full_disk_behind_stderr_does_not_matter(site: Make) -> None:
    with open("/dev/full", "w") as full:
        assert site(Shop).boot(stderr=full, stdout=subprocess.PIPE, environ={"SHOP_PROT": "1"}).code == 0
        assert site(Shop).boot(stderr=full, stdout=subprocess.PIPE, environ={"SHOP_PORT": "x"}).code == 78


def test_nobody_reads_what_is_said(site: Make) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    made = site(Needy)
    try:
        assert made.boot(stderr=writer, stdout=subprocess.PIPE).code == 78
    finally:
        os.close(writer)


def namespace(script: str) -> list[str]:
    """`script` in a mount namespace of its own, before the command."""
    prefix = ["unshare", "--mount", "/bin/sh", "-c"]
    if os.geteuid() != 0:
        prefix[1:1] = ["--map-root-user"]
    if subprocess.run([*prefix, "mount --make-rprivate /"], capture_output=True, check=False).returncode:
        pytest.skip("unshare --mount is not allowed here")
    return [*prefix, f'set -e; mount --make-rprivate /; {script}; exec "$@"', "sh"]


# Where the checkout itself lies in /tmp, hiding that would hide the program; it is made read-only then.
_IN_TMP = __file__.startswith("/tmp/")
_TMP = (
    "mount --bind /tmp /tmp && mount -o remount,bind,ro /tmp" if _IN_TMP else "mount -t tmpfs -o ro,size=4k none /tmp"
)
READ_ONLY = f"{_TMP} && mount -o remount,bind,ro /"


def test_nothing_needs_to_be_writable(bao: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """All kinds of sources, a policy and a fetch, on a read-only root without /tmp. (The contract may not be in /tmp.)"""
    import shutil
    import tempfile
    from pathlib import Path

    home = Path(tempfile.mkdtemp(dir=Path(__file__).parent))
    try:
        made = Site(home, InVault)
        made.file("conf.d/a.env", "SHOP_HOST=vault:secret/shop#host\n")
        made.file("policy.d/a.schema.json", '{"properties": {"host": {"pattern": "example"}}}')
        environ = {"VAULT_ADDR": bao.address, "VAULT_TOKEN": bao.token}
        done = made.boot(environ=environ, under=namespace(READ_ONLY))
        given = done.environ
        del given["PWD"]  # the shell's that made the namespace
        assert given == {**PLAIN, "SHOP_HOST": "vault.example.com", "SHOP_PASSWORD": CANARY}
        wrong = made.boot(environ={**environ, "SHOP_HOST": "x"}, under=namespace(READ_ONLY))
        assert (wrong.code, wrong.named()) == (78, {"SHOP_HOST"})
    finally:
        shutil.rmtree(home)


class Test_termination_log:
    """Kubernetes mounts a file there; here a mount namespace does."""

    def under(self, file: str, mode: str = "") -> list[str]:
        return namespace(
            f"mount -t tmpfs none /dev && : > /dev/termination-log && mount --bind {file} /dev/termination-log{mode}"
        )

    def test_a_failed_boot_leaves_its_reason_there(self, site: Make) -> None:
        made = site(Needy)
        file = made.file("message", "what was there before, and it was longer than " + "x" * 5000)
        done = made.boot(under=self.under(str(file)))
        assert done.code == 78
        assert file.read_text() == done.err.splitlines()[-1] + "\n"
        assert len(file.read_bytes()) <= 4096

    @pytest.mark.parametrize(
        ("option", "code"), [("--nonsense", 64), ("--contract=/nowhere.json", 78), ("--role=nobody", 64)]
    )
    def test_whatever_it_was(self, site: Make, option: str, code: int) -> None:
        made = site(Shop)
        file = made.file("message", "")
        done = made.boot(option, under=self.under(str(file)))
        assert done.code == code
        assert file.read_text() == done.err.splitlines()[-1] + "\n"

    def test_a_boot_that_succeeds_leaves_it_alone(self, site: Make) -> None:
        made = site(Shop)
        file = made.file("message", "the application's own")
        assert made.boot(under=self.under(str(file)), command=("/bin/sh", "-c", "exit 3")).code == 3
        assert file.read_text() == "the application's own"

    def test_one_that_cannot_be_written_does_not_matter(self, site: Make) -> None:
        made = site(Needy)
        file = made.file("message", "")
        under = self.under(str(file), " && mount -o remount,bind,ro /dev/termination-log")
        done = made.boot(under=under)
        assert (done.code, file.read_text()) == (78, "")

    def test_a_directory_or_a_pipe_there_does_not_matter(self, site: Make) -> None:
        made = site(Needy)
        for there in ("mkdir", "mkfifo"):
            done = made.boot(under=namespace(f"mount -t tmpfs none /dev && {there} /dev/termination-log"))
            assert done.code == 78

    def test_none_is_made_where_there_was_none(self, site: Make) -> None:
        made = site(Needy)
        shell = ["/bin/sh", "-c", '"$@"; code=$?; test ! -e /dev/termination-log && exit $code', "sh"]
        assert made.boot(under=[*namespace("mount -t tmpfs none /dev"), *shell]).code == 78


def test_a_user_who_is_not_root(site: Make) -> None:
    if os.geteuid() != 0:
        pytest.skip("every other test runs as one already")
    made = site(Needy)
    made.directory.chmod(0o755)
    identity = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    may_read = [
        "--inh-caps",
        "+dac_read_search",
        "--ambient-caps",
        "+dac_read_search",
    ]  # wherever the interpreter lives
    environ = {"SHOP_HOST": "h", "SHOP_PORT": "1", "SHOP_API_KEY": "x", "SHOP_SIGNING_KEY": "x", "HOME": "/nonexistent"}
    done = made.boot(environ=environ, under=[*identity, *may_read])
    assert made.settings_in(done.environ) == made.resolve(environ).values
    assert made.boot(under=[*identity, *may_read]).code == 78


def test_143_by_term_in_the_middle(site: Make) -> None:
    """The first thing that boot reads is a pipe to which nobody writes: there it is when TERM arrives."""
    import signal
    import time

    made = site(Shop)
    pipe = made.directory / "pipe"
    os.mkfifo(pipe)
    holder = os.open(pipe, os.O_RDWR)
    argv = made.argv(("--env-file", pipe), ("/bin/true",))
    process = subprocess.Popen(
        argv, env=PLAIN, cwd=made.directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        while not any(
            os.path.realpath(f"/proc/{process.pid}/fd/{each}") == str(pipe)
            for each in os.listdir(f"/proc/{process.pid}/fd")
        ):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=SAFETY)
    finally:
        process.kill()
        process.wait()
        os.close(holder)
    assert process.returncode == 143
    assert err == b"confcontract: ended by SIGTERM while validating the configuration\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["boot"], "no command to start"),
        (["boot", "--"], "no command to start"),
        (["boot", "python"], "write -- before the command"),
        (["boot", "--env-fil", "x"], "did you mean --env-file"),
        (["boot", "--env-file"], "--env-file needs a value"),
        (["boot", "--timeout", "0"], "--timeout"),
        (["boot", "--timeout", "-1"], "--timeout"),
        (["boot", "--timeout", "nan"], "--timeout"),
        (["boot", "--log-format", "xml"], "text or json"),
        (["boot", "--contract="], "--contract is empty"),
        (["boot", "--strict=yes"], "--strict"),
    ],
)
def test_64_says_what_is_wrong_with_the_command_line(site: Make, arguments: list[str], words: str) -> None:
    made = site(Shop)
    env = {**PLAIN, "CONFCONTRACT_PATH": str(made.contract_path)}
    ran = subprocess.run([CONFCONTRACT, *arguments], env=env, capture_output=True, timeout=SAFETY, check=False)
    done = Ended(ran)
    assert done.code == 64
    assert words in done.report
    assert done.reason["reason"] == "the command line is not understood"


def test_the_contract_is_found_by_option_then_by_variable(site: Make) -> None:
    made = site(Shop)
    env = {**PLAIN, "CONFCONTRACT_PATH": "/nowhere/contract.json"}
    assert made.boot(environ=env).code == 0
    ran = subprocess.run(
        [CONFCONTRACT, "boot", "--", "/bin/true"], env=env, capture_output=True, timeout=SAFETY, check=False
    )
    done = Ended(ran)
    assert done.code == 78
    assert "/nowhere/contract.json" in done.report


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "contract-unreadable"),
        (b"{", "contract-unreadable"),
        (b"[]", "contract-unreadable"),
        (b"null", "contract-unreadable"),
        (b"\xff\xfe", "contract-unreadable"),
        (b'{"apiVersion": "confcontract/v2"}', "contract-unreadable"),
        (b'{"apiVersion": "confcontract/v1"}', "contract-"),
        ("edited", "contract-edited"),
        ("truncated", "contract-unreadable"),
        ("directory", "contract-unreadable"),
        ("fifo", "contract-unreadable"),
        ("input/output error", "contract-unreadable"),
        ("other pydantic_core", "contract-"),
    ],
    ids=str,
)
def test_a_contract_that_cannot_be_used_ends_in_78(site: Make, content: bytes | str, code: str) -> None:
    made = site(Shop)
    path = made.contract_path
    whole = path.read_bytes()
    if content == "directory":
        path.unlink()
        path.mkdir()
    elif content == "fifo":
        path.unlink()
        os.mkfifo(path)
    elif content == "input/output error":
        path.unlink()
        path.symlink_to("/proc/self/mem")  # can be opened; its first byte can't be read, as on a disk that fails
    elif content == "edited":
        path.write_bytes(whole.replace(b"8000", b"8001"))
    elif content == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    elif content == "other pydantic_core":
        path.write_bytes(
            whole.replace(b'"pydanticCore":"', b'"pydanticCore":"9').replace(
                b'"pydanticCore": "', b'"pydanticCore": "9'
            )
        )
    else:
        assert isinstance(content, bytes)
        path.write_bytes(content)
    done = made.boot()
    if content == "other pydantic_core" and done.code == 0:
        assert "pydantic_core" in done.report  # it could be built all the same, and boot says so
        return
    assert (done.code, done.out) == (78, "")
    assert done.reason["problems"][0]["code"].startswith(code)
    assert str(path) in done.report.replace(" ", "")
    assert "Traceback" not in done.err
