"""Predicts what boot would report in a container, by the contract of its image, as far as the manifests show it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from confcontract.contract.artifact import DEFAULT_PATH, Contract
from confcontract.contract.declared import Declared
from confcontract.manifests.bare_names import without_unknown
from confcontract.manifests.boot_refusals import boot_refusals
from confcontract.manifests.boot_settings import ROLE, SECRETS_DIR, BootSettings, begins_with_option, boot_settings
from confcontract.manifests.container_files import ContainerFiles, laid_out
from confcontract.manifests.over_image import over_image
from confcontract.manifests.plain_secrets import plain_secrets
from confcontract.manifests.probe_targets import probe_problems
from confcontract.manifests.secret_keys import secret_keys
from confcontract.manifests.secret_words import without_secret_words
from confcontract.manifests.service_names import link_problems
from confcontract.manifests.start_problems import bypassed, without_command
from confcontract.manifests.unknown_entry_point import certain_and_possible
from confcontract.manifests.workload import (
    UNSEEN_WORD,
    Container,
    FilePlace,
    GivenVariable,
    ManifestProblem,
    SecretKey,
    Workload,
)
from confcontract.report.errors import UsageError
from confcontract.report.problem import ERROR, INFO, WARNING, Problem
from confcontract.verdict.policy.overlays import overlays_in
from confcontract.verdict.resolution import Resolution
from confcontract.verdict.resolve import resolve
from confcontract.verdict.roles import find_role
from confcontract.verdict.sources.order import ENVIRONMENT
from confcontract.verdict.sources.platform import AT_START, UNVERIFIABLE, Platform

_STORES = ("vault-not-configured", "store-not-configured")
_REFERENCE = re.compile(r"\$\(([^)]+)\)\Z")
_VALUELESS = ("manifest-key-missing", "manifest-malformed")
_MISSING = ("value-missing", "secret-missing", "secret-default")


@dataclass(frozen=True)
class ContainerVerdict:
    """contract: None if the container has none. unexamined: what was not examined, in words. deferred: variables that
    only the application can check further."""

    workload: Workload
    container: Container
    contract: Contract | None
    problems: tuple[ManifestProblem, ...]
    unexamined: tuple[str, ...] = ()
    deferred: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        kind = "init container" if self.container.init else "container"
        if self.workload.kind == "service":
            return f"service {self.workload.name}"
        return f"{self.workload.called}, {kind} {self.container.name}"

    @property
    def errors(self) -> list[ManifestProblem]:
        return [each for each in self.problems if each.problem.severity == ERROR and each.verifiable]


@dataclass(frozen=True)
class JudgedContainer:
    """The result for a container, the same for all callers. result: what boot would make of its environment, as far as
    that can be seen. secret_keys: variable → the key of a Secret that gives its value."""

    result: Resolution
    problems: tuple[ManifestProblem, ...]
    unexamined: tuple[str, ...]
    secret_keys: Mapping[str, SecretKey]

    @property
    def deferred(self) -> tuple[str, ...]:
        return tuple(sorted({name for entry in self.result.deferred for name in entry["variables"]}))


def judge_container(
    contract: Contract, workload: Workload, container: Container, *, role: str | None = None, strict: bool = False
) -> ContainerVerdict:
    """The result of `judged_container`, for reports on the containers of workloads."""
    judged = judged_container(contract, container, role=role, strict=strict)
    return ContainerVerdict(workload, container, contract, judged.problems, judged.unexamined, judged.deferred)


def judged_container(
    contract: Contract, container: Container, *, role: str | None = None, strict: bool = False
) -> JudgedContainer:
    """role: overrides the role of the container. Raises ContractUnusable."""
    judged = _Judging(contract, container, role, strict=strict).judged()
    if contract.image is not None or not begins_with_option(container):
        return judged
    without = _Judging(contract, replace(container, args=None), role, strict=strict).judged()
    return replace(judged, problems=certain_and_possible(container, judged.problems, without.problems))


class _Judging:
    """Checks one container against one contract."""

    def __init__(self, contract: Contract, container: Container, role: str | None, *, strict: bool) -> None:
        self.contract = contract
        self.declared = Declared(contract)
        self.said = container
        container = without_secret_words(container, self.declared)
        container = over_image(container, contract.image) if contract.image is not None else container
        self.boot: BootSettings = boot_settings(container)
        self.role = role or self.boot.role
        self.strict = strict or self.boot.strict
        container = without_unknown(container, self.declared, strict=self.strict)
        self.container = container
        self.files = ContainerFiles(container.mounts)
        self.given = {each.name: each for each in container.environment}
        self.unseen = {each.name: each.unseen or "" for each in container.environment if each.value is None}
        self.told: list[ManifestProblem] = []
        self.unseen_files: list[str] = []  # of boot's options, in words
        self.role_unseen = (None if role else self._why_role_unseen()) or self._why_role_refused()
        self._note_impossible()
        self._hide_pointers()
        self._hide_files()

    def _why_role_unseen(self) -> str | None:
        """Why the container's role is not known; a variable may set it."""
        if self.role == UNSEEN_WORD:
            self.role = None
            why = "the role refers to what is not set here"
            self._note(why, self.container.place)
            return why
        match = _REFERENCE.match(self.role or "")
        name = match[1] if match else ROLE if self.role is None else ""
        given = self.given.get(name)
        if given is None or not (given.value is None or (match and given.secret)):
            return None
        self.role = None
        why = f"the role is in {name}, and can't be seen: {given.unseen or 'it is in a Secret'}"
        self._note(why, given.place)
        return why

    def _why_role_refused(self) -> str | None:
        """Reports an unknown role as boot does. Boot ends with that error, but the rest of the container is checked all
        the same."""
        if self.role is None:
            return None
        try:
            find_role(self.contract, self.role)
        except UsageError as error:
            place = self.given[ROLE].place if ROLE in self.given else self.container.place
            self.told += [ManifestProblem(each, place) for each in error.problems]
            self.role = None
            return "the role is not declared in the contract, so its needs are unknown"
        return None

    def _note_impossible(self) -> None:
        for file in self.files.impossible:
            self._note(
                f"no container has a file at {file.path!r}: what would be in it is not checked",
                file.place,
                "correct the path",
            )

    def _hide_pointers(self) -> None:
        """Marks variables as unseen if their NAME_FILE refers to a file that is not among the mounts."""
        for name, given in self.given.items():
            if given.value and self.declared.pointed_at(name) is not None:
                why = self.files.why_unseen(given.value)
                if why is not None:
                    self.unseen[name] = f"the file that {name} names can't be seen: {why}"

    def _hide_files(self) -> None:
        """Marks variables as unseen if a file with their name has unknown content."""
        spellings = {name.lower(): name for names in self.declared.names.values() for name in names}
        for folder in self.boot.mounted_secrets or (SECRETS_DIR,):
            for file in self.files.in_folder(folder):
                name = spellings.get(file.path.rpartition("/")[2].lower())
                if file.content is None and name is not None and name not in self.given:
                    self.unseen[name] = file.unseen or "what is in the file is not known"

    def resolution(self) -> Resolution:
        values = {name: value for name, value in self.container.values.items() if name not in self.unseen}
        secret = [each.name for each in self.container.environment if each.secret]
        with laid_out(self.files.files.values()):
            result = resolve(
                self.contract,
                environ=values,
                env_files=self._seen(self.boot.env_files, "env file"),
                conf_files=self._seen(self.boot.conf_files, "config file"),
                conf_dir=self.boot.conf_dir,
                secret_dirs=self._secret_dirs(),
                policies=overlays_in(self.boot.policy_dir),
                role=self.role,
                strict=self.strict,
                keep=self.boot.keep,
                platform=Platform(self.unseen, secret),
            )
        _forget_outranked(result)
        result.references = {
            name: text for name, text in result.references.items() if not self._is_from_secret(name, result)
        }
        return result

    def _is_from_secret(self, variable: str, result: Resolution) -> bool:
        """Whether the text is in a Secret. There it may also be a reference to a store, but it is not shown."""
        given = self.given.get(result.used_name(variable) or variable)
        source = result.source_of(variable)
        file = self.files.file(source.place) if source is not None and source.place else None
        return (given is not None and given.secret) or (file is not None and file.secret)

    def _seen(self, paths: Sequence[str], what: str) -> list[str]:
        """The paths whose content is known, or that are known to be missing, which boot reports."""
        seen = []
        for path in paths:
            why = self.files.why_unseen(path)
            if why is None:
                seen.append(path)
            else:
                self.unseen_files.append(f"the {what} {path} can't be seen: {why}")
                self._note(self.unseen_files[-1], self.container.place)
        return seen

    def _secret_dirs(self) -> list[str]:
        if self.boot.mounted_secrets:
            found = []
            for folder in self.boot.mounted_secrets:
                why = self.files.why_unseen(folder)
                if why is None or self._holds(folder):
                    found.append(folder)
                if why is not None:
                    self._note(f"the folder of secrets {folder} can't be seen whole: {why}", self.container.place)
            return found
        return [SECRETS_DIR] if self._holds(SECRETS_DIR) else []

    def _holds(self, folder: str) -> bool:
        return any(file.content is not None for file in self.files.in_folder(folder))

    def _note(self, message: str, place: FilePlace, hint: str = AT_START) -> None:
        problem = Problem(UNVERIFIABLE, message, severity=INFO, hint=hint)
        note = ManifestProblem(problem, place, verifiable=False)
        if note not in self.told:
            self.told.append(note)

    def judged(self) -> JudgedContainer:
        container = self.container
        self.told += container.found
        result = self.resolution()
        for source in container.unseen_sources:
            self._note(f"{source.why}: what it gives can't be seen", source.place, source.hint or AT_START)
        keyless = {each.problem.variable for each in container.found if each.problem.code in _VALUELESS}
        for problem in _worth_telling(result):
            if problem.code != UNVERIFIABLE or problem.variable not in keyless:  # already reported in detail
                self.told.append(self.placed(problem, result))
        self.told += plain_secrets(self.declared, container)
        self.told += link_problems(self.contract, container)
        self.told += probe_problems(container, self.boot, result)
        self._judge_options(result)
        if self.boot.starts is False:
            self.told.append(ManifestProblem(bypassed(self.contract, self.said), container.place))
        elif self.boot.starts is None and container.image is None:
            self._note("the container's image is not named", container.place, "add its image")
        keys = secret_keys(self.declared, container, self.files, self.boot.mounted_secrets or (SECRETS_DIR,))
        return JudgedContainer(result, tuple(self.told), self._unexamined(), keys)

    def _judge_options(self, result: Resolution) -> None:
        """Checks the options of boot, and the contract that they name."""
        if self.boot.starts is False:
            return
        refused = [*boot_refusals(self.boot.words, self.container.values, self.contract.deliver)]
        if not any(each.severity == ERROR for each in refused) and self._has_no_command():
            refused.append(without_command())
        self.told += [self.placed(each, result) for each in refused]
        path = boot_settings(self.said).contract
        if path is not None and path != DEFAULT_PATH:
            what = "boot reads the contract that --contract or CONFCONTRACT_PATH names, which may be another than this"
            self._note(what, self.container.place, "judge it by that contract: name it with --contract")

    def _has_no_command(self) -> bool:
        """Whether boot has no command to start, though its arguments are known and the role has no command."""
        words = self.boot.words
        if words is None or self.boot.command or self.role_unseen or {"--dry-run", UNSEEN_WORD}.intersection(words):
            return False
        return self.role is None or not self.contract.roles[self.role].get("command")

    def _unexamined(self) -> tuple[str, ...]:
        from confcontract.verdict.sources.ownfiles import without_own_files

        _, notes = without_own_files(self.contract)
        told = []
        if self.contract.image is None:
            start = ", and how it starts (ENTRYPOINT)" if self.boot.starts is None else ""
            told.append(f"variables that the image itself sets (ENV){start}")
        return (*told, *(["files in the image that the settings class names"] if notes else []))

    def placed(self, problem: Problem, result: Resolution) -> ManifestProblem:
        given = self._given(problem, result)
        place = given.place if given is not None else self._place_of_file(problem, result)
        if problem.code == UNVERIFIABLE or _is_awaited(problem):
            return ManifestProblem(self._sourced(problem, given, result), place, verifiable=False)
        doubt = self._doubt(problem, given)
        if doubt is not None:
            what = f"{problem.message}, unless another value is used: {doubt}"
            changed = problem.but(code=UNVERIFIABLE, severity=INFO, message=what)
            return ManifestProblem(changed, place, verifiable=False)
        return ManifestProblem(self._sourced(problem, given, result), place)

    def _sourced(self, problem: Problem, given: GivenVariable | None, result: Resolution) -> Problem:
        """Replaces the source "environment" by the ConfigMap or Secret. For a value in the container itself, the place
        shows the source."""
        source = result.source_of(problem.variable) if problem.variable else None
        if given is None or (source is not None and source.kind != ENVIRONMENT):
            return problem
        return problem.but(source=given.said or None, source_said=False)

    def _given(self, problem: Problem, result: Resolution) -> GivenVariable | None:
        """The variable in the manifest that a problem is about."""
        names = [*problem.names]
        if problem.variable:
            used = result.used_name(problem.variable)
            names += [used] if used else []
            names += [problem.variable]
            if self.declared.knows(problem.variable):
                canonical = self.declared.canonical(problem.variable) or problem.variable
                names += self.declared.names.get(canonical, [])
            names += [f"{name}_FILE" for name in names]
        return next((self.given[name] for name in names if name in self.given), None)

    def _place_of_file(self, problem: Problem, result: Resolution) -> FilePlace:
        source = result.source_of(problem.variable) if problem.variable else None
        file = self.files.file(source.place) if source is not None and source.place else None
        return file.place if file is not None else self.container.place

    def _doubt(self, problem: Problem, given: GivenVariable | None) -> str | None:
        """Why the container may differ; None if the problem is certain."""
        if problem.severity not in (ERROR, WARNING) or problem.variable is None:
            return None
        if self.role_unseen and self.contract.roles and _may_be_excused(problem):
            return self.role_unseen
        if given is not None:
            return given.may_be_replaced or None
        if problem.code not in _MISSING:
            return None
        canonical = self.declared.canonical(problem.variable) or problem.variable
        for name in self.declared.names.get(canonical, [problem.variable]):
            for source in self.container.unseen_sources:
                if self.declared.normal(name).startswith(self.declared.normal(source.prefix)):
                    return source.why
        for folder in self.boot.mounted_secrets or (SECRETS_DIR,):
            why = self.files.why_unseen(folder)
            if why is not None and any(_covers(mount.path, folder) for mount in self.container.mounts):
                return why
        return next(iter(self.unseen_files), None)


def _forget_outranked(result: Resolution) -> None:
    """Discards what a secret store would give to variables that the environment overrides with an unseen value."""
    unseen = _unseen_in(result)
    result.awaited = {name: source for name, source in result.awaited.items() if name not in unseen}
    result.references = {name: text for name, text in result.references.items() if name not in unseen}


def _worth_telling(result: Resolution) -> list[Problem]:
    """Leaves out notes on a secret store for variables that the environment overrides with an unseen value."""
    unseen = _unseen_in(result)
    return [each for each in result.problems if not (_is_awaited(each) and each.variable in unseen)]


def _unseen_in(result: Resolution) -> set[str | None]:
    return {each.variable for each in result.problems if each.code == UNVERIFIABLE}


def _is_awaited(problem: Problem) -> bool:
    return problem.code in _STORES and problem.severity == INFO


def _may_be_excused(problem: Problem) -> bool:
    """Whether the container's role may allow it: a missing variable, or what a policy requires of it."""
    return problem.rule == "missing" or problem.code in (*_MISSING, "policy-violated")


def _covers(mount: str, folder: str) -> bool:
    return folder == mount or folder.startswith(f"{mount.rstrip('/')}/")
