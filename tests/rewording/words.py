"""Every word that people see with marks in it, and what a report says and decides.

The marks stand at places that depend on the text alone, so that no phrase is left whole and no text begins with another
any more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest

from confcontract import Problem
from confcontract.boot.checks import attempt
from confcontract.compare.finding import ContractChange
from confcontract.contract.reference import ReferenceInvalid
from confcontract.host.sourcefile import Unreadable
from confcontract.report import codes, exit_codes, github, text
from confcontract.secrets.vault import failure
from confcontract.secrets.vault.server import NotConfigured
from confcontract.verdict.sources import gathered, origin

MARK = "·"
WIDE = 1_000_000  # columns: nothing is wrapped
CANARY = "canary-31c7"


def reworded(words: str) -> str:
    """The words with one to three marks after every character, for the same words in the same way."""
    bare = words.replace(MARK, "")
    draw = Random(bare)
    return "".join(character + MARK * draw.randint(1, 3) for character in bare)


def plain(data: Any) -> Any:
    """The same without marks."""
    return json.loads(json.dumps(data, ensure_ascii=False).replace(MARK, ""))


def rewording(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """What rewords all, until the test ends."""

    def replace() -> None:
        _constructor(monkeypatch, Problem, "message", "hint", "source")
        _constructor(monkeypatch, failure.RequestFailed, "words")
        _constructor(monkeypatch, attempt.NotYet, "words")
        _constructor(monkeypatch, ContractChange, "sentence", "remedy", "back", "back_remedy")
        _constructor(monkeypatch, gathered.DecodingFailure, "reason")
        for where in (origin.IN_ENVIRONMENT, origin.IN_ENV_FILE, origin.IN_SECRETS_DIR, origin.IN_DEFAULT):
            monkeypatch.setattr(where, "words", reworded(where.words))
        for kind, words in origin._WORDS.items():
            said = "{}".join(reworded(part) for part in words.split("{}"))
            monkeypatch.setitem(origin._WORDS, kind, said)
        for code, told in codes.CODES.items():
            monkeypatch.setitem(codes.CODES, code, (reworded(told[0]), reworded(told[1])))
        for error in (ReferenceInvalid, NotConfigured, Unreadable):
            monkeypatch.setattr(error, "__str__", lambda self: reworded(str(self.args[0])), raising=False)

    return replace


def _constructor(monkeypatch: pytest.MonkeyPatch, kind: Any, *members: str) -> None:
    """Have a class get these members of its in other words."""
    original = kind.__init__
    names = original.__code__.co_varnames[1:]

    def made(self: Any, *arguments: Any, **more: Any) -> None:
        given = dict(zip(names, arguments, strict=False)) | more
        rest = arguments[len(given) - len(more) :] if len(arguments) > len(given) - len(more) else ()
        ours = {name: reworded(given[name]) for name in members if isinstance(given.get(name), str)}
        count = len(arguments) - len(rest)
        original(self, *[ours.get(name, given[name]) for name in names[:count]], *rest, **(more | _of(more, ours)))

    monkeypatch.setattr(kind, "__init__", made)


def _of(more: Mapping[str, Any], ours: Mapping[str, str]) -> dict[str, str]:
    return {name: words for name, words in ours.items() if name in more}


def told(problems: list[Problem]) -> dict[str, Any]:
    """All that a report decides, and says."""
    together = text._by_cause(problems)
    return {
        "exit": exit_codes.worst(each.code for each in problems if each.severity == "error"),
        "problems": [each.as_dict() | {"names": list(each.names), "said": each.source_said} for each in problems],
        "groups": [[(each.code, each.variable) for each in group] for group in together],
        "text": text.render(problems, title=None, color=False, width=WIDE),
        "github": github.render(problems),
    }
