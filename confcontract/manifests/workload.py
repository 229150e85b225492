"""What manifests say, as data: workloads, their containers, and the environment that each would get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from confcontract.report.problem import Problem


@dataclass(frozen=True, order=True)
class FilePlace:
    """line, column: from 1; 0 where there is none to tell."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}, line {self.line}" + (f", column {self.column}" if self.column else "")


class Origin(Enum):
    """What gives a variable its value."""

    PLAIN = "plain"  # a value in the manifest
    EXPANDED = "expanded"  # one that refers to other variables
    CONFIG_MAP = "config map"
    SECRET = "secret"
    FIELD = "field"
    RESOURCE = "resource"
    ENV_FILE = "env file"
    VOLUME_FILE = "volume file"  # an env file in a volume (fileKeyRef)
    IMAGE = "image"  # the image's own ENV
    PLATFORM = "platform"  # the shell or the .env file of who runs Compose


@dataclass(frozen=True)
class SecretKey:
    """A key of a Secret of Kubernetes. namespace: None where the manifest leaves that to who applies it."""

    namespace: str | None
    name: str
    key: str

    def __str__(self) -> str:
        return f"Secret {f'{self.namespace}/' if self.namespace else ''}{self.name}, key {self.key}"


@dataclass(frozen=True)
class GivenVariable:
    """A variable that a container would get.

    value: None where it can't be seen; then unseen says why, in words. secret: whether all or a part of it comes from
    a Secret. said: the source in words, such as "ConfigMap shop, key SHOP_PORT"; "" for a value in the container's own
    list. may_be_replaced: why another value may count, where a source that can't be seen stands above it. key: of a
    Secret, where the value is that and nothing else.
    """

    name: str
    value: str | None = field(repr=False)
    origin: Origin
    place: FilePlace
    unseen: str | None = None
    secret: bool = False
    said: str = ""
    may_be_replaced: str = ""
    key: SecretKey | None = None
    bare: bool = False


@dataclass(frozen=True)
class UnseenSource:
    """A whole source of variables that can't be seen. prefix: what names from there begin with. hint: how it could
    be."""

    prefix: str
    why: str
    place: FilePlace
    hint: str = ""


@dataclass(frozen=True)
class ContainerFile:
    """A file that a container finds. path: absolute, in the container. content: None where it can't be seen. key: of
    the Secret that it is made of."""

    path: str
    content: bytes | None = field(repr=False)
    place: FilePlace
    unseen: str | None = None
    secret: bool = False
    said: str = ""
    key: SecretKey | None = None


@dataclass(frozen=True)
class Mount:
    """path: where. files: those that are known. unseen: why there may be others, in words; None if these are all."""

    path: str
    files: tuple[ContainerFile, ...]
    unseen: str | None
    place: FilePlace


class ProbeKind(Enum):
    """How it is asked."""

    COMMAND = "exec"
    HTTP = "httpGet"
    TCP = "tcpSocket"
    GRPC = "grpc"


@dataclass(frozen=True)
class ContainerProbe:
    """name: as the manifest calls it, such as readinessProbe. command: of COMMAND. port: of the others, as it is
    written: a number, or the name of a port of the container."""

    name: str
    kind: ProbeKind
    place: FilePlace
    command: tuple[str, ...] = ()
    port: int | str | None = None
    path: str = ""


@dataclass(frozen=True)
class ManifestProblem:
    """A problem with a manifest, and where. verifiable: False where nothing is known to be wrong, nor to be right."""

    problem: Problem
    place: FilePlace
    verifiable: bool = True


UNSEEN_WORD = "$(?)"  # in the place of a word of a command line that can't be seen


@dataclass(frozen=True)
class Container:
    """command, args: None where the image's own count; without words where Compose takes the image's away.
    environment: by name, what the container would get of what the manifest says; the image's own variables and those
    of the platform are not among them. ports: name → number, of those that are declared. service_links: whether the
    platform adds variables for the Services of the namespace. found: what is wrong with what it says, whatever the
    contract."""

    name: str
    image: str | None
    command: tuple[str, ...] | None
    args: tuple[str, ...] | None
    environment: tuple[GivenVariable, ...]
    unseen_sources: tuple[UnseenSource, ...]
    probes: tuple[ContainerProbe, ...]
    mounts: tuple[Mount, ...]
    init: bool
    place: FilePlace
    ports: Mapping[str, int] = field(default_factory=dict)
    service_links: bool = False
    found: tuple[ManifestProblem, ...] = ()
    working_dir: str | None = None

    @property
    def values(self) -> dict[str, str]:
        """Those that are seen."""
        return {each.name: each.value for each in self.environment if each.value is not None}


@dataclass(frozen=True)
class Workload:
    """kind: such as Deployment; "service" of Compose. labels: of its pods, or of the service."""

    kind: str
    name: str
    namespace: str | None
    containers: tuple[Container, ...]
    place: FilePlace
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def called(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class DataKey:
    """One key of a ConfigMap or Secret. value: None where it is not text, or can't be seen; then unseen says why.
    content: the bytes, also of what is not text."""

    value: str | None = field(repr=False)
    content: bytes | None = field(repr=False)
    place: FilePlace
    unseen: str | None = None


@dataclass(frozen=True)
class DataObject:
    """A ConfigMap or a Secret. open: why there may be more keys than these, in words; "" if these are all."""

    kind: str
    name: str
    namespace: str | None
    keys: Mapping[str, DataKey]
    labels: Mapping[str, str]
    place: FilePlace
    open: str = ""


@dataclass(frozen=True)
class Ignored:
    """An object that says nothing about an environment."""

    kind: str
    name: str
    place: FilePlace


@dataclass(frozen=True)
class Manifests:
    """config_maps, secrets: in the order in which they were read. problems: of what could not be read as it stands."""

    workloads: tuple[Workload, ...]
    config_maps: tuple[DataObject, ...] = ()
    secrets: tuple[DataObject, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    problems: tuple[ManifestProblem, ...] = ()
