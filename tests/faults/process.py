"""Process: what can be the matter with the command, with what it leaves behind, and with where it is started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from confcontract import Role
from tests.boot.launch.test_passes_everything_on import as_nobody
from tests.faults.booted import Booted
from tests.faults.case import Seen, case
from tests.faults.phases import names
from tests.faults.place import Place
from tests.support.supervising import ORPHANS, children

MODES = (False, True)  # --supervise
CONTAINER = ("unshare", "--fork", "--pid", "--mount-proc")


def both(place: Place, *command: str, **options: Any) -> list[Booted]:
    """By exec and under a supervisor, each to its end."""
    booted = [place.start(*command, supervise=supervise, **options) for supervise in MODES]
    for each in booted:
        each.wait()
    return booted


def same(place: Place, *command: str, **options: Any) -> Seen:
    """Refused, with or without supervisor."""
    refused, *others = [place.failed(booted) for booted in both(place, *command, **options)]
    assert others == [refused]
    return Seen(*refused)


# How it ends


TELLING = [0, 1, 2, 64, 66, 69, 70, 75, 77, 78, 126, 127, 128, 137, 143, 255]


def _codes(place: Place, *, supervise: bool) -> Seen:
    for batch in (TELLING[at : at + 8] for at in range(0, len(TELLING), 8)):
        started = [place.start("/bin/sh", "-c", f"exit {code}", supervise=supervise) for code in batch]
        assert [booted.wait() for booted in started] == batch
    return Seen("0 to 255", "", "each is the application's own")


@case("Process", "supervised: exit codes 0 to 255, of which those are tried that mean something, to boot or to a shell")
def exit_codes(place: Place) -> Seen:
    return _codes(place, supervise=True)


@case("Process", "exec: exit codes 0 to 255, of which those are tried that mean something, to boot or to a shell")
def exit_codes_exec(place: Place) -> Seen:
    return _codes(place, supervise=False)


@case("Process", "death by a signal")
def death(place: Place) -> Seen:
    numbers = [int(number) for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGABRT, signal.SIGKILL)]
    numbers += [int(signal.SIGSEGV), int(signal.SIGPIPE), int(signal.SIGTERM)]
    for number in numbers:
        script = f"ulimit -c 0; kill -{number} $$"
        assert [booted.wait() for booted in both(place, "/bin/sh", "-c", script)] == [-number, 128 + number]
    return Seen("128+n", "", f"{names(numbers)}: exec: dies of the same signal; supervised: exit code 128+n")


# What can not be started


@case("Process", "command not found")
def not_found(place: Place) -> Seen:
    return same(place, "uvicron", "shop:app")


@case("Process", "command not executable")
def not_executable(place: Place) -> Seen:
    return same(place, str(_script(place, "#!/bin/sh\n", 0o644)))


@case("Process", "interpreter of the script not found")
def bad_shebang(place: Place) -> Seen:
    return same(place, str(_script(place, "#!/opt/python/bin/python3\n")))


@case("Process", "script with Windows line ends")
def windows(place: Place) -> Seen:
    return same(place, str(_script(place, "#!/bin/sh\r\nexit 0\r\n")))


@case("Process", "script without #!")
def no_shebang(place: Place) -> Seen:
    return same(place, str(_script(place, "exit 0\n")))


@case("Process", "the command is a directory")
def directory(place: Place) -> Seen:
    return same(place, str(place.directory))


def _script(place: Place, text: str, mode: int = 0o755) -> Path:
    path = place.directory / "start.sh"
    path.write_text(text, newline="")
    path.chmod(mode)
    return path


@case("Process", "argument list too long: one argument of the contract's command")
def long_argument(place: Place) -> Seen:
    place.declare(web=Role(["/bin/echo", "x" * 200_000]))
    return same(place, options=("--role", "web"))


@case("Process", "argument list too long: the secret")
def long_secret(place: Place) -> Seen:
    place.secret("password", place.canary + "x" * 200_000)
    return same(place, "/bin/true")


@case("Process", "argument list too long: all together")
def long_together(place: Place) -> Seen:
    many = place.directory / "many.env"
    many.write_text(
        "".join(f"SHOP_EXTRA_{number}={'x' * 100_000}\n" for number in range(65)) + f"SHOP_API={'x' * 120_000}\n"
    )
    return same(place, "/bin/true", options=("--env-file", str(many)))


# What it leaves behind


@case("Process", "supervised: the application ignores TERM")
def deaf(place: Place) -> Seen:
    script = "trap '' TERM; touch ready; while :; do sleep 1; done"
    booted = place.start("/bin/sh", "-c", script, supervise=True, options=("--grace", "0.5"))
    booted.eventually("ready")
    booted.look()
    return Seen(booted.end(), "", "it and its process group are killed when its grace is over")


def _leaves_behind(place: Place, trap: str, words: str) -> Seen:
    script = (
        f"({trap} touch ready; while :; do sleep 0.1; done) & echo $! > left; while [ ! -e ready ]; do :; done; exit 7"
    )
    booted = place.start("/bin/sh", "-c", script, supervise=True, options=("--grace", "0.5"))
    code = booted.wait()
    assert not Path(f"/proc/{(place.directory / 'left').read_text().strip()}").exists()
    return Seen(code, "", words)


@case("Process", "supervised: grandchildren outlive the application")
def outlived(place: Place) -> Seen:
    return _leaves_behind(place, "", "they get TERM; the exit code is the application's")


@case("Process", "supervised: grandchildren outlive the application, and ignore TERM")
def outlived_deaf(place: Place) -> Seen:
    return _leaves_behind(place, "trap '' TERM;", "they get TERM, then KILL; the exit code is the application's")


def _orphans(place: Place, pid: Callable[[Booted], int], **options: Any) -> int:
    booted = place.start(sys.executable, "-I", "-S", "-c", ORPHANS, supervise=True, **options)
    booted.eventually("ready")
    booted.until(lambda: len(children(pid(booted))) == 1)
    (place.directory / "go").touch()
    return booted.wait()


@case("Process", "supervised: 1,000 orphans")
def orphans(place: Place) -> Seen:
    return Seen(_orphans(place, lambda booted: booted.process.pid), "", "all come to the supervisor; no zombie is left")


# Where it is started


@case("Process", "PID 1 of a PID namespace")
def pid_1(place: Place) -> Seen:
    _require(*CONTAINER, "true")
    found = []
    for supervise in MODES:
        script = "trap 'exit 9' TERM; echo $$ > pid; while :; do sleep 0.05; done"
        booted = place.start("/bin/sh", "-c", script, supervise=supervise, under=CONTAINER)
        found.append(int(booted.eventually("pid", "\n")))
        os.kill(children(booted.process.pid)[0], signal.SIGTERM)
        assert booted.wait() == 9
        (place.directory / "pid").unlink()
    assert found[0] == 1
    assert found[1] > 1
    return Seen(
        9, "", "the application, or its supervisor, is PID 1: TERM reaches the application, and its exit code passes"
    )


@case("Process", "supervised: PID 1 of a PID namespace, and 1,000 orphans")
def pid_1_orphans(place: Place) -> Seen:
    _require(*CONTAINER, "true")
    code = _orphans(place, lambda booted: children(booted.process.pid)[0], under=CONTAINER)
    return Seen(code, "", "no zombie is left")


@case("Process", "supervised: not PID 1, and a daemon that leaves its process group and session")
def not_pid_1(place: Place) -> Seen:
    script = "setsid sh -c 'echo $$ > daemon; exit 3'; sleep 0.1; exec sleep 100"
    booted = place.start("/bin/sh", "-c", script, supervise=True)
    pid = booted.eventually("daemon", "\n").strip()
    booted.until(lambda: not Path(f"/proc/{pid}").exists())
    return Seen(booted.end(), "", "its end is seen all the same; no zombie is left")


@case("Process", "inherited descriptors")
def descriptors(place: Place) -> Seen:
    inherited = place.directory / "inherited"
    for supervise in MODES:
        with inherited.open("w") as file:
            number = file.fileno()
            script = f"echo given > /proc/self/fd/{number}; ls /proc/self/fd > seen"
            booted = place.start("/bin/sh", "-c", script, supervise=supervise, pass_fds=[number])
            assert booted.wait() == 0
        # ls has one open for the directory that it reads
        seen = set(map(int, (place.directory / "seen").read_text().split())) - {0, 1, 2, number}
        assert len(seen) == 1, seen
        assert inherited.read_text() == "given\n"
    return Seen(0, "", "they reach the application; none of boot's does")


@case("Process", "inherited signal mask, and signals that the parent ignores")
def mask(place: Place) -> Seen:
    def odd() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGCHLD})
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    look = ("/usr/bin/grep", "-E", "^Sig(Blk|Ign|Cgt)", "/proc/self/status")
    direct = subprocess.run(look, preexec_fn=odd, stdout=subprocess.PIPE, text=True, check=True).stdout
    assert [booted.out for booted in both(place, *look, preexec_fn=odd)] == [direct, direct]
    return Seen(0, "", "both are as in a direct start")


@case("Process", "standard input is closed")
def closed(place: Place) -> Seen:
    script = "test -e /proc/$$/fd/0 && exit 1; exit 7"
    codes = {booted.wait() for booted in both(place, "/bin/sh", "-c", script, preexec_fn=lambda: os.close(0))}
    return Seen(*codes, "", "it is closed for the application as well")


@case("Process", "not root")
def nobody(place: Place) -> Seen:
    def run(argv: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(argv, capture_output=True, check=False, **options)

    for path in (place.directory, place.private):
        path.chmod(0o777)
    under = as_nobody([], run)
    codes = {booted.wait() for booted in both(place, "/bin/sh", "-c", 'test "$(id -u)" = 65534 && exit 5', under=under)}
    return Seen(*codes, "", "the application runs as the same user")


# A root of its own: bind mounts of all that there is but /tmp; the place is at /srv, and a checkout stays where it is.
ROOT = """
set -e
mount --make-rprivate /
mount -t tmpfs none /mnt
for each in /*; do
    case $each in /tmp | /mnt | /srv) continue ;; esac
    if [ -L "$each" ]; then cp -a "$each" /mnt/; elif [ -d "$each" ]; then
        mkdir "/mnt$each"; mount --rbind "$each" "/mnt$each"
    fi
done
mkdir /mnt/srv /mnt/secret
mount --bind "$1" /mnt/srv
mount --bind "$2" /mnt/secret
[ -z "$3" ] || mkdir /mnt/tmp
[ -z "$4" ] || { mkdir -p "/mnt$4"; mount --bind "$4" "/mnt$4"; mount -o remount,bind,ro "/mnt$4"; }
shift 4
mount -o remount,ro /mnt
for each in /mnt/*; do
    if mountpoint -q "$each" && [ "$each" != /mnt/dev ] && [ "$each" != /mnt/proc ]; then
        mount -o remount,bind,ro "$each"
    fi
done
cd /mnt/srv
exec /usr/sbin/chroot /mnt sh -c 'cd /srv && exec "$@"' sh "$@"
"""


def _rooted(place: Place, tmp: str) -> Seen:
    _require("unshare", "--mount", "true")
    here = str(Path(sys.prefix).parent) if sys.prefix.startswith("/tmp/") else ""  # a checkout there is needed as well
    under = ["unshare", "--mount", "/bin/sh", "-c", ROOT, "sh", str(place.directory), str(place.private), tmp, here]
    place.contract, contract = Path("/srv/contract.json"), place.contract
    environ = {"SHOP_PASSWORD_FILE": "/secret/password", "CONFCONTRACT_RUNTIME_DIR": "/srv/run"}
    script = "touch /srv/x /tmp/x /x /var/x 2>/dev/null && exit 1; exit 6"
    booted = both(place, "/bin/sh", "-c", script, under=under, environ=environ)
    place.contract = contract
    codes = {each.wait() for each in booted}
    assert codes == {6}, [each.err for each in booted]
    words = [place.neutral(warning["reason"]) for each in booted for warning in each.events("no-probe")]
    return Seen(6, "", f"the application is started; a warning: {words[0]}; supervised: {words[1]}")


@case("Process", "read-only root filesystem")
def read_only(place: Place) -> Seen:
    return _rooted(place, "tmp")


@case("Process", "read-only root filesystem, and no /tmp")
def no_tmp(place: Place) -> Seen:
    return _rooted(place, "")


def _require(*command: str) -> None:
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip(f"{' '.join(command[:-1])} is not allowed here")
