"""From names to values: as few requests as possible, and the result for each name.

Secrets Manager returns up to 20 secrets at once (BatchGetSecretValue), but only their current versions, and only with a
separate permission; without it, they are requested one by one. Parameter Store returns up to 10 at once, or none if one
of them is denied: then one by one, too. A name with a version is requested separately.
"""

from __future__ import annotations

from confcontract.contract.schemes import AWS_PARAMETERS, AWS_SECRETS
from confcontract.secrets.aws.causes import from_code
from confcontract.secrets.vault.exchange import Call
from confcontract.secrets.vault.failure import MISSING, RequestFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from confcontract.secrets.aws.clients import Clients

    Name = tuple[str, str, str]  # the scheme, the name, the version as it was written

VERSION = "version"  # a kind of failure: the secret exists, but not this version of it
SERVICES = {AWS_SECRETS: "secretsmanager", AWS_PARAMETERS: "ssm"}
AT_ONCE = {AWS_SECRETS: 20, AWS_PARAMETERS: 10}
_SHORTEST_VERSION_ID = 32  # of Secrets Manager; a stage is shorter


class StoredText:
    """The value that a store has for a name. text: None for bytes."""

    __slots__ = ("text",)

    def __init__(self, text: str | None) -> None:
        self.text = text


class Batch(Call):
    """One request for some names of one service in one region."""

    __slots__ = ("names", "parse")

    def __init__(self, names: Sequence[Name], clients: Clients) -> None:
        scheme, name, _ = names[0]
        operation, parameters = _operation(names)
        service, region = SERVICES[scheme], region_of(name)
        super().__init__(
            name if len(names) == 1 else f"{len(names)} secrets",
            lambda: clients.request(service, region, operation, parameters),
        )
        self.names = names
        self.parse = {"get_parameters": _parameters, "get_secret_value": _secret}.get(operation, _secrets)

    def taken(self, hidden: Iterable[str]) -> dict[Name, StoredText | RequestFailed]:
        """The result for each name in the answer; names that are not in it are left out."""
        return self.parse(self.names, self.answer or {}, hidden)


def fetch(
    names: Iterable[Name], clients: Clients, run: Callable[[Sequence[Call]], None]
) -> dict[Name, StoredText | RequestFailed]:
    """Request names until each has a value or a failure. run: completes calls."""
    names = list(dict.fromkeys(names))
    found = _asked([Batch(batch, clients) for batch in _batches(names)], clients, run)
    # Names that a batch has denied or left out are requested one by one.
    alone = [name for name in names if name not in found]
    found.update(_asked([Batch([name], clients) for name in alone], clients, run))
    doubtful = [name for name in names if name[2] and _is_absent(found[name])]
    if doubtful:
        whole = fetch([(scheme, name, "") for scheme, name, _ in doubtful], clients, run)
        for scheme, name, label in doubtful:
            if isinstance(whole[scheme, name, ""], StoredText):
                found[scheme, name, label] = RequestFailed(VERSION, "no such version", absent=True)
    return found


def _asked(
    calls: Sequence[Batch], clients: Clients, run: Callable[[Sequence[Call]], None]
) -> dict[Name, StoredText | RequestFailed]:
    """A batch that failed because of one of its names, or only as a batch, gives no result for the others."""
    found: dict[Name, StoredText | RequestFailed] = {}
    if calls:
        run(calls)
    for call in calls:
        alone = len(call.names) == 1
        if call.failure is None:
            told = call.taken(clients.hidden)
            found.update((name, said) for name, said in told.items() if alone or not _may_help(said))
            if alone:
                found.setdefault(call.names[0], RequestFailed(MISSING, "the answer does not have it", absent=True))
        elif alone or call.failure.retry or call.failure.kind not in _OF_ONE_NAME:
            found.update((name, call.failure) for name in call.names)
    return found


_OF_ONE_NAME = frozenset(("denied", "missing", "deleted", "rejected"))


def _may_help(said: StoredText | RequestFailed) -> bool:
    """Whether to request it once more, separately."""
    return isinstance(said, RequestFailed) and (said.retry or said.kind == "denied")


def _is_absent(said: StoredText | RequestFailed) -> bool:
    return isinstance(said, RequestFailed) and said.absent


def region_of(name: str) -> str:
    """The region in an ARN; "" for a plain name."""
    parts = name.split(":")
    return parts[3] if parts[0] == "arn" and len(parts) > 5 else ""


def _batches(names: Iterable[Name]) -> Iterator[list[Name]]:
    groups: dict[tuple[str, str, str], list[Name]] = {}
    for scheme, name, label in names:
        apart = f"{name}@{label}" if label else ""  # not every answer contains the version
        groups.setdefault((scheme, region_of(name), apart), []).append((scheme, name, label))
    for (scheme, _, _), group in groups.items():
        size = AT_ONCE[scheme]
        yield from (group[start : start + size] for start in range(0, len(group), size))


def _operation(names: Sequence[Name]) -> tuple[str, dict[str, Any]]:
    scheme, name, label = names[0]
    if scheme == AWS_PARAMETERS:
        return "get_parameters", {"Names": [_selected(each) for each in names], "WithDecryption": True}
    if len(names) > 1:
        return "batch_get_secret_value", {"SecretIdList": [each for _, each, _ in names]}
    parameters = {"SecretId": name}
    if label:
        parameters["VersionId" if len(label) >= _SHORTEST_VERSION_ID else "VersionStage"] = label
    return "get_secret_value", parameters


def _selected(name: Name) -> str:
    return f"{name[1]}:{name[2]}" if name[2] else name[1]


def _secret(
    names: Sequence[Name], answer: Mapping[str, Any], _: Iterable[str]
) -> dict[Name, StoredText | RequestFailed]:
    return {names[0]: StoredText(answer.get("SecretString"))}


def _secrets(
    names: Sequence[Name], answer: Mapping[str, Any], hidden: Iterable[str]
) -> dict[Name, StoredText | RequestFailed]:
    found: dict[Name, StoredText | RequestFailed] = {}
    for entry in answer.get("SecretValues", ()):
        ids = (entry.get("Name"), entry.get("ARN"))
        found.update((name, StoredText(entry.get("SecretString"))) for name in names if _is_one(name[1], ids))
    for entry in answer.get("Errors", ()):
        failed = from_code(str(entry.get("ErrorCode")), str(entry.get("Message", "")), None, hidden)
        found.update((name, failed) for name in names if _is_one(name[1], (entry.get("SecretId"),)))
    return found


def _is_one(name: str, ids: Sequence[str | None]) -> bool:
    """An ARN may lack the six characters that AWS appends."""
    return any(each is not None and (each == name or (name.startswith("arn:") and each[:-7] == name)) for each in ids)


def _parameters(
    names: Sequence[Name], answer: Mapping[str, Any], _: Iterable[str]
) -> dict[Name, StoredText | RequestFailed]:
    found: dict[Name, StoredText | RequestFailed] = {}
    parameters = answer.get("Parameters", ())
    for entry in parameters:
        fitting = [name for name in names if name[1] in (entry.get("Name"), entry.get("ARN"))]
        if len(names) == len(parameters) == 1:
            fitting = [names[0]]
        found.update((name, StoredText(entry.get("Value"))) for name in fitting)
    invalid = set(answer.get("InvalidParameters", ()))
    absent = RequestFailed(MISSING, "ParameterNotFound", absent=True)
    found.update((name, absent) for name in names if _selected(name) in invalid)
    return found
