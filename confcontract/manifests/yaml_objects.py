"""Reads the documents of a manifest file, by the YAML rules of Kubernetes (sigs.k8s.io/yaml).

They differ from PyYAML's: a date and 1:30 are text. If libyaml is available, it parses the file: it has the same
grammar as Kubernetes' parser, and is ten times as fast.
"""

from __future__ import annotations

import re
from typing import Any

from confcontract.verdict.sources.documents.parsed import Document, Fault
from confcontract.verdict.sources.documents.yaml_text import parse_documents

MAX_DOCUMENTS = 100_000

_TAG = "tag:yaml.org,2002:"
_INTEGER = r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)"
_FLOAT = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
_RESOLVED = (
    ("bool", r"yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF", "yYnNtTfFoO"),
    ("int", _INTEGER, "-+0123456789"),
    ("float", _FLOAT, "-+0123456789."),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("merge", r"<<", "<"),
)


class NotText:
    """A scalar that YAML does not read as text, such as 8080 without quotes. kind: in words. written: as in the
    file."""

    __slots__ = ("kind", "written")

    def __init__(self, kind: str, written: str) -> None:
        self.kind = kind
        self.written = written

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NotText) and self.written == other.written

    def __hash__(self) -> int:
        return hash(self.written)

    def __repr__(self) -> str:
        return f"<{self.kind}>"


def read_objects(text: str) -> tuple[list[Document], list[Fault]]:
    """The readable documents, and the faults of the rest of the file. A document's own faults, such as a duplicate key,
    are stored in it. Numbers and booleans are `NotText`, so that their written form is kept."""
    return parse_documents(text, loader_of, MAX_DOCUMENTS)


def loader_of(yaml: Any) -> Any:
    """Returns a loader class, based on that of the yaml module."""
    base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader: Any = type("ManifestLoader", (base,), {"yaml_implicit_resolvers": {}, "yaml_constructors": {}})
    loader.yaml_constructors.update(base.yaml_constructors)
    for tag, pattern, firsts in _RESOLVED:
        compiled = re.compile(f"(?:{pattern})\\Z")
        for first in firsts:
            known = loader.yaml_implicit_resolvers.setdefault(first.strip("\0"), [])
            known.append((_TAG + tag, compiled))
    loader.yaml_constructors |= {
        f"{_TAG}int": _number,
        f"{_TAG}float": _number,
        f"{_TAG}bool": _truth,
        f"{_TAG}timestamp": base.construct_yaml_str,
        f"{_TAG}value": base.construct_yaml_str,
    }
    return loader


def _number(_: Any, node: Any) -> NotText:
    return NotText("a number", node.value)


def _truth(_: Any, node: Any) -> NotText:
    return NotText("true or false", node.value)
