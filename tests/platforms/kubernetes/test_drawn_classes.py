"""On classes and environments drawn at random: a container gets the settings that the values gave."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.fidelity.drawing import ENVIRONMENTS_PER_CLASS, for_each_case
from tests.platforms import test_same_settings as same
from tests.platforms.kubernetes.read_back import container_of, objects_of, one
from tests.platforms.reading_back import Got

PAIRS, SEED = 300, 23


def read(files: Mapping[str, str]) -> Got:
    """Of secrets, which variables the container expects of a Secret."""
    objects = objects_of(files)
    deployment = one(objects, "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    secrets = tuple(each["name"] for each in container["env"] if "valueFrom" in each)
    filled = {
        each["valueFrom"]["secretKeyRef"]["name"]: dict.fromkeys(secrets, "")
        for each in container["env"]
        if "valueFrom" in each
    }
    environ = container_of(deployment, objects, filled).environment
    return Got({name: value for name, value in environ.items() if name not in secrets}, secrets)


def test_kubernetes_gives_the_settings_that_the_values_gave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(same, "READERS", {"kubernetes": read})
    trial = same.Trial(tmp_path)
    for_each_case(trial.check, PAIRS // ENVIRONMENTS_PER_CLASS, SEED, shrink=False)
    assert trial.counts["kubernetes"] > PAIRS / 5, trial.counts
