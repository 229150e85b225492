"""Runs an image without a daemon: skopeo fetches it, umoci unpacks it, and runc starts it in its own namespaces."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from confcontract.smoke.container_engine import TRANSPORTS, ask, said

NEEDS = ("skopeo", "umoci", "runc")
_MAPPED = {"containerID": 0, "hostID": 100_000, "size": 65_536}  # the range that newuidmap gives the first user
_NAMESPACES = ("pid", "mount", "ipc", "uts", "user")  # not "net", so that the service can be reached from here
_SCRATCH = {
    "destination": "/tmp",  # noqa: S108 - the container's
    "type": "tmpfs",
    "source": "tmpfs",
    "options": ["nosuid", "nodev", "mode=1777"],
}
_UNPACKING = 600.0  # seconds, enough for a large image on a slow disk


class RuncEngine:
    """image: in skopeo's notation. Requires root: the unpacked files belong to the users of the user namespace."""

    def __init__(self, image: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="smoke-"))
        self._state = self._folder / "state"
        try:
            self._folder.chmod(0o711)  # the container's root is another user, who needs access to the root folder
            self._unpack(image)
            self._config: dict[str, Any] = json.loads((self._bundle / "config.json").read_bytes())
        except BaseException:
            self.close()
            raise

    @property
    def _bundle(self) -> Path:
        return self._folder / "bundle"

    def _unpack(self, image: str) -> None:
        laid = self._folder / "image"
        named = image if image.partition(":")[0] in TRANSPORTS else f"docker://{image}"
        as_it_is = "--dest-oci-accept-uncompressed-layers"  # compression would take most of the time
        _run("skopeo", "copy", "--quiet", as_it_is, named, f"oci:{laid}:smoke")  # of an index, only this platform
        mapped = "{containerID}:{hostID}:{size}".format(**_MAPPED)
        _run(
            *("umoci", "unpack", "--image", f"{laid}:smoke"),
            *("--uid-map", mapped, "--gid-map", mapped, str(self._bundle)),
        )
        self._bundle.chmod(0o711)

    def started(self) -> Sequence[str]:
        return self._config["process"]["args"] or ()

    def start(self, environ: Mapping[str, str]) -> tuple[str, subprocess.Popen[bytes]]:
        name = f"smoke-{uuid.uuid4().hex[:12]}"
        config = json.loads(json.dumps(self._config))
        process = config["process"]
        process["terminal"] = False
        process["noNewPrivileges"] = True
        process["capabilities"] = {}
        names = {each.partition("=")[0]: each for each in process["env"]}
        names.update({key: f"{key}={value}" for key, value in environ.items()})
        process["env"] = list(names.values())
        config["root"]["readonly"] = True
        config["mounts"] = [each for each in config["mounts"] if each["type"] not in ("sysfs", "cgroup")]
        config["mounts"].append(_SCRATCH)
        config["linux"]["namespaces"] = [{"type": each} for each in _NAMESPACES]
        config["linux"]["uidMappings"] = config["linux"]["gidMappings"] = [_MAPPED]
        config["linux"].pop("resources", None)  # the platform sets the limits of control groups
        place = self._bundle / "config.json"
        place.unlink(missing_ok=True)
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(config, file)
        command = ["runc", "--root", str(self._state), "run", "--bundle", str(self._bundle), name]
        return name, subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def run_in(self, name: str, *command: str) -> subprocess.CompletedProcess[bytes]:
        return self._runc("exec", name, *command)

    def signal(self, name: str, signal: str) -> None:
        self._runc("kill", name, signal)

    def _runc(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return ask(["runc", "--root", str(self._state), *words])

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def _run(*command: str) -> None:
    """Raises UsageError with the last line of the program's output."""
    done = ask(command, _UNPACKING)
    if done.returncode:
        raise said(command, done)
