"""By which references a pod may name an image: those of Docker Hub have several."""

from __future__ import annotations

_HUB = ("docker.io/", "index.docker.io/")


def spellings(reference: str) -> list[str]:
    """The same image, as manifests may write it."""
    short = reference
    for host in _HUB:
        short = short.removeprefix(host)
    head, slash, rest = short.partition("/")
    if slash and ("." in head or ":" in head or head == "localhost"):
        return [reference]  # of another registry
    if slash and head == "library":
        short = rest
    whole = short if "/" in short else f"library/{short}"
    return list(dict.fromkeys([short, whole, *(host + whole for host in _HUB), *([f"{_HUB[0]}{short}"])]))
