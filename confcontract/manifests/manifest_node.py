"""A value in a manifest together with its place; the readers of objects use it to walk through a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from confcontract.manifests.workload import FilePlace, ManifestProblem
from confcontract.manifests.yaml_objects import NotText
from confcontract.report.problem import ERROR, Problem
from confcontract.verdict.sources.documents.parsed import Document


class FoundInFiles(list[ManifestProblem]):
    """The faults of the manifests themselves, in order and without duplicates."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[tuple[str, str, FilePlace]] = set()

    def once(self, found: ManifestProblem) -> None:
        key = (found.problem.code, found.problem.message, found.place)
        if key not in self._seen:
            self._seen.add(key)
            self.append(found)


class Node:
    """value: as parsed. found: receives the faults of the manifest itself."""

    __slots__ = ("_document", "_path", "file", "found", "value")

    def __init__(
        self, value: Any, file: str, document: Document, path: tuple[str | int, ...], found: FoundInFiles
    ) -> None:
        self.value = value
        self.file = file
        self.found = found
        self._document = document
        self._path = path

    def __bool__(self) -> bool:
        return self.value is not None

    @property
    def place(self) -> FilePlace:
        """The place of its key, or of the item of a list; otherwise the nearest known place around it."""
        first = next(iter(self.value), None) if isinstance(self.value, dict) and not self._path else None
        if first is not None and (position := self._document.position((first,))) is not None:
            return FilePlace(self.file, *position)  # the place of a document is that of its first key
        for size in range(len(self._path), 0, -1):
            position = self._document.position(self._path[:size])
            if position is not None:
                return FilePlace(self.file, *position)
        return FilePlace(self.file, 1, 1)

    def get(self, *keys: str) -> Node:
        """The node at these keys, or a node of None if there is none. Anything but a mapping on the way is reported."""
        node = self
        for key in keys:
            node = node._inner(key)
        return node

    def _inner(self, key: str) -> Node:
        value = None
        if isinstance(self.value, dict):
            value = self.value.get(key)
        elif self.value is not None:
            self.malformed("must be a mapping")
        return Node(value, self.file, self._document, (*self._path, key), self.found)

    def key(self, name: Any) -> Node:
        """The node of a key in a mapping, by the key as parsed."""
        return Node(self.value[name], self.file, self._document, (*self._path, name), self.found)

    def items(self) -> Iterator[Node]:
        """The items of a list. Anything else is reported, and has no items."""
        if isinstance(self.value, list):
            for number, value in enumerate(self.value):
                yield Node(value, self.file, self._document, (*self._path, number), self.found)
        elif self.value is not None:
            self.malformed("must be a list")

    def entries(self) -> Iterator[tuple[str, Node]]:
        """The entries of a mapping. Anything else is reported, and has no entries."""
        if isinstance(self.value, dict):
            for key in self.value:
                name = key.written if isinstance(key, NotText) else key
                if isinstance(name, str):
                    yield name, self.key(key)
                else:
                    self.key(key).malformed("has a key that is not text")
        elif self.value is not None:
            self.malformed("must be a mapping")

    def text(self) -> str | None:
        """The text; None if there is none. A number or a boolean is reported, and its written form is returned."""
        if isinstance(self.value, NotText):
            self.malformed(f"is {self.value.kind}, where Kubernetes accepts only text", hint="put it in quotes")
            return self.value.written
        if self.value is None or isinstance(self.value, str):
            return self.value
        self.malformed("must be text")
        return None

    def texts(self) -> tuple[str, ...] | None:
        if self.value is None:
            return None
        return tuple(text for each in self.items() if (text := each.text()) is not None)

    def truth(self) -> bool:
        """The boolean; False if there is none."""
        if isinstance(self.value, NotText) and self.value.kind == "true or false":
            return self.value.written.lower() in ("true", "yes", "on", "y")
        if self.value is not None:
            self.malformed("must be true or false")
        return False

    def number(self) -> int | None:
        if isinstance(self.value, NotText):
            try:
                return int(self.value.written.replace("_", ""), 0)
            except ValueError:
                return None
        return None

    @property
    def called(self) -> str:
        """The path in words: spec.containers[0].name."""
        told = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self._path)
        return told.removeprefix(".") or "the document"

    def malformed(self, what: str, *, hint: str | None = None) -> None:
        """what: continues after the path."""
        self.tell("manifest-malformed", f"{self.called} {what}", hint=hint)

    def tell(self, code: str, message: str, *, hint: str | None = None, severity: str = ERROR) -> None:
        problem = Problem(code, message, hint=hint, severity=severity)
        self.found.once(ManifestProblem(problem, self.place))
