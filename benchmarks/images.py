"""What it costs to inspect and to audit an image of a gigabyte, beside `skopeo copy` and `tar -t` of the same.

`python benchmarks/images.py` makes an OCI layout of 1,024 MB (files of the standard library and random bytes, in four
layers, the contract in a fifth of its own) and prints, for each command, the processor time, its ratio to that of
`tar -t`, and the most memory that it held. `--files 100000` makes one of many small files.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import os
import random
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":  # started as a script, the repository isn't on the path
    sys.path.insert(0, str(Path(__file__).parent.parent))

from pydantic import SecretStr, create_model
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import bake

SECRETS = 20
LAYERS = 4
MEGABYTE = 1024 * 1024
_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@dataclass(frozen=True)
class Cost:
    """cpu, wall: seconds. memory: the most that it held, in bytes."""

    cpu: float
    wall: float
    memory: int


# A small process that starts the command: what the kernel counts as the most memory of a process includes what the one
# that started it held by then.
_STARTER = """
import os, sys, time
nothing = os.open(os.devnull, os.O_RDWR)
start = time.perf_counter()
kept = [(os.POSIX_SPAWN_DUP2, nothing, each) for each in (0, 1)]
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=kept)
_, status, used = os.wait4(pid, 0)
print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, time.perf_counter() - start, used.ru_maxrss)
"""


def cost(*command: str | Path, environ: dict[str, str] | None = None) -> Cost:
    """Raises SystemExit where it fails."""
    words = [sys.executable, "-I", "-S", "-c", _STARTER, *map(str, command)]
    done = subprocess.run(words, env=environ, capture_output=True, text=True, check=True)
    code, cpu, wall, memory = done.stdout.split()
    if code not in ("0", "1"):  # an audit has findings
        raise SystemExit(f"{' '.join(map(str, command))} ended with {code}")
    return Cost(float(cpu), float(wall), int(memory) * 1024)


def contents(megabytes: int, files: int) -> Iterator[bytes]:
    """Half sources, half random, as images are half text and half programs."""
    drawn = random.Random(1)
    library = Path(sysconfig.get_path("stdlib"))
    texts = [path.read_bytes() for path in sorted(library.glob("*.py"))]
    size = max(1, megabytes * MEGABYTE // files)
    for number in range(files):
        if number % 2:
            yield drawn.randbytes(size)
        else:
            text = drawn.choice(texts)
            yield (text * (size // len(text) + 1))[:size]


def make_image(folder: Path, megabytes: int, files: int) -> None:
    (folder / "blobs/sha256").mkdir(parents=True)
    made = contents(megabytes, files)
    layers = [_packed(folder, number, made, files // LAYERS) for number in range(LAYERS)]
    layers.append(_packed(folder, LAYERS, iter([baked(SECRETS)]), 1, "etc/confcontract/contract.json"))
    lay(folder, layers)


def baked(secrets: int) -> bytes:
    """A contract with so many secrets: SHOP_SECRET_0, …"""
    fields = {f"secret_{number}": (SecretStr, ...) for number in range(secrets)}
    shop = create_model("Shop", __base__=BaseSettings, __module__=__name__, **fields)  # type: ignore[call-overload]
    shop.model_config = SettingsConfigDict(env_prefix="SHOP_")
    shop.model_rebuild(force=True)
    return bake(shop, name="shop", version="1").to_bytes()


def described(folder: Path, layer: bytes) -> tuple[dict[str, object], str]:
    """The descriptor of a layer that is made already. What it is when it is not compressed is not worked out."""
    (folder / "blobs/sha256").mkdir(parents=True, exist_ok=True)
    return _blob(folder, layer, _LAYER), f"sha256:{'0' * 64}"


def lay(folder: Path, layers: Sequence[tuple[dict[str, object], str]]) -> None:
    """The image of these layers, each with the digest of what it is when it is not compressed."""
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    config = {
        "os": "linux",
        "architecture": "amd64",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [diff for _, diff in layers]},
        "history": [{"created_by": f"COPY {number} /"} for number in range(len(layers))],
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": _blob(folder, json.dumps(config).encode(), _CONFIG),
        "layers": [each for each, _ in layers],
    }
    index = {"schemaVersion": 2, "manifests": [_blob(folder, json.dumps(manifest).encode(), _MANIFEST)]}
    (folder / "index.json").write_text(json.dumps(index))


def _packed(
    folder: Path, number: int, made: Iterator[bytes], files: int, name: str = ""
) -> tuple[dict[str, object], str]:
    """The descriptor of a layer, and the digest of what it is when it is not compressed."""
    plain = hashlib.sha256()
    place = folder / f"layer-{number}"

    class Hashed(io.RawIOBase):
        def __init__(self, file: gzip.GzipFile) -> None:
            self._file = file

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            plain.update(bytes(data))  # type: ignore[call-overload]
            return self._file.write(data)  # type: ignore[arg-type]

    with gzip.GzipFile(place, "wb", 1, mtime=0) as packed, tarfile.open(fileobj=Hashed(packed), mode="w|") as archive:
        for count in range(files):
            content = next(made)
            info = tarfile.TarInfo(name or f"srv/{number}/{count % 100}/{count}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    with place.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = place.stat().st_size
    place.rename(folder / "blobs/sha256" / digest)
    return {"mediaType": _LAYER, "digest": f"sha256:{digest}", "size": size}, f"sha256:{plain.hexdigest()}"


def _blob(folder: Path, content: bytes, kind: str) -> dict[str, object]:
    digest = hashlib.sha256(content).hexdigest()
    (folder / "blobs/sha256" / digest).write_bytes(content)
    return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(content)}


def measured(folder: Path) -> dict[str, Cost]:
    image = folder / "image"
    command = [sys.executable, "-I", "-m", "confcontract"]
    drawn = random.Random(2)
    values = {f"SHOP_SECRET_{number}": drawn.randbytes(12).hex() for number in range(SECRETS)}
    listed = [cost("tar", "-tzf", layer) for layer in sorted((image / "blobs/sha256").iterdir()) if _is_layer(layer)]
    return {
        "tar -t": Cost(sum(each.cpu for each in listed), sum(each.wall for each in listed), listed[0].memory),
        "skopeo copy": cost("skopeo", "copy", "--quiet", f"oci:{image}", f"oci:{folder / 'copy'}"),
        "inspect": cost(*command, "inspect", f"oci:{image}"),
        "audit, no values": cost(*command, "audit", f"oci:{image}", "--scanner", "none"),
        f"audit, {SECRETS} values": cost(
            *command, "audit", f"oci:{image}", "--scanner", "none", environ={**os.environ, **values}
        ),
    }


def _is_layer(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--files", type=int, default=2048)
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_image(folder / "image", wanted.megabytes, wanted.files)
        found = measured(folder)
    least = found["tar -t"].cpu
    print(f"{wanted.megabytes} MB in {wanted.files} files, {LAYERS + 1} layers")
    print("| command | processor | of tar -t | wall clock | memory |\n|---|---|---|---|---|")
    for title, each in found.items():
        row = f"{each.cpu:.1f} s | {each.cpu / least:.2f} | {each.wall:.1f} s | {each.memory / MEGABYTE:.0f} MB"
        print(f"| {title} | {row} |")


if __name__ == "__main__":
    main(sys.argv[1:])
