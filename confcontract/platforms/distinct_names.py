"""Names for files and objects from arbitrary texts: two roles never get the same name, and no name points outside a
folder.
"""

from __future__ import annotations

from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def distinct(texts: Iterable[str], written: Callable[[str], str]) -> dict[str, str]:
    """Text → name. written: returns the usual name of a text, which may be empty. If another text has the same name,
    the beginning of a digest is added.
    """
    usual = {text: written(text) for text in texts}
    names = [*usual.values()]
    found = {text: name for text, name in usual.items() if name and (name == text or names.count(name) == 1)}
    for text, name in usual.items():
        if text not in found:
            named = f"{name}-{digest(text)}".lstrip("-")
            while named in found.values():
                named += "x"
            found[text] = named
    return found


def shortened(name: str, longest: int) -> str:
    """A name of at most this length; the beginning of a digest replaces the part that was cut off."""
    return name if len(name) <= longest else f"{name[: longest - 9].rstrip('-')}-{digest(name)}"


def digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
