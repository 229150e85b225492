"""The references by which a pod can name an image: one on Docker Hub has several."""

from __future__ import annotations

_HUB = ("docker.io/", "index.docker.io/")


def spellings(reference: str) -> list[str]:
    """The spellings of one image in manifests."""
    short = reference
    for host in _HUB:
        short = short.removeprefix(host)
    head, slash, rest = short.partition("/")
    if slash and ("." in head or ":" in head or head == "localhost"):
        return [reference]  # the image is in another registry
    if slash and head == "library":
        short = rest
    whole = short if "/" in short else f"library/{short}"
    return list(dict.fromkeys([short, whole, *(host + whole for host in _HUB), *([f"{_HUB[0]}{short}"])]))
