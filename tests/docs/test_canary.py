"""A secret in any place of a contract where one could be comes out in no format. Bake refuses nearly all of these;
a page is made of what is there all the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.docs.making import FORMATS, made, variable, written

CANARY = "Xq7canaryZ9"
URL = f"postgres://app:{CANARY}@db:5432/shop"
SECRET: dict[str, Any] = {"secret": True}
OBJECT = {"text": "section", "kind": "object"}

VARIABLES: dict[str, list[dict[str, Any]]] = {
    "default of a secret": [variable(default=CANARY, defaultText=CANARY, **SECRET)],
    "default text of a secret": [variable(defaultText=CANARY, **SECRET)],
    "example of a secret": [variable(examples=[CANARY], **SECRET)],
    "choice of a secret": [
        variable(constraints={"enum": [CANARY, "b"]}, type={"text": f"one of {CANARY}, b", "kind": "enum"}, **SECRET)
    ],
    "password in a default": [variable(default=URL, defaultText=URL)],
    "password in a default that is a list": [
        variable(default=[URL, "x"], defaultText=f'["{URL}", "x"]', encoding="json"),
    ],
    "password in a default that is a mapping": [variable(default={"a": {"b": [URL]}, URL: 1}, encoding="json")],
    "password under its name": [variable(default={"password": CANARY}, encoding="json")],
    "password where a URL belongs": [variable(default=CANARY, defaultText=CANARY, credentials=True)],
    "key=value": [variable(default=f"host=db password={CANARY}", defaultText=f"host=db password={CANARY}")],
    "a section's default with a secret member": [
        variable("APP_S", path=["s"], type=OBJECT, encoding="json", default={"key": CANARY, "n": 1}),
        variable("APP_S__KEY", path=["s", "key"], group="s", **SECRET),
        variable("APP_S__N", path=["s", "n"], group="s"),
    ],
    "an outer section's default": [
        variable("APP_S", path=["s"], type=OBJECT, encoding="json", default={"t": {"key": CANARY}}),
        variable("APP_S__T", path=["s", "t"], group="s", type=OBJECT, encoding="json", default={"key": CANARY}),
        variable("APP_S__T__KEY", path=["s", "t", "key"], group="s.t", **SECRET),
    ],
    "password in a description": [variable(description=f"such as {URL}")],
    "password in an example": [variable(examples=[URL])],
    "password in a deprecation": [variable(deprecated={"message": f"use {URL}", "names": ["APP_X"]})],
    "password in a choice": [variable(constraints={"enum": [URL]}, type={"text": f"one of {URL}", "kind": "enum"})],
    "password in a pattern": [
        variable(constraints={"pattern": URL}, type={"text": f"text, matching {URL}", "kind": "string"})
    ],
    "what boot itself logs in with": [variable("VAULT_TOKEN", default=CANARY, defaultText=CANARY)],
    "password in a reference": [variable(vault=f"secret/app?password={CANARY}#key")],
}
DOCUMENTS: dict[str, dict[str, Any]] = {
    "password in the description": {"description": f"see {URL}"},
    "password in a command": {"roles": {"web": {"command": ["run", URL], "needs": None, "description": ""}}},
    "password in a role's description": {"roles": {"web": {"command": [], "needs": None, "description": URL}}},
    "password in a target": {
        "checks": [{"name": "db", "kind": "postgres", "target": URL, "timeout": 1, "interval": 1, "deadline": 1}]
    },
    "a header of a check": {
        "checks": [
            {
                "name": "web",
                "kind": "http",
                "target": "http://web",
                "status": [200],
                "headers": {"authorization": CANARY},
                "path": f"/?token={CANARY}",
                "timeout": 1,
                "interval": 1,
                "deadline": 1,
            }
        ]
    },
    "password in the provenance": {"provenance": {"sourceCommit": URL, "imageTag": f"https://{CANARY}@registry/shop"}},
    "the schema": {"schema": {"default": CANARY}},
}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("place", VARIABLES)
def test_no_secret_of_a_variable_comes_out(place: str, format: str) -> None:
    contract = made(*VARIABLES[place])
    assert CANARY in str(contract.data)
    assert CANARY not in written(contract, format)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("place", DOCUMENTS)
def test_no_secret_of_the_document_comes_out(place: str, format: str) -> None:
    contract = made(variable(), **DOCUMENTS[place])
    assert CANARY in str(contract.data)
    assert CANARY not in written(contract, format)


def test_what_is_left_of_a_masked_default_is_no_value_to_copy() -> None:
    contract = made(variable(default=URL, defaultText=URL))
    assert "postgres://app:***@db:5432/shop" in written(contract, "markdown")
    assert "\n#APP_X=\n" in written(contract, "dotenv")
