"""ROLE_COMMAND_CHANGED."""

import shlex
from collections.abc import Iterator

from confcontract.compare.finding import ContractChange
from confcontract.compare.pairing import Compared
from confcontract.compare.rule import CompareRule
from confcontract.findings.severity import WARNING


def find(compared: Compared) -> Iterator[ContractChange]:
    for name, old in compared.old.roles.items():
        new = compared.new.roles.get(name)
        if new is not None and old["command"] != new["command"]:
            before, now = (shlex.join(each["command"]) or "nothing" for each in (old, new))
            yield ContractChange(
                f"roles.{name}",
                (),
                before,
                now,
                f"the role {name} starts {now} now, was {before}",
                back=f"the role {name} starts {before} again",
            )


RULE = CompareRule(
    id="ROLE_COMMAND_CHANGED",
    purpose="A role of the image starts another command.",
    remedy="Check what else refers to the command: probes, limits, scripts.",
    mirror=("ROLE_COMMAND_CHANGED",),
    forward=WARNING,
    rollback=WARNING,
    acceptance=False,
    find=find,
)
