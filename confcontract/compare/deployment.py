"""The effect of a comparison on one deployment: which findings matter in its environment, and which do not.

Both contracts give their verdict on the environment, as boot would. Facts that its files do not show (values in a
secret store, code of the application, checks, roles) are unverified; they never count as harmless.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from confcontract.compare.accepted_changes import OF_VALUES
from confcontract.compare.classes_compared import classes_around, has_own_files
from confcontract.compare.deployment_container import container_of
from confcontract.compare.deployment_files import EnvironmentFiles, manifests_among
from confcontract.compare.diff import Comparison
from confcontract.compare.finding import Bearing, Finding
from confcontract.compare.pairing import Compared, Variable, names_of, pair_up, path_of
from confcontract.compare.version_words import version_in_words
from confcontract.contract.artifact import Contract
from confcontract.findings.direction import FORWARD, Direction
from confcontract.findings.severity import INFO, REVIEW
from confcontract.manifests.container_verdict import judged_container
from confcontract.manifests.workload import Container, ManifestProblem, SecretKey
from confcontract.report.errors import ConfigurationInvalid, UsageError
from confcontract.report.problem import ERROR, WARNING, Problem
from confcontract.verdict.resolution import Resolution
from confcontract.verdict.resolve import resolve
from confcontract.verdict.roles import find_role
from confcontract.verdict.sources.origin import CODE, COMPUTED, DEFAULT, UNSEEN
from confcontract.verdict.sources.ownfiles import without_own_files

_UNSEEN_HERE = ("source-unreadable", "binding-unusable", "vault-not-configured", "store-not-configured")
_IN_OWN_FILE = "it may be in a file that the settings class names, which is not here"
_NOT_SET = (DEFAULT, CODE, COMPUTED, UNSEEN)
_ABSENT = object()

# Rule → why an environment does not show its effect.
_NEVER_SEEN = {
    "CHECK_ADDED_CRITICAL": "whether it can be reached is not checked",
    "ROLE_REMOVED": "which role starts is unknown",
    "ROLE_COMMAND_CHANGED": "which role starts is unknown",
    "APPLICATION_CHANGED": "it is not about the environment",
    "FORMAT_MAJOR_CHANGED": "it is not about the environment",
    "DIGEST_MISMATCH": "it is not about the environment",
    "VALIDATOR_CHANGED": "only the application can run its own code",
    "SOURCE_ORDER_CHANGED": "the deployment's other sources are unknown",
    "RELOAD_CHANGED": "it matters when a value changes",
}
# Rules for which an accepted value may have another meaning.
_READ_OTHERWISE = ("TYPE_", "ENCODING_", "EMPTY_", "ALIAS_PRECEDENCE_", "RETIRED_NAME_", "PLAN_")


@dataclass(frozen=True)
class VersionVerdict:
    """The verdict of one version on the environment. called: the version, in words. refusals: problems that are errors.
    unseen: the variable, or the place of a container → why it is not verified. warnings: those of boot. secret_keys:
    variable → the key of a Secret that sets it in a manifest.
    """

    version: str
    called: str
    refusals: tuple[Problem, ...]
    unseen: Mapping[str, str]
    warnings: tuple[Problem, ...] = ()
    secret_keys: Mapping[str, SecretKey] = field(default_factory=dict)

    @property
    def accepts(self) -> bool:
        return not self.refusals


@dataclass(frozen=True)
class Deployment:
    """The verdicts of both versions on the environment in `files`."""

    files: tuple[str, ...]
    old: VersionVerdict
    new: VersionVerdict

    def after(self, direction: Direction) -> VersionVerdict:
        """The verdict of the version that runs after the step."""
        return self.new if direction is FORWARD else self.old


@dataclass(frozen=True)
class Asked:
    """role, strict: as for `resolve`. renamed: as for `pair_up`. container: its name in manifests. environ: the
    variables that Compose files refer to.
    """

    role: str | None = None
    strict: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    container: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)


class _Side:
    """One contract with the environment."""

    def __init__(self, contract: Contract, called: str, files: EnvironmentFiles | Container, asked: Asked) -> None:
        judged, _ = without_own_files(contract)
        self.contract, self.called = contract, called
        hidden: Mapping[str, str] = {}
        self.secret_keys: Mapping[str, SecretKey] = {}
        if isinstance(files, Container):
            self.result, problems, hidden, self.secret_keys = _in_container(judged, called, files, asked)
        else:
            self.result = _resolved(judged, called, files, asked)
            problems = self.result.problems
        errors = [each for each in problems if each.severity == ERROR]
        self.warnings = tuple(each for each in problems if each.severity == WARNING)
        broken = [each for each in errors if each.variable is None and each.code.startswith("source-")]
        if broken:
            raise ConfigurationInvalid(*broken)
        self.has_own_files = any(has_own_files(each) for each in contract.compiled["settings"])
        self.inside: dict[tuple[str, ...], list[Variable]] = {}
        for each in contract.variables:
            for size in range(1, len(each["path"]) + 1):
                self.inside.setdefault(tuple(each["path"][:size]), []).append(each)
        self.by_path = {path_of(each): each for each in reversed(contract.variables)}
        self.set = {name for name, source in self.result.sources.items() if source.kind not in _NOT_SET}
        self.deferred = {name for entry in self.result.deferred for name in entry["variables"]}
        self.in_files = {each["name"] for each in contract.variables if self._may_be_in_own_file(each)}
        in_files = [each for each in errors if each.rule == "missing" and each.variable in self.in_files]
        self.refusals = tuple(each for each in errors if each.code not in _UNSEEN_HERE and each not in in_files)
        self.unseen: dict[str | None, str] = {}
        self.unseen.update(hidden.items())
        self.unseen |= {each.variable: "its file is not here" for each in errors if each.code in _UNSEEN_HERE}
        self.unseen |= dict.fromkeys(self.result.awaited, "its value is in a secret store, which was not queried")
        self.unseen |= {each.variable: _IN_OWN_FILE for each in in_files}
        for each in contract.variables:
            if "vault" in each:
                self.unseen.setdefault(each["name"], "its value is in a secret store, which was not queried")

    def verdict(self) -> VersionVerdict:
        unseen = {name: why for name, why in self.unseen.items() if name}
        return VersionVerdict(
            self.contract.version, self.called, self.refusals, unseen, self.warnings, self.secret_keys
        )

    def _may_be_in_own_file(self, variable: Variable) -> bool:
        """Whether a file that a settings class names itself may set the variable, whatever is set here."""
        for _, program in classes_around(self.contract, variable["path"]):
            if has_own_files(program):
                others = [each for each in program["order"] if isinstance(each, int) or each in ("dotenv", "secrets")]
                first = [each for each in program["order"] if each == "environment" or each in others][:1]
                if variable["name"] not in self.set or first != ["environment"]:
                    return True
        return False

    def refusal_of(self, variable: Variable) -> Problem | None:
        """The first problem with a variable, or with a part of it."""
        names = set(names_of(variable)) | {each["name"] for each in self._inside(variable)}
        return next((each for each in self.refusals if each.variable in names), None)

    def _inside(self, variable: Variable) -> list[Variable]:
        """The variable and its parts."""
        return self.inside[tuple(variable["path"])]

    def is_set(self, variable: Variable) -> bool:
        return any(each["name"] in self.set for each in self._inside(variable))

    def why_unseen(self, variable: Variable) -> str | None:
        return next((self.unseen[each["name"]] for each in self._inside(variable) if each["name"] in self.unseen), None)

    def is_in_own_file(self, variable: Variable) -> bool:
        """Whether it, or a part of it, may be in a file that a settings class names itself."""
        return any(each["name"] in self.in_files for each in self._inside(variable))

    def value(self, variable: Variable) -> Any:
        """The value in the validated settings; _ABSENT if there are none."""
        found: Any = self.result.values if self.result.document is not None else _ABSENT
        for key in variable["path"]:
            found = found.get(key, _ABSENT) if isinstance(found, dict) else _ABSENT
        return found


def _resolved(contract: Contract, called: str, files: EnvironmentFiles, asked: Asked) -> Resolution:
    """Raises as `in_deployment` does."""
    try:
        return resolve(
            contract,
            environ={},
            env_files=files.env_files,
            conf_files=files.conf_files,
            role=asked.role,
            strict=asked.strict,
        )
    except UsageError as error:
        raise _of(called, error) from None


def _in_container(
    contract: Contract, called: str, container: Container, asked: Asked
) -> tuple[Resolution, list[Problem], Mapping[str, str], Mapping[str, SecretKey]]:
    """The verdict of `validate --manifest`: the problems that are certain, variable → why its value is unknown, and
    variable → the key of a Secret. Raises as `in_deployment` does.
    """
    if asked.role is not None:
        try:
            find_role(contract, asked.role)
        except UsageError as error:
            raise _of(called, error) from None
    judged = judged_container(contract, container, role=asked.role, strict=asked.strict)
    certain = [_placed(each) for each in judged.problems if each.verifiable]
    hidden: dict[str, str] = {}
    for each in judged.problems:
        if not each.verifiable:
            hidden.setdefault(each.problem.variable or str(each.place), each.problem.message)
    for source in container.unseen_sources:
        for variable in contract.variables:
            if any(name.startswith(source.prefix) for name in names_of(variable)):
                hidden.setdefault(variable["name"], source.why)
    return judged.result, certain, hidden, judged.secret_keys


def _of(called: str, error: UsageError) -> UsageError:
    return UsageError(*(each.but(message=f"{called}: {each.message}") for each in error.problems))


def _placed(found: ManifestProblem) -> Problem:
    """The problem with the file and the line in its source."""
    said = [found.problem.source] if found.problem.source else []
    return found.problem.but(source=", ".join([*said, str(found.place)]))


class _Judged:
    """Both sides of a comparison."""

    def __init__(
        self, comparison: Comparison, compared: Compared, files: EnvironmentFiles | Container, asked: Asked
    ) -> None:
        self.compared = compared
        self.default_changed = {each.path for each in comparison.findings if each.rule == "DEFAULT_CHANGED"}
        self.old = _Side(comparison.old, version_in_words(comparison.old, "the old version"), files, asked)
        self.new = _Side(comparison.new, version_in_words(comparison.new, "the new version"), files, asked)

    def bearing(self, finding: Finding) -> tuple[Bearing, str]:
        before, after = (self.old, self.new) if finding.direction is FORWARD else (self.new, self.old)
        if finding.rule in _NEVER_SEEN or (finding.rule == "REQUIRED_IF_CHANGED" and finding.severity is REVIEW):
            if finding.severity is INFO:
                return Bearing.HARMLESS, "there is nothing to do"
            return Bearing.UNVERIFIED, _NEVER_SEEN.get(finding.rule, _NEVER_SEEN["VALIDATOR_CHANGED"])
        giving, receiving = self._variables(finding, before, after)
        if giving is None and receiving is None:
            bearing, reason = self._general(before, after)
            if bearing is Bearing.HARMLESS and finding.severity is not INFO and self._have_own_files:
                return Bearing.UNVERIFIED, "the contents of the files that the settings class names are unknown"
            return bearing, reason
        if receiving is not None and (problem := after.refusal_of(receiving)) is not None:
            return Bearing.BITES, problem.message
        for side, variable in ((after, receiving), (before, giving)):
            if variable is not None and (why := side.why_unseen(variable)) is not None:
                return Bearing.UNVERIFIED, why
        bearing, reason = self._of_variable(finding, before, after, giving, receiving)
        sides = ((after, receiving), (before, giving))
        in_files = any(variable is not None and side.is_in_own_file(variable) for side, variable in sides)
        if bearing is Bearing.HARMLESS and finding.severity is not INFO and in_files:
            return Bearing.UNVERIFIED, _IN_OWN_FILE
        return bearing, reason

    @property
    def _have_own_files(self) -> bool:
        return self.old.has_own_files or self.new.has_own_files

    def _variables(self, finding: Finding, before: _Side, after: _Side) -> tuple[Variable | None, Variable | None]:
        if not finding.names:
            return None, None
        parts = finding.path.split(".")
        for size in range(len(parts), 0, -1):
            path = ".".join(parts[:size])
            giving, receiving = before.by_path.get(path), after.by_path.get(path)
            if giving is not None:
                return giving, self.compared.partner(giving)
            if receiving is not None:
                return self.compared.partner(receiving), receiving
        return None, None

    def _of_variable(
        self, finding: Finding, before: _Side, after: _Side, giving: Variable | None, receiving: Variable | None
    ) -> tuple[Bearing, str]:
        was_set = giving is not None and before.is_set(giving)
        is_set = receiving is not None and after.is_set(receiving)
        if giving is None or receiving is None:
            if was_set:
                return Bearing.BITES, "it is set here"
            return Bearing.HARMLESS, "it is set here" if is_set else "it is not set here"
        if was_set and not is_set:
            return Bearing.BITES, "it is set here by a name that is not read"
        if finding.rule in ("SECRET_ADDED", "SECRET_REMOVED"):
            return (Bearing.BITES, "it is set here") if was_set else (Bearing.HARMLESS, "it is not set here")
        if not was_set and not is_set:
            return self._by_default(finding, before, after, giving, receiving)
        if finding.severity is REVIEW and receiving["name"] in after.deferred:
            return Bearing.UNVERIFIED, "the contract accepts its value; the application checks further"
        values = before.value(giving), after.value(receiving)
        if _ABSENT in values:  # if the settings lack a value, only the texts are known
            if before.result.raw(giving["name"]) != after.result.raw(receiving["name"]):
                return Bearing.BITES, "another value is used"
            if finding.rule.startswith(_READ_OTHERWISE):
                return Bearing.UNVERIFIED, "how its value is read is known only once the other values are accepted"
            return Bearing.HARMLESS, "its value is accepted"
        if values[0] != values[1]:
            return Bearing.BITES, "its value means something else"
        return Bearing.HARMLESS, "its value is accepted and means the same"

    def _by_default(
        self, finding: Finding, before: _Side, after: _Side, giving: Variable, receiving: Variable
    ) -> tuple[Bearing, str]:
        if any("computed" in each or "defaultInCode" in each for each in (giving, receiving)):
            return Bearing.UNVERIFIED, "it is not set here, and its default is in the application's code"
        if finding.rule == "DEFAULT_CHANGED":
            return Bearing.BITES, "it is not set here"
        values = before.value(giving), after.value(receiving)
        reported = finding.rule in OF_VALUES and finding.path in self.default_changed  # another finding reports it
        if _ABSENT not in values and values[0] != values[1] and not reported:
            return Bearing.BITES, "it is not set here, and its default is another"
        return Bearing.HARMLESS, "it is not set here"

    def _general(self, before: _Side, after: _Side) -> tuple[Bearing, str]:
        lost = [
            each["name"]
            for each in before.contract.variables
            if before.is_set(each)
            and (partner := self.compared.partner(each)) is not None
            and not after.is_set(partner)
        ]
        if lost:
            return Bearing.BITES, f"no longer read as {'it is' if len(lost) == 1 else 'they are'} set: {_some(lost)}"
        if after.refusals:
            return Bearing.BITES, _some([each.variable or each.message for each in after.refusals])
        if before.refusals or before.unseen or after.unseen:
            return Bearing.UNVERIFIED, "not all values are known"
        pairs = ((each, self.compared.partner(each)) for each in before.contract.variables)
        other = [each["name"] for each, partner in pairs if partner and before.value(each) != after.value(partner)]
        if other:
            return Bearing.BITES, f"read otherwise: {_some(other)}"
        return Bearing.HARMLESS, "everything is accepted and means the same"


def _some(names: Sequence[str]) -> str:
    told = list(dict.fromkeys(names))
    return ", ".join(told[:5]) + (f" and {len(told) - 5} more" if len(told) > 5 else "")


def in_deployment(
    comparison: Comparison, paths: Sequence[str], asked: Asked | None = None
) -> tuple[Comparison, Deployment]:
    """The comparison with the effect of each finding on the environment in these files, and the verdicts on it.

    Raises ConfigurationInvalid for a file that can't be read, ContractUnusable for a contract that this pydantic_core
    can't run, UsageError for a role that a version does not declare.
    """
    asked = asked or Asked()
    compared = pair_up(comparison.old, comparison.new, asked.renamed)
    files = _environment(paths, [comparison.old, comparison.new], asked)
    judged = _Judged(comparison, compared, files, asked)
    findings = []
    for each in comparison.findings:
        bearing, reason = judged.bearing(each)
        findings.append(each.but(bearing=bearing, here=reason))
    return (
        replace(comparison, findings=tuple(findings)),
        Deployment(tuple(paths), judged.old.verdict(), judged.new.verdict()),
    )


def verdict_on(
    contract: Contract, paths: Sequence[str], asked: Asked | None = None
) -> tuple[VersionVerdict, Resolution]:
    """The verdict of one contract on the environment in these files, and the environment that was read.

    Raises as `in_deployment` does.
    """
    asked = asked or Asked()
    files = _environment(paths, [contract], asked)
    side = _Side(contract, version_in_words(contract, "the version"), files, asked)
    return side.verdict(), side.result


def _environment(paths: Sequence[str], contracts: Sequence[Contract], asked: Asked) -> EnvironmentFiles | Container:
    """Raises as `in_deployment` does."""
    if manifests_among(paths, contracts):
        return container_of(paths, contracts, asked.container, asked.environ)
    if asked.container is not None:
        raise UsageError(Problem("usage", "--container needs a manifest, and none is named", hint="leave it out"))
    return EnvironmentFiles.of(paths)
