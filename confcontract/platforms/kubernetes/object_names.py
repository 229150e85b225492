"""Names that Kubernetes accepts, for objects, keys and variables."""

from __future__ import annotations

import re

from confcontract.platforms.distinct_names import digest

LONGEST = 63  # longest name that has to be a DNS label, as for pods
_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")


def object_name(*parts: str) -> str:
    """A name of these parts. A name that had to be cut or changed more than usual gets the beginning of a digest, so
    that two names stay different.
    """
    told = "-".join(part for part in parts if part)
    usual = re.sub(r"[ _./]+", "-", told.lower())
    name = re.sub(r"-{2,}", "-", re.sub(r"[^a-z0-9-]", "-", usual)).strip("-")
    if name == usual.strip("-") and 0 < len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 9].rstrip('-')}-{digest(told)}".lstrip("-")


def is_key(name: str) -> bool:
    """Whether a ConfigMap or a Secret can have such a key."""
    return _KEY.fullmatch(name) is not None and name not in (".", "..") and not name.startswith("..")


def is_variable(name: str) -> bool:
    """Whether every release of Kubernetes accepts it as the name of a variable."""
    return _VARIABLE.fullmatch(name) is not None and name not in (".", "..") and not name.startswith("..")
