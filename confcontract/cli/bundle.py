"""`confcontract bundle`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from confcontract.cli.common import echo, not_empty, usage_error

if TYPE_CHECKING:
    from confcontract.bundle.bundle_steps import Bundle

LONGEST = 200  # bytes of a path in the first line of a script that the kernel accepts, with a margin


def bundle(
    out: Annotated[
        str,
        typer.Option("--out", "-o", metavar="DIR", help="The folder to write: empty, or not yet existing."),
    ],
    at: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Where the bundle will be in images. Default: DIR.", show_default=False),
    ] = None,
    extras: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="EXTRA",
            help="What boot needs in addition: aws, yaml, amqp, grpc, mysql, postgres or redis. May be repeated.",
        ),
    ] = None,
    strip: Annotated[
        bool, typer.Option("--strip", help="Remove debug symbols to make it smaller. Needs binutils.")
    ] = False,
) -> int:
    """Write boot and probe with their own interpreter into one folder, for images without Python."""
    import os
    from pathlib import Path

    from confcontract.bundle.bundle_steps import make_bundle

    not_empty("--out", out)
    not_empty("--at", at)
    folder = Path(os.path.abspath(out))
    place = str(folder) if at is None else at.rstrip("/")
    _refuse_place(place, "--at" if at is not None else "--out")
    try:
        made = make_bundle(folder, place, tuple(dict.fromkeys(extras or ())), strip, _time())
    except OSError as error:
        if isinstance(error, BrokenPipeError) or not error.filename:
            raise
        message = f"{error.filename} can't be read or written: {error.strerror}"
        raise usage_error(message, "name a folder that you may write, with --out") from None
    echo(_summary(made))
    return 0


def _summary(made: Bundle) -> str:
    lines = [f"wrote {made.folder}: {_megabytes(made.size)}"]
    lines += [f"  {name:<21} {_megabytes(size):>8}" for name, size in made.shares.items()]
    lines.append(f"It starts with an empty environment. It needs Linux on {made.interpreter.system}, and nothing else:")
    lines.append(f"it has its own C library, glibc {made.interpreter.glibc}. In the Dockerfile of the other image:")
    lines.append(f"  COPY --from=STAGE {made.folder} {made.at}")
    lines.append(f'  ENTRYPOINT ["{made.at}/bin/confcontract", "boot", "--"]')
    return "\n".join(lines) + "\n"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _refuse_place(place: str, option: str) -> None:
    """Raises UsageError for a path that the first line of a script can't contain."""
    import os

    wrong = None
    if not place.startswith("/") or place == "" or os.path.normpath(place) != place:
        wrong = "is not an absolute path without . and .."
    elif any(character.isspace() or character in '"\\:$' for character in place) or not place.isprintable():
        wrong = "contains spaces, quotes, colons or dollar signs"
    elif len(os.fsencode(place)) > LONGEST:
        wrong = "is too long"
    if wrong:
        message = f"{place} {wrong}: the first line of a script has to name it"
        hint = (
            "give it as --at /confcontract" if option == "--at" else "pass its later location with --at: /confcontract"
        )
        raise usage_error(message, hint)


def _time() -> int:
    """SOURCE_DATE_EPOCH, or else 1970: with any other time, no two bundles would be the same."""
    import os

    from confcontract.host.source_date import VARIABLE, source_date

    moment = source_date(os.environ.get(VARIABLE))
    return int(moment.timestamp()) if moment else 0
