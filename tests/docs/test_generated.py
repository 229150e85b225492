"""Pages of settings classes that nobody would write: those that the fidelity tests generate."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, Phase, assume, given, settings

from confcontract.contract.artifact import Contract, is_hidden
from tests.docs.making import FORMATS, page, written
from tests.docs.rendering import read
from tests.docs.test_formats import uncommented
from tests.fidelity.boot import baked
from tests.fidelity.spec import Built, NoProgram, SettingsSpec
from tests.fidelity.strategies import settings_specs
from tests.support.published import published


def contract_of(spec: SettingsSpec) -> Contract | None:
    try:
        with Built(spec.source()) as made:
            return baked(made).contract
    except NoProgram:
        return None


@given(settings_specs())
@settings(
    deadline=None,
    max_examples=60,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_variable_of_a_generated_class_is_in_every_format_and_keeps_its_default(spec: SettingsSpec) -> None:
    contract = contract_of(spec)
    assume(contract is not None)
    assert contract is not None
    names = [variable["name"] for variable in contract.variables]
    assert sorted(entry.name for entry in page(contract).entries) == sorted(names)
    texts = {format: written(contract, format) for format in FORMATS}
    published("docs-v1.schema.json").validate(json.loads(texts["json"]))
    rows = [row[0].split("\n")[0] for row in read(texts["markdown"], "commonmark").rows]
    defaults = uncommented(texts["dotenv"])
    for variable in contract.variables:
        assert rows.count(variable["name"]) >= 1
        if "defaultText" in variable and not is_hidden(variable):
            assert defaults[variable["name"]] == variable["defaultText"]
