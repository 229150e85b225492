"""Secrets in configuration files of the settings class: none is shown, whatever is wrong with the file or the value."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import JsonConfigSettingsSource, TomlConfigSettingsSource, YamlConfigSettingsSource

from confcontract import Contract, bake, resolve
from confcontract.report.text import render
from confcontract.verdict.explain import rows, show
from tests.leak import shop_secrets
from tests.leak.places import DIGITS, URL, WORD
from tests.leak.test_leak import SECRETS, found_in, with_secrets
from tests.support.own_order import Given, OwnOrder, Sources

KINDS: dict[str, Any] = {
    "toml": TomlConfigSettingsSource,
    "yaml": YamlConfigSettingsSource,
    "json": JsonConfigSettingsSource,
}
VALUES: list[dict[str, Any]] = [
    {"api_key": WORD, "password": WORD, "ident": WORD, "number": WORD, "flag": WORD, "day": WORD, "raw": WORD},
    {"api_key": [WORD], "password": {"x": WORD}, "ident": [WORD], "number": [WORD], "raw": {WORD: WORD}},
    {"password": int("7" * 9), "api_key": 5, "port": "x"},
    {"dsn": URL, "queue": URL, "broker": URL, "hosts": [URL, 5]},
    {"dsn": f"postgres://app:{WORD}", "hosts": URL, "queue": [URL]},
    {"database": {"password": WORD, "port": "x"}},
    {"database": {"password": [WORD]}},
    {"database": WORD},
    {"database": [WORD]},
    {"database": {WORD: 1}},
    {"marked": {"key": WORD, "count": "x"}},
    {"marked": {WORD: 1}},
    {"marked": WORD},
    {"marked_keys": {WORD: 1}},
    {"many": [{"key": WORD, "count": "x"}]},
    {"table": {"a": {"key": WORD, "count": "x"}}},
    {"tree": {"children": [{"hidden": WORD, "count": "x"}]}},
    {"tokens": [WORD, 5]},
    {"by_name": {"a": WORD}},
    {"by_name": {WORD: "x"}},
    {"numbers": {"a": WORD}},
    {"numbers": {WORD: "x"}},
    {"parts": ["a", WORD]},
    {"anything": {"password": WORD, "url": URL}},
]
BROKEN = {
    "toml": [f'api_key = "{WORD}', f"api_key = {WORD}", f'api_key = "{WORD}"\napi_key = "{WORD}"', f'api_key = "\\{WORD}"']
    + [f"api_key = {DIGITS}{DIGITS}-{DIGITS}", f'database = "{WORD}"\n[database]\nport = 1', f"{WORD}"],
    "yaml": [f"api_key: '{WORD}", f"api_key: !{WORD} x", f"api_key: *{WORD}", f"api_key: &{WORD}", f"api_key: [{WORD}", f"{WORD}"]
    + [f"api_key: @{WORD}", f"api_key: %{WORD}", f"api_key: x: {WORD}", f"- {WORD}", f"api_key: !!int {WORD}", f"? [{WORD}]\n: 1"]
    + [f"api_key: !!binary {WORD}\u00e9", f"api_key: !!float {WORD}", f"api_key: 2024-99-99 # {WORD}"],
    "json": [f'{{"api_key": "{WORD}"', f'{{"api_key": {WORD}}}', f'["{WORD}"]', f'"{WORD}"', f'{{"api_key": "{WORD}\t"}}'],
}  # fmt: skip


def contract_of(settings: str, kind: str, above: bool) -> Contract:
    class Here(OwnOrder, getattr(shop_secrets, settings)):  # type: ignore[misc]
        @classmethod
        def in_order(cls, given: Given) -> Sources:
            file = KINDS[kind](cls, "config")
            return (file, given.environment) if above else (given.environment, file)

    return bake(Here, name="shop", version="1")


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    return f"[{', '.join(map(toml, value))}]" if isinstance(value, list) else json.dumps(value)


def told(contract: Contract, environ: dict[str, str]) -> str:
    result = resolve(contract, environ=environ)
    stream = io.StringIO()
    show(rows(result), "text", stream, False)
    show(rows(result), "json", stream, False)
    facts = [(problem.as_dict(), problem.names) for problem in result.problems]
    return (
        f"{stream.getvalue()}\n{facts}\n{result.sources}\n{render(result.problems, title=None, color=False, width=80)}"
    )


@pytest.mark.parametrize("above", [False, True], ids=["below", "above"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("settings", ["Settings", "Strict", "Flat"])
def test_nothing_that_is_said_of_a_file_shows_a_secret(
    settings: str, kind: str, above: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    contract = contract_of(settings, kind, above)
    texts = ["".join(f"{key} = {toml(item)}\n" for key, item in each.items()) if kind == "toml" else json.dumps(each) for each in VALUES]  # fmt: skip
    leaks = []
    for text in [*texts, *BROKEN[kind]]:
        Path("config").write_text(with_secrets(text, tmp_path))
        for environ in ({}, {"SHOP_PORT": "x", "SHOP_API_KEY": SECRETS[WORD]}):
            leaks += [f"{text}: {line}" for line in found_in(told(contract, environ))]
    assert not leaks, "\n".join(leaks)


def test_the_search_finds_what_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("config").write_text(with_secrets(f'port = "{WORD}"\n', tmp_path))
    assert found_in(told(contract_of("Strict", "toml", False), {}))
