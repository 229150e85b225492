"""Manifests from files, folders or standard input."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from confcontract.host.folder import at
from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.manifests.compose_model import by_itself, by_program, compose_program, is_compose, is_override
from confcontract.manifests.compose_services import ComposeServices
from confcontract.manifests.data_lookup import DataObjects
from confcontract.manifests.data_objects import read_config_map, read_secret
from confcontract.manifests.made_secrets import MAKES_SECRET, made_secret
from confcontract.manifests.manifest_node import FoundInFiles, Node
from confcontract.manifests.pod_spec import KINDS, has_pod, read_workload
from confcontract.manifests.workload import DataObject, FilePlace, Ignored, ManifestProblem, Manifests, Workload
from confcontract.manifests.yaml_objects import read_objects
from confcontract.report.problem import ERROR, INFO, WARNING, Problem
from confcontract.verdict.sources.documents.parsed import Document, Fault

STDIN = "-"
MAX_BYTES = 64 * 1024 * 1024
ENDINGS = (".yaml", ".yml", ".json")
_LIST = "List"
# A value may be a template of something else, such as of an alert, but the beginning of a line is not a value.
_UNRENDERED = re.compile(
    r"^\{\{-?\s*(?:if|with|range|else|end|block)\b"
    r"|\{\{-?\s*(?:/\*|[(]*\s*(?:\$?\.(?:Values|Release|Chart|Files|Capabilities|Template|Subcharts)\b"
    r"|(?:include|template|define|tpl)\s+[\"$.]))",
    re.MULTILINE,
)


def read_manifests(paths: Sequence[str | Path], environ: Mapping[str, str] | None = None) -> Manifests:
    """paths: files; folders, of which all YAML and JSON files are read, also in subfolders; "-" for standard input.
    environ: the variables that Compose files refer to, and the PATH for an installed Compose. It raises nothing: what
    can't be read is among the problems."""
    reading = _Reading(environ or {})
    seen: set[str] = set()
    for path in paths:
        named = os.fspath(path)
        for file in reading.files_of(named):
            place = file if file == STDIN else os.path.realpath(at(file))
            if place not in seen:  # a file may be named itself and also be in a named folder
                seen.add(place)
                reading.read(file, pipes=file == named)
    return reading.finish()


