"""The content of manifests as data: workloads, their containers, and the environment that each would get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from confcontract.report.problem import Problem


@dataclass(frozen=True, order=True)
class FilePlace:
    """line, column: from 1; 0 if not known."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}, line {self.line}" + (f", column {self.column}" if self.column else "")


class Origin(Enum):
    """The kind of source that gives a variable its value."""

    PLAIN = "plain"  # a value in the manifest
    EXPANDED = "expanded"  # a value in the manifest that refers to other variables
    CONFIG_MAP = "config map"
    SECRET = "secret"
    FIELD = "field"
    RESOURCE = "resource"
    ENV_FILE = "env file"
    VOLUME_FILE = "volume file"  # an env file in a volume (fileKeyRef)
    IMAGE = "image"  # the image's own ENV
    PLATFORM = "platform"  # the shell or the .env file of the user who runs Compose


@dataclass(frozen=True)
class SecretKey:
    """A key of a Kubernetes Secret. namespace: None if the manifest does not set it."""

    namespace: str | None
    name: str
    key: str

    def __str__(self) -> str:
        return f"Secret {f'{self.namespace}/' if self.namespace else ''}{self.name}, key {self.key}"


@dataclass(frozen=True)
class GivenVariable:
    """A variable that a container would get.

    value: None if it can't be seen; then unseen is the reason, in words. secret: whether all or a part of it comes from
    a Secret. said: the source in words, such as "ConfigMap shop, key SHOP_PORT"; "" for a value in the container's own
    list. may_be_replaced: why an unseen source may override the value. key: of a Secret, if that key is the whole
    value.
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
    """A source of variables that can't be seen at all. prefix: of the names from it. hint: how to make it visible."""

    prefix: str
    why: str
    place: FilePlace
    hint: str = ""


@dataclass(frozen=True)
class ContainerFile:
    """A file in a container. path: absolute, in the container. content: None if it can't be seen. key: of the Secret
    that provides it."""

    path: str
    content: bytes | None = field(repr=False)
    place: FilePlace
    unseen: str | None = None
    secret: bool = False
    said: str = ""
    key: SecretKey | None = None


@dataclass(frozen=True)
class Mount:
    """path: in the container. files: the known ones. unseen: why there may be others, in words; None if these are
    all."""

    path: str
    files: tuple[ContainerFile, ...]
    unseen: str | None
    place: FilePlace


class ProbeKind(Enum):
    """How a probe checks the container."""

    COMMAND = "exec"
    HTTP = "httpGet"
    TCP = "tcpSocket"
    GRPC = "grpc"


@dataclass(frozen=True)
class ContainerProbe:
    """name: as in the manifest, such as readinessProbe. command: for COMMAND. port: for the other kinds, as written: a
    number, or the name of a port of the container."""

    name: str
    kind: ProbeKind
    place: FilePlace
    command: tuple[str, ...] = ()
    port: int | str | None = None
    path: str = ""


@dataclass(frozen=True)
class ManifestProblem:
    """A problem with a manifest, and its place. verifiable: False if it is not known whether anything is wrong."""

    problem: Problem
    place: FilePlace
    verifiable: bool = True


UNSEEN_WORD = "$(?)"  # replaces a word of a command line that can't be seen


@dataclass(frozen=True)
class Container:
    """command, args: None if the image's own are used; empty if Compose removes the image's.
    environment: by name, the variables that the manifest gives the container, without those of the image and of the
    platform. ports: name → number, as declared. service_links: whether the platform adds variables for the Services of
    the namespace. found: the faults of the manifest, independent of the contract."""

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
        """The values that can be seen."""
        return {each.name: each.value for each in self.environment if each.value is not None}


@dataclass(frozen=True)
class Workload:
    """kind: such as Deployment; "service" for Compose. labels: of its pods, or of the service."""

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
    """One key of a ConfigMap or Secret. value: None if it is not text, or can't be seen; then unseen is the reason.
    content: the bytes, even if they are not text."""

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
    """An object that does not define an environment."""

    kind: str
    name: str
    place: FilePlace


@dataclass(frozen=True)
class Manifests:
    """config_maps, secrets: in the order of reading. problems: for what could not be read."""

    workloads: tuple[Workload, ...]
    config_maps: tuple[DataObject, ...] = ()
    secrets: tuple[DataObject, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    problems: tuple[ManifestProblem, ...] = ()
