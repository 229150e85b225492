"""Options of the commands that take an image."""

from __future__ import annotations

from typing import Annotated

import typer

ImageReference = Annotated[
    str,
    typer.Argument(
        metavar="REF",
        help="docker://HOST/REPO:TAG[@DIGEST], oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE or "
        "containers-storage:REF.",
    ),
]
ImagePlatform = Annotated[
    str | None,
    typer.Option(
        metavar="OS/ARCH",
        help="Which of several images, such as linux/arm64. Default: $DOCKER_DEFAULT_PLATFORM, or else this machine's.",
        show_default=False,
    ),
]
