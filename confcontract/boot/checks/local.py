"""Files, directories, and the free space on their file systems."""

from __future__ import annotations

import os

from confcontract.boot.checks.attempt import NotYet
from confcontract.boot.checks.plan import Target
from confcontract.host.folder import at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from confcontract.boot.checks.attempt import Attempt
    from confcontract.boot.checks.plan import Place


def target(check: Mapping[str, Any], place: Place) -> Target:
    hidden = place.secret or not place.text.isprintable()
    where = f"the path in {place.variable}" if hidden else place.text
    parameters = {"free": check["free"]} if check["kind"] == "disk" else {"require": check.get("require") or ["exists"]}
    data = {"kind": check["kind"], "path": place.text, **parameters}
    return Target(restored(data), where, None if place.secret else data)


def restored(data: Mapping[str, Any]) -> Attempt:
    make = _disk_attempt if data["kind"] == "disk" else _file_attempt
    return make(data["path"], data["free"] if data["kind"] == "disk" else data["require"])


def _file_attempt(path: str, require: list[str]) -> Attempt:
    effective = os.access in os.supports_effective_ids

    def attempt(_until: float) -> None:
        mode = _looked_up(os.stat, path).st_mode
        for word, wanted in (("readable", os.R_OK), ("writable", os.W_OK)):
            if word in require and not os.access(at(path), wanted, effective_ids=effective):
                raise NotYet(f"is not {word} by user {os.geteuid()}")
        if "private" in require and mode & 0o007:
            raise NotYet(f"is open to other users (mode {mode & 0o7777:04o})")

    return attempt


def _disk_attempt(path: str, least: int | str) -> Attempt:
    def attempt(_until: float) -> str:
        found = _looked_up(os.statvfs, path)
        free, whole = found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize
        percent = 100 * free / whole if whole else 100.0
        said = f"{_amount(free)} are free, {percent:.0f}% of {_amount(whole)}"
        enough = percent >= float(least[:-1]) if isinstance(least, str) else free >= least
        if not enough:
            raise NotYet(f"{said}; {least if isinstance(least, str) else _amount(least)} are required")
        return said

    return attempt


def _looked_up(look: Any, path: str) -> Any:
    try:
        return look(at(path))
    except (FileNotFoundError, NotADirectoryError):
        raise NotYet("does not exist") from None
    except (OSError, ValueError) as error:
        raise NotYet(getattr(error, "strerror", None) or "is not a path") from None


def _amount(number: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.3g} {unit}" if unit != "bytes" else f"{number:.0f} bytes"
        number /= 1000
    return f"{number:.4g} TB"
