"""No verdict depends on the words of anything."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from confcontract import resolve
from confcontract.contract.artifact import Contract
from confcontract.contract.reference import ReferenceInvalid, parse_references
from confcontract.secrets.store import Fetched
from confcontract.secrets.vault import wording
from confcontract.verdict.explain import render_json, rows
from tests.rewording.words import CANARY, MARK, plain, told

GOOD = {"S_HOST": "h", "S_TOKEN": CANARY}
ENVIRONMENTS: dict[str, dict[str, str]] = {
    "all is well": GOOD,
    "nothing is set": {},
    "wrong values": {**GOOD, "S_PORT": "x", "S_TAGS": "1,2", "S_LIMITS": "[", "S_DOC": '{"a": [1, "x"]}'},
    "wrong secrets": {"S_HOST": "h", "S_TOKEN": "", "S_CACHE__URL": f"postgres://u:{CANARY}@", "S_KEY": CANARY},
    "wrong parts": {**GOOD, "S_LIMITS__A": "x", "S_CACHE__PASSWORD__X": "1", "S_PET__LIVES": "3"},
    "another union": {**GOOD, "S_PET__KIND": "dog", "S_PET__BARKS": "no idea"},
    "other names": {**GOOD, "S_PROT": "1", "S_OLD": "x", "CONFCONTRACT_STRICKT": "1", "s_port": "1"},
    "pointers": {"S_HOST": "h", "S_TOKEN_FILE": "{files}/token", "S_KEY_FILE": "{files}/absent", "S_PORT_FILE": "/"},
    "an empty pointer": {**GOOD, "S_KEY_FILE": "{files}/nul", "S_DSN_FILE": "{files}/bytes"},
    "two pointers": {"S_HOST": "h", "S_TOKEN": "a", "S_TOKEN_FILE": "{files}/token"},
    "links of Kubernetes": {
        **GOOD,
        "S_PORT": "tcp://10.0.0.1:80",
        "S_SERVICE_HOST": "10.0.0.1",
        "S_SERVICE_PORT": "80",
    },
    "references": {
        **GOOD,
        "S_TOKEN": "vault:secret/s#token",
        "S_KEY": "vault:secret",
        "S_TAGS": '["vault:secret/s#k"]',
    },
    "other tools": {**GOOD, "S_DSN": ">>vault:secret/data/s#dsn", "S_KEY": " Vault:secret/s#key", "X_FROM_PATH": "a/b"},
}
IN_VAULT = {"host": "h", "token": CANARY, "port": f"x{CANARY}", "dsn": f"postgres://u:{CANARY}@h/d", "tags": "[1]"}
REFERRING: dict[str, dict[str, str]] = {
    "all of it is there": {"S_HOST": "vault:secret/s#host", "S_TOKEN": "vault:secret/s#token"},
    "a value is wrong": {"S_HOST": "h", "S_TOKEN": "vault:secret/s#token", "S_PORT": "vault:secret/s#port"},
    "some is not there": {"S_HOST": "vault:secret/s#absent", "S_TOKEN": "vault:secret/s#x|", "S_KEY": "vault:secret"},
    "plain values": {**GOOD, "S_DSN": "vault:secret/s#dsn", "S_TAGS": "vault:secret/s#tags", "S_PROT": "1"},
}
OWN_FILES: dict[str, dict[str, str]] = {
    "none": {},
    "good": {"own.env": "S_PORT=81\n", "secrets/S_TOKEN": CANARY, "secrets/s_key": CANARY},
    "wrong": {"own.env": "S_PORT=eighty\nS_PROT=1\n", "secrets/s_port": CANARY, "secrets/s_cache": "{"},
    "a secret in the wrong place": {"secrets/s_port": CANARY, "secrets/s_old": "vault:"},
    "references": {
        "own.env": "S_TAGS=[1]\nS_KEY=vault:secret/s#key\nS_DSN=ref+vault://s\n",
        "secrets/s_key": "vault:a/b#c",
    },
}


@pytest.mark.parametrize("own", OWN_FILES)
@pytest.mark.parametrize("given", ENVIRONMENTS)
def test_no_verdict_depends_on_the_words_of_anything(
    contract: Contract, files: Path, reword: Callable[[], None], given: str, own: str
) -> None:
    for name, content in OWN_FILES[own].items():
        (files / name).parent.mkdir(exist_ok=True)
        (files / name).write_text(content)
    environ = {name: value.replace("{files}", str(files)) for name, value in ENVIRONMENTS[given].items()}

    def verdicts() -> Iterator[dict[str, Any]]:
        for strict in (False, True):
            for env_files in ([], [files / "bad.env"], [files / "absent.env"]):
                result = resolve(contract, environ=environ, env_files=env_files, strict=strict)
                explained = render_json(rows(result))
                assert CANARY not in (said := json.dumps(told(result.problems)) + explained).replace(MARK, ""), said
                yield {**told(result.problems), "environ": result.environ, "explained": json.loads(explained)}

    before = plain(list(verdicts()))
    reword()
    assert plain(list(verdicts())) == before


class Store:
    """A secret store that lie there."""

    configured = True

    def read(self, references: Mapping[str, str]) -> Fetched:
        fetched = Fetched()
        for variable, referring in references.items():
            try:
                asked = parse_references(referring)
            except ReferenceInvalid as wrong:
                fetched.problems.append(wording.invalid(variable, str(wrong)))
                continue
            reference = asked.alternatives[0]
            if reference.key in IN_VAULT:
                fetched.values[variable] = IN_VAULT[reference.key]
                fetched.references[variable] = reference.text
            elif asked.optional:
                fetched.absent.append(variable)
            else:
                message = "There is nothing."
                fetched.problems.append(wording.problem("vault-path-missing", variable, reference, message))
        return fetched

    def create(self, references: Mapping[str, str]) -> Fetched:
        return Fetched()

    def close(self) -> None:
        return


@pytest.mark.parametrize("store", [None, Store()], ids=["nobody is asked", "a store"])
@pytest.mark.parametrize("given", REFERRING)
def test_no_verdict_on_what_lives_in_vault_depends_on_words(
    contract: Contract, files: Path, reword: Callable[[], None], given: str, store: Store | None
) -> None:
    def verdict() -> Any:
        result = resolve(contract, environ=REFERRING[given], vault=store)
        explained = render_json(rows(result))
        assert CANARY not in (json.dumps(told(result.problems)) + explained).replace(MARK, "")
        return plain({**told(result.problems), "environ": result.environ, "explained": json.loads(explained)})

    before = verdict()
    assert store is None or CANARY in json.dumps(before["environ"]) or given == "some is not there"
    reword()
    assert verdict() == before


def test_the_words_are_others(contract: Contract, reword: Callable[[], None]) -> None:
    """Else the test above would hold nothing."""
    reword()
    result = resolve(contract, environ={"S_PORT": "x"})
    assert result.problems
    for each in result.problems:
        assert MARK in each.message
        assert each.source is None or MARK in each.source
        assert not any(word in each.message for word in ("is", "required", "valid"))
