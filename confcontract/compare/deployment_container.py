"""The container of a manifest or Compose file that a comparison is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from confcontract.contract.artifact import Contract
from confcontract.manifests.contract_choice import is_meant_for
from confcontract.manifests.read_manifests import read_manifests
from confcontract.manifests.workload import Container
from confcontract.report.errors import ConfigurationInvalid, UsageError
from confcontract.report.problem import ERROR, Problem


def container_of(
    paths: Sequence[str], contracts: Sequence[Contract], named: str | None, environ: Mapping[str, str]
) -> Container:
    """The named container; else the one whose image or labels match, or the only one. A container of the same image
    that runs before the others is never chosen.

    Raises ConfigurationInvalid if a file can't be read, UsageError if the choice is not clear.
    """
    manifests = read_manifests(paths, environ)
    broken = [each.problem for each in manifests.problems if each.problem.severity == ERROR]
    if broken:
        raise ConfigurationInvalid(*broken)
    every = [(workload, each) for workload in manifests.workloads for each in workload.containers]
    if named is not None:
        found = [each for _, each in every if each.name == named]
    else:
        found = [each for _, each in every if not each.init]
        if len(found) != 1:
            meant = [each for workload, each in every if any(is_meant_for(one, workload, each) for one in contracts)]
            found = [each for each in meant if not each.init] or meant
    if len(found) == 1:
        return found[0]
    names = ", ".join(dict.fromkeys(each.name for _, each in every)) or "none"
    what = (
        f"{named} is the name of {len(found)} containers" if named is not None and found else "which one is not clear"
    )
    if named is not None and not found:
        what = f"no container is called {named}"
    hint = f'choose one: --container NAME, or container = "NAME" in a fleet file; there are {names}'
    raise UsageError(Problem("usage", f"the files have {len(every)} containers, and {what}", hint=hint))