class _Reading:
    """Collects objects as they are read; pods are read at the end, when all ConfigMaps and Secrets are known."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._compose: tuple[str, ...] | None = None
        self._looked_for_compose = False
        self._lacks_yaml = False
        self._read: set[str] = set()
        self._kustomizations: list[Node] = []
        self._services: list[Workload] = []
        self.problems = FoundInFiles()
        self._workloads: list[Node] = []
        self._data: list[DataObject] = []
        self._ignored: list[Ignored] = []

    def files_of(self, path: str) -> Iterator[str]:
        if path == STDIN or not os.path.isdir(at(path)):
            yield path
            return
        found = False
        for folder, folders, files in os.walk(at(path)):
            folders[:] = sorted(each for each in folders if not each.startswith("."))
            for name in sorted(files):
                if name.lower().endswith(ENDINGS) and not name.startswith("."):
                    found = True
                    yield os.path.join(folder, name)
        if not found:
            message = f"there is no file in {path} that ends in {', '.join(ENDINGS)}"
            self._tell("manifest-unreadable", message, FilePlace(path), hint="name the folder of the manifests")

    def read(self, path: str, *, pipes: bool = True) -> None:
        """pipes: whether to read a pipe, which is done only for a path that was named itself."""
        self._read.add(os.path.realpath(at(path)))
        file = "<stdin>" if path == STDIN else path
        try:
            raw = read_source("/dev/stdin" if path == STDIN else path, limit=MAX_BYTES, pipes=pipes)
        except Unreadable as error:
            message = f"{file} {error}" if error.of_file else f"{file}: {error}"
            self._tell("manifest-unreadable", message, FilePlace(file), hint=error.hint)
            return
        try:
            text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            self._tell(
                "manifest-unreadable", f"{file} is not UTF-8 text", FilePlace(file, line), hint="save it as UTF-8"
            )
            return
        unrendered = _UNRENDERED.search(text)
        if unrendered:
            line = text.count("\n", 0, unrendered.start()) + 1
            column = unrendered.start() - text.rfind("\n", 0, unrendered.start())
            message = f"{file} is a Helm template that was not rendered, so it can't be judged"
            hint = "render it first: helm template ... | confcontract validate --manifest -"
            problem = Problem("manifest-not-rendered", message, hint=hint)
            self.problems.append(ManifestProblem(problem, FilePlace(file, line, column)))
            return
        self.take(text, file, path)

    def take(self, text: str, file: str, path: str) -> None:
        documents, faults = read_objects(text)
        if any(fault.kind == Fault.MISSING_PARSER for fault in faults):
            self._missing_yaml(file)
            return
        for document in documents:
            self._faults(document.faults, file)
            node = Node(document.value, file, document, (), self.problems)
            if len(documents) == 1 and is_compose(document.value):
                self._compose_file(node, text, path)
            else:
                self._object(node, document)
        self._faults(faults, file)

    def _missing_yaml(self, file: str) -> None:
        """Reported once for all files, since the fault is not theirs."""
        if not self._lacks_yaml:
            self._lacks_yaml = True
            message, hint = "PyYAML, which reads manifests, is not installed", "pip install 'confcontract[yaml]'"
            self._tell("release-unsupported", message, FilePlace(file), hint=hint)

    def _compose_file(self, node: Node, text: str, path: str) -> None:
        if path != STDIN and is_override(path):
            self._ignore(node, "", f"{path} overrides the file beside it, and is not checked on its own")
            return
        if not self._looked_for_compose:
            self._compose, self._looked_for_compose = compose_program(self._environ), True
        if self._compose is None:
            model = by_itself(node.value, path)
        else:
            model = by_program(self._compose, path, text, self._environ)
        if model.refused:
            self._tell("manifest-malformed", f"{node.file}: {model.refused}", node.place)
        folder = os.path.dirname(path) if path != STDIN else ""
        self._services += ComposeServices(model, node, folder, self._environ).workloads()

    def _faults(self, faults: Sequence[Fault], file: str) -> None:
        for fault in faults:
            message = f"{file} {fault.message}"
            if fault.kind == Fault.TWICE:
                message += " here, and Kubernetes refuses it"
            self._tell(
                "manifest-malformed", message, FilePlace(file, fault.line, fault.column), hint=fault.hint or None
            )

    def _object(self, node: Node, document: Document) -> None:
        if node.value is None:
            return  # an empty document, or one that is already reported
        if not isinstance(node.value, dict):
            node.tell(
                "manifest-malformed",
                "this document is not a Kubernetes object",
                hint="write it as a mapping with apiVersion and kind",
            )
            return
        kind = node.get("kind")
        if os.path.basename(node.file) in ("kustomization.yaml", "kustomization.yml") and kind.value is None:
            self._kustomizations.append(node)
        elif not isinstance(kind.value, str) or not isinstance(node.get("apiVersion").value, str):
            message = "this document is neither a Kubernetes object (it has no apiVersion or kind) nor a Compose file"
            self._ignore(node, "", message)
        elif kind.value == _LIST or (kind.value.endswith("List") and isinstance(node.value.get("items"), list)):
            for each in node.get("items").items():
                self._object(each, document)
        elif kind.value == "Kustomization" or node.get("apiVersion").value.startswith("kustomize.config.k8s.io/"):
            self._kustomizations.append(node)
        elif kind.value in KINDS or has_pod(node.value):
            self._workloads.append(node)
        elif kind.value == "ConfigMap":
            self._data.append(read_config_map(node))
        elif kind.value == "Secret":
            self._data.append(read_secret(node))
        else:
            if kind.value in MAKES_SECRET:
                self._data.append(made_secret(node, kind.value))
            self._ignore(node, kind.value, f"{kind.value} is not a known kind of workload, and was not checked")

    def _kustomization(self, node: Node) -> None:
        if self._only_lists_what_was_read(node):
            return
        message = f"{node.file} is a kustomization, which is not applied here: its patches and generators are ignored"
        hint = "check its output: kubectl kustomize DIR | confcontract validate --manifest -"
        problem = Problem("manifest-ignored", message, hint=hint, severity=INFO)
        self.problems.append(ManifestProblem(problem, node.place, verifiable=False))

    def _only_lists_what_was_read(self, node: Node) -> bool:
        """True for a kustomization such as those that `export` writes: whether applied or not, the objects are the
        same."""
        resources = node.value.get("resources")
        if node.file == "<stdin>" or not set(node.value) <= {"apiVersion", "kind", "resources"} or not resources:
            return False
        folder = os.path.dirname(node.file)
        return isinstance(resources, list) and all(
            isinstance(each, str) and os.path.realpath(at(os.path.join(folder, each))) in self._read
            for each in resources
        )

    def _ignore(self, node: Node, kind: str, message: str) -> None:
        name = node.get("metadata").value
        name = name.get("name") if isinstance(name, dict) else None
        self._ignored.append(Ignored(kind, name if isinstance(name, str) else "", node.place))
        self._tell("manifest-ignored", message, node.place, severity=INFO)

    def _tell(
        self, code: str, message: str, place: FilePlace, *, hint: str | None = None, severity: str = ERROR
    ) -> None:
        self.problems.append(ManifestProblem(Problem(code, message, hint=hint, severity=severity), place))

    def _twice(self) -> None:
        seen: dict[tuple[str, str, str | None], DataObject] = {}
        for each in self._data:
            key = (each.kind, each.name, each.namespace)
            if key in seen:
                message = f"{each.kind} {each.name} is defined twice, and the last one is used; the first is in"
                hint = "name the files of one environment only"
                where = seen[key].place
                self._tell("manifest-malformed", f"{message} {where}", each.place, hint=hint, severity=WARNING)
            seen[key] = each

    def finish(self) -> Manifests:
        self._twice()
        for node in self._kustomizations:
            self._kustomization(node)
        data = DataObjects(self._data)
        workloads = [*(read_workload(node, data) for node in self._workloads), *self._services]
        return Manifests(
            tuple(workloads),
            tuple(each for each in self._data if each.kind == "ConfigMap"),
            tuple(each for each in self._data if each.kind == "Secret"),
            tuple(self._ignored),
            tuple(self.problems),
        )
