"""Turns the services of a Compose file into workloads: what each container would get if Compose ran here."""

from __future__ import annotations

import os
import posixpath
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from confcontract.contract.secretnames import is_secret_name
from confcontract.host.sourcefile import Unreadable, read_source
from confcontract.manifests.compose_env_file import EnvLine, MalformedEnvFile, read_compose_env, read_raw
from confcontract.manifests.compose_model import ComposeModel, as_list, as_mapping, as_text
from confcontract.manifests.compose_text import InvalidTemplate, NotSet, interpolate
from confcontract.manifests.manifest_node import Node
from confcontract.manifests.shown_name import is_like_a_name, shown_name
from confcontract.manifests.workload import (
    UNSEEN_WORD,
    Container,
    ContainerFile,
    ContainerProbe,
    FilePlace,
    GivenVariable,
    ManifestProblem,
    Mount,
    Origin,
    ProbeKind,
    UnseenSource,
    Workload,
)
from confcontract.report.problem import WARNING, Problem

_SECRETS = "/run/secrets"
# Hints for sources that can't be seen.
_WITH_COMPOSE = "install docker compose, or give the output of docker compose config"
_SET_IT = "set the variables that its path refers to"
_HAVE_IT = "correct the path, or run this where the env file is"


class ComposeServices:
    """node: the document of the file, for places. environ: that of Compose, without the .env file."""

    def __init__(self, model: ComposeModel, node: Node, folder: str, environ: Mapping[str, str]) -> None:
        self._model = model
        self._node = node
        self._folder = folder
        self._dotenv_faults: list[ManifestProblem] = []
        self._environ = {**self._dotenv(environ), **environ}

    def workloads(self) -> Iterator[Workload]:
        for name, service in self._model.services.items():
            node = self._service(name)
            labels = {
                key: text for key, value in as_mapping(service.get("labels")).items() if (text := as_text(value)[0])
            }
            yield Workload("service", name, None, (self._container(name, service, node),), node.place, labels)

    def _service(self, name: str) -> Node:
        node = self._node.get("services")
        return node.key(name) if isinstance(node.value, dict) and name in node.value else node

    def _container(self, name: str, service: Mapping[str, Any], node: Node) -> Container:
        found = [*self._dotenv_faults]
        given: dict[str, GivenVariable] = {}
        unseen = []
        for why in (self._model.unknown, (self._model.unknown_of or {}).get(name, "")):
            if why:
                unseen.append(UnseenSource("", why, node.place, _WITH_COMPOSE))
        for entry in as_list(service.get("env_file")):
            self._env_file(entry, node, given, unseen, found)
        for key, value in as_mapping(service.get("environment")).items():
            if not is_like_a_name(key):
                self._no_name(key, f"services.{name}.environment", self._place(name, key), found)
                continue
            given[key] = self._variable(key, value, self._place(name, key), found)
        image = self._text(service.get("image"), node, found)
        return Container(
            name=name,
            image=image,
            command=self._words(service.get("entrypoint"), node, found),
            args=self._words(service.get("command"), node, found),
            environment=tuple(given.values()),
            unseen_sources=tuple(unseen),
            probes=tuple(self._probes(service, node, found)),
            mounts=tuple(self._mounts(service, node, found)),
            init=False,
            place=node.place,
            found=tuple(found),
            working_dir=self._text(service.get("working_dir"), node, found),
        )

    def _dotenv(self, environ: Mapping[str, str]) -> dict[str, str]:
        path = os.path.join(self._folder, ".env")
        try:
            text = read_source(path, pipes=False).decode("utf-8")
            lines = read_compose_env(text, environ.get)
        except (Unreadable, UnicodeDecodeError):
            return {}
        except MalformedEnvFile as error:
            what = f"the file .env {error}, and Compose refuses it"
            self._malformed(what, FilePlace(path, error.line, 1), self._dotenv_faults, "correct the line")
            return {}
        return {each.name: each.value for each in lines if each.value is not None}

    def _variable(self, name: str, value: Any, place: FilePlace, found: list[ManifestProblem]) -> GivenVariable:
        if value is None:
            here = self._environ.get(name)
            why = (
                None if here is not None else "it comes from the environment in which Compose runs, and is not set here"
            )
            return GivenVariable(name, here, Origin.PLATFORM, place, why, said="where Compose runs", bare=here is None)
        text, why = as_text(value)
        if text is None:
            return GivenVariable(name, None, Origin.PLAIN, place, why or "it is not text")
        used: list[str] = []

        def look_up(other: str) -> str | None:
            used.append(other)
            return self._environ.get(other)

        try:
            expanded = interpolate(text, look_up)
        except NotSet as error:
            return GivenVariable(name, None, Origin.PLATFORM, place, str(error))
        except InvalidTemplate as error:
            self._malformed(f"services: {name} {error}, which Compose refuses", place, found, "write $$ for one $")
            return GivenVariable(name, None, Origin.PLAIN, place, f"it {error}")
        from_here = [other for other in used if other in self._environ]
        secret = any(is_secret_name(other) for other in from_here)
        return GivenVariable(name, expanded, Origin.PLATFORM if from_here else Origin.PLAIN, place, secret=secret)

    def _env_file(
        self,
        entry: Any,
        node: Node,
        given: dict[str, GivenVariable],
        unseen: list[UnseenSource],
        found: list[ManifestProblem],
    ) -> None:
        described = entry if isinstance(entry, dict) else {"path": entry}
        path = self._text(described.get("path"), node, found)
        if path is None:
            unseen.append(UnseenSource("", "which env file is read is unknown here", node.place, _SET_IT))
            return
        required = as_text(described.get("required", True))[0] != "false"
        whole = os.path.join(self._folder, path)
        inside = os.path.join(os.path.abspath(self._folder or "."), "")
        if whole.startswith(inside):  # as Compose prints it
            path = whole.removeprefix(inside)
            whole = os.path.join(self._folder, path)
        try:
            text = read_source(whole, pipes=False).decode("utf-8")
            is_raw = described.get("format") == "raw"
            lines = read_raw(text) if is_raw else read_compose_env(text, self._environ.get)
        except Unreadable as error:
            why = f"the env file {path} {error}" if error.of_file else f"the env file {path}: {error}"
            why = why if required else f"{why}, and it is optional"
            unseen.append(UnseenSource("", why, node.place, (error.of_file and error.hint) or _HAVE_IT))
            return
        except UnicodeDecodeError:
            self._malformed(f"the env file {path} is not UTF-8 text", FilePlace(whole), found, "save it as UTF-8")
            unseen.append(UnseenSource("", f"the env file {path} is not UTF-8 text", node.place, "save it as UTF-8"))
            return
        except MalformedEnvFile as error:
            what = f"the env file {path} {error}, and Compose refuses it"
            self._malformed(what, FilePlace(whole, error.line, 1), found, "correct the line")
            unseen.append(UnseenSource("", what, node.place, "correct the line"))
            return
        for line in lines:
            if not is_like_a_name(line.name):
                self._no_name(line.name, f"the env file {path}", FilePlace(whole, line.line, 1), found)
                continue
            given[line.name] = _of_line(line, whole, path)

    def _no_name(self, name: str, where: str, place: FilePlace, found: list[ManifestProblem]) -> None:
        what = f"{shown_name(name)!r}, which is not a name" if name else "a line without a name"
        message = f"{where} has {what} of a variable, and is not checked"
        problem = Problem("manifest-malformed", message, hint="write NAME=VALUE", severity=WARNING)
        found.append(ManifestProblem(problem, place))

    def _malformed(self, message: str, place: FilePlace, found: list[ManifestProblem], hint: str) -> None:
        found.append(ManifestProblem(Problem("manifest-malformed", message, hint=hint), place))

    def _place(self, service: str, name: str) -> FilePlace:
        """The place where a variable is written; for a variable from another file, the place of the service."""
        on_the_way: list[str] = []
        while service and service not in on_the_way:
            on_the_way.append(service)
            node = self._service(service)
            said = node.value if isinstance(node.value, dict) else {}
            environment = said.get("environment")
            if isinstance(environment, dict) and name in environment:
                return node.get("environment").key(name).place
            if isinstance(environment, list):
                for each in node.get("environment").items():
                    if isinstance(each.value, str) and each.value.partition("=")[0] == name:
                        return each.place
            extends = said.get("extends")
            base = extends.get("service") if isinstance(extends, dict) else extends
            service = base if isinstance(base, str) else ""
        return self._service(on_the_way[0]).place

    def _text(self, value: Any, node: Node, found: list[ManifestProblem], *, secret: bool = False) -> str | None:
        """None if the text can't be seen, or must not be shown because a variable with a secret's name is interpolated
        into it."""
        text, _ = as_text(value)
        if text is None:
            return None
        used: list[str] = []

        def look_up(other: str) -> str | None:
            used.append(other)
            return self._environ.get(other)

        try:
            expanded = interpolate(text, look_up)
            is_secret = not secret and any(is_secret_name(other) and self._environ.get(other) for other in used)
            return None if is_secret else expanded
        except NotSet:
            return None
        except InvalidTemplate as error:
            self._malformed(f"{node.called} {error}, which Compose refuses", node.place, found, "write $$ for one $")
            return None

    def _words(self, value: Any, node: Node, found: list[ManifestProblem]) -> tuple[str, ...] | None:
        if value is None:
            return None
        if isinstance(value, list):
            return tuple(self._word(each, node, found) for each in value)
        return _split(self._word(value, node, found))

    def _word(self, value: Any, node: Node, found: list[ManifestProblem]) -> str:
        text = self._text(value, node, found)
        return UNSEEN_WORD if text is None else text

    def _probes(self, service: Mapping[str, Any], node: Node, found: list[ManifestProblem]) -> Iterator[ContainerProbe]:
        check = service.get("healthcheck")
        test = check.get("test") if isinstance(check, dict) else None
        words = self._words(test, node, found)
        is_off = isinstance(check, dict) and as_text(check.get("disable"))[0] == "true"
        if is_off or not words or words[0] == "NONE":
            return
        if isinstance(test, list):
            kind, *rest = words
            words = _split(" ".join(rest)) if kind == "CMD-SHELL" else tuple(rest)
        place = node.get("healthcheck").place if isinstance(node.value, dict) else node.place
        yield ContainerProbe("healthcheck", ProbeKind.COMMAND, place, tuple(words))

    def _mounts(self, service: Mapping[str, Any], node: Node, found: list[ManifestProblem]) -> Iterator[Mount]:
        for kind, known, folder in (
            ("secrets", self._model.secrets, _SECRETS),
            ("configs", self._model.configs, "/"),
        ):
            for entry in as_list(service.get(kind)):
                source, target = _source(entry), entry.get("target") if isinstance(entry, dict) else None
                if isinstance(source, str):
                    if source not in known and not self._model.unknown:
                        self._undefined(kind, source, node, found)
                    path = posixpath.join(folder, target if isinstance(target, str) else source)
                    yield self._file(path, source, known.get(source), node, found, secret=kind == "secrets")
        for entry in as_list(service.get("volumes")):
            target = entry.get("target") if isinstance(entry, dict) else _target(entry)
            if isinstance(target, str) and target.startswith("/"):
                yield Mount(target, (), "what the volume holds is not in the Compose file", node.place)

    def _undefined(self, kind: str, source: str, node: Node, found: list[ManifestProblem]) -> None:
        """Reports a secret or config that the file does not define. What stands there may be a value."""
        own = node.get(kind) if isinstance(node.value, dict) else node
        entries = own.items() if isinstance(own.value, list) else ()
        place = next((each.place for each in entries if source in (each.value, _source(each.value))), node.place)
        message = f"{node.called} refers to the {kind[:-1]} {shown_name(source)!r}, which the file does not define"
        hint = f"define it in {kind} at the top level of the file, or correct the name"
        self._malformed(f"{message}, and Compose refuses it", place, found, hint)

    def _file(
        self, path: str, name: str, known: Any, node: Node, found: list[ManifestProblem], *, secret: bool
    ) -> Mount:
        kind = "secret" if secret else "config"
        content, why = self._content(known, node, found)
        why = why and f"the {kind} {name} {why}"
        file = ContainerFile(path, content, node.place, why, secret, f"{kind} {name}")
        return Mount(path, (file,), why, node.place)

    def _content(self, known: Any, node: Node, found: list[ManifestProblem]) -> tuple[bytes | None, str | None]:
        if not isinstance(known, dict):
            return None, "is not defined in the Compose file"
        variable = known.get("environment")
        if isinstance(variable, str):
            value = self._environ.get(variable)
            return (None, f"is in {variable}, which is not set here") if value is None else (value.encode(), None)
        if isinstance(known.get("content"), str):
            text = self._text(known["content"], node, found, secret=True)
            return (None, "refers to a variable that is not set here") if text is None else (text.encode(), None)
        path = self._text(known.get("file"), node, found)
        if path is None:
            return None, "is stored elsewhere"
        try:
            return read_source(os.path.join(self._folder, path), pipes=False), None
        except Unreadable:
            return None, f"is in the file {path}, which can't be read here"


def _of_line(line: EnvLine, whole: str, path: str) -> GivenVariable:
    place = FilePlace(whole, line.line, 1)
    said = f"env file {path}"
    return GivenVariable(line.name, line.value, Origin.ENV_FILE, place, line.unseen, said=said, bare=line.bare)


def _split(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return tuple(text.split())


def _source(entry: Any) -> Any:
    """Which secret or config an entry of a service refers to."""
    return entry.get("source") if isinstance(entry, dict) else entry


def _target(entry: Any) -> str | None:
    """The TARGET of the short form SOURCE:TARGET:MODE."""
    parts: Sequence[str] = entry.split(":") if isinstance(entry, str) else ()
    return parts[1] if len(parts) > 1 else None
