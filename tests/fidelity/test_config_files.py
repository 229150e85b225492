"""Boot reads configuration files as the class does: sources in any order and number, and files that are right and wrong.

`FILES_PAIRS=20000 FILES_SEED=7 pytest tests/fidelity/test_config_files.py` for a long run.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from confcontract.author.pydantic_private.file_sources import walks_trees

from .boot import baked, boot_verdict
from .comparison import disagreement
from .config_files import Case, file_cases
from .drawing import fresh_classes
from .oracle import program_verdict
from .refusals import becomes_secret
from .spec import Built, NoProgram, script

PAIRS = int(os.environ.get("FILES_PAIRS", "720"))
PARTS = 4
SEED = int(os.environ.get("FILES_SEED", "20261130"))
EACH = 6


@pytest.mark.parametrize("part", range(PARTS))
def test_boot_reads_configuration_files_as_the_class_does(part: int) -> None:
    counts: dict[str, int] = {"pairs": 0, "accepted": 0, "deferred": 0}

    @seed(SEED + part)
    @settings(
        max_examples=PAIRS // PARTS // EACH,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    @given(case=file_cases(EACH))
    def run(case: Case) -> None:
        try:
            check(case, counts)
        except NoProgram:
            return

    with fresh_classes():
        run()
    assert counts["pairs"] > PAIRS // PARTS // 2
    assert counts["pairs"] // 10 < counts["accepted"] < counts["pairs"]
    print(counts)


def check(case: Case, counts: dict[str, int]) -> None:
    source = case.spec.source()
    with Built(source) as cls:
        made = baked(cls)
        assert not made.crash, f"{made.crash}\n{source}"
        if made.contract is None:
            return
        foreign = [kind for kind in made.kinds.values() if kind.startswith("source ")]
        if not walks_trees():  # pydantic-settings before 2.14.2
            foreign = [kind for kind in foreign if "NestedSecretsSettingsSource" not in kind]
        assert not foreign, f"{foreign}\n{source}"
        for environment in case.environments:
            theirs, ours = program_verdict(cls, source, environment), boot_verdict(made.contract, environment)
            counts["pairs"] += 1
            counts["accepted"] += theirs.accepted
            counts["deferred"] += bool(ours.deferred)
            wrong = disagreement(cls, theirs, ours)
            if wrong and ("secret default" in case.spec.flaws() or becomes_secret(cls)):
                wrong = disagreement(cls, theirs, ours, secret_defaults=True)
            if wrong and not _on_purpose(ours):
                pytest.fail(f"{wrong}\n\n{script(source, environment)}", pytrace=False)


def _on_purpose(ours: Any) -> bool:
    """What boot refuses though the class may take it: see docs/explanation/fidelity.md."""
    return "aliases that expand to more than" in ours.reason
