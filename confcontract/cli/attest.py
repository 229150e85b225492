"""`confcontract attest`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from confcontract.cli.common import echo, not_empty, usage_error
from confcontract.cli.image_options import ImagePlatform, ImageReference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from confcontract.image.installed_packages import Release


def attest(
    image: ImageReference,
    key: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Sign with this private key: PEM, ECDSA P-256 or Ed25519. Its password is in "
            "$CONFCONTRACT_KEY_PASSWORD.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Write files there, and attach nothing to the image.", show_default=False),
    ] = None,
    lock: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="The lock file that the image was installed from: requirements with hashes, uv.lock, "
            "poetry.lock, pdm.lock or pylock.toml.",
            show_default=False,
        ),
    ] = None,
    source_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="URL of the repository. Default: the image's label.", show_default=False),
    ] = None,
    source_commit: Annotated[
        str | None,
        typer.Option(
            metavar="REV", help="The revision that was built. Default: the image's label.", show_default=False
        ),
    ] = None,
    builder_id: Annotated[
        str | None,
        typer.Option(metavar="URI", help="What built the image, as SLSA's builder.id.", show_default=False),
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A parameter of the build; may be repeated.", show_default=False),
    ] = None,
    platform: ImagePlatform = None,
) -> int:
    """Attach provenance, the contract and an SBOM to an image, as in-toto statements, signed with --key."""
    import os

    from confcontract.attestation.attest_steps import ToAttest, attest
    from confcontract.attestation.build_facts import GivenFacts
    from confcontract.attestation.signing_keys import PASSWORD_VARIABLE, signing_key
    from confcontract.host.source_date import VARIABLE, source_date
    from confcontract.report.terminal import printable

    for option, value in {
        "--key": key,
        "--output": output,
        "--lock": lock,
        "--source-url": source_url,
        "--source-commit": source_commit,
        "--builder-id": builder_id,
        "--platform": platform,
    }.items():
        not_empty(option, value)
    named_lock, hashes = _lock(lock) if lock is not None else (None, {})
    given = GivenFacts(source_url, source_commit, _builder(builder_id), _parameters(parameter or ()), named_lock)
    signer = signing_key(key, os.environ.get(PASSWORD_VARIABLE)) if key is not None else None
    done = attest(ToAttest(image, platform, output, given, hashes, signer, source_date(os.environ.get(VARIABLE))))
    echo("".join(f"{printable(place)}\n" for place in done.places))
    if signer is None:
        sys.stderr.write("not signed: anyone who can write there can change it; sign with --key\n")
    return 0


def _lock(path: str) -> tuple[tuple[str, str], Mapping[Release, Sequence[str]]]:
    """The file's name and SHA-256, and the hashes in it. Raises ConfigurationInvalid."""
    import os
    from hashlib import sha256

    from confcontract.attestation.lock_hashes import lock_hashes
    from confcontract.host.sourcefile import Unreadable, read_source

    try:
        content = read_source(path)
    except Unreadable as error:
        raise _unusable(f"{path} {error}" if error.of_file else f"{path} can't be read: {error}", error.hint) from None
    try:
        hashes = lock_hashes(content)
    except (ValueError, RecursionError):
        hint = "name requirements with hashes (pip-compile --generate-hashes), or a lock of uv, Poetry or PDM"
        raise _unusable(f"{path} is not a lock with hashes", hint) from None
    return (os.path.basename(path), sha256(content).hexdigest()), hashes


def _unusable(message: str, hint: str) -> Exception:
    from confcontract.report.errors import ConfigurationInvalid
    from confcontract.report.problem import Problem

    return ConfigurationInvalid(Problem("lock-unusable", message, hint=hint, source_said=True))


def _builder(uri: str | None) -> str | None:
    import re

    from confcontract.contract.credentials import holds_credentials

    if uri is not None and not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+", uri):
        raise usage_error("--builder-id is not a URI", "write it as https://ci.example/runner@v1")
    if uri is not None and holds_credentials(uri):
        hint = "remove the login: everyone who can read the image can read its attestations"
        raise usage_error("--builder-id holds a password", hint)
    return uri


def _parameters(given: Sequence[str]) -> dict[str, str]:
    """Raises UsageError, also for a name that looks like that of a secret: an attestation is public."""
    from confcontract.contract.credentials import holds_credentials
    from confcontract.contract.secretnames import is_secret_name

    found: dict[str, str] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            raise usage_error("--parameter is not NAME=VALUE", "write it as --parameter PYTHON=3.12")
        if is_secret_name(name) or holds_credentials(value):
            hint = "leave it out: everyone who can read the image can read its attestations"
            raise usage_error(f"--parameter {name} is called like a secret, or holds a password", hint)
        found[name] = value
    return found
