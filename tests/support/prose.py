"""What users read, as the sources have it: `python -m tests.support.prose` lists every message with its place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent

# Dialect that users had to read twice, and the words of the field in its place. Searched for in messages, help texts,
# pages and the README, without regard to case.
DIALECT = {
    r"(?<!there )(?<!here )\b(is|are|was|were|be) no (?!longer|such|more|matter|reason|need|doubt|point|way|news|use)"
    r"(?=[\w{`\"'])": 'is not a, or "there is no"',
    r"\bnobody\b": "no one, nothing, or the passive",
    r"\banew\b": "again, or a verb with re-",
    r"\blent\b": "leased, or lease",
    r"\b(that|which|and|if it|that they) (is|are) none\b": "is not one, or invalid",
    r"\b(is|are|was|were) told\b": "is reported, or is configured",
    r"\bcan't be told\b": "can't be determined",
    r"\bno room\b|\broom for\b": "no space",
    r"\bmend(s|ed)?\b": "fix",
    r"\bwhoever\b": "the operator, the author, anyone who",
    r"\btakes? (it|them|one) out\b": "remove",
    r"\b(is|was|were|are) (not )?(looked at|asked for)\b": "checked, read, requested",
    r"\blives? (in|at)\b": "is stored in",
    r"\bat its top\b": "at the top level",
    r"\bin vain\b": "failed",
    r"\bstore(s)? of secrets\b": "secret store",
}


class Said(NamedTuple):
    """A text that users can read. place: file and line."""

    place: str
    text: str


def messages() -> Iterator[Said]:
    """Every text in the code of the package that reads as prose; `{}` stands for what is put in at run time."""
    for path in sorted((ROOT / "confcontract").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        within = {id(part) for node in ast.walk(tree) for part in _parts(node)}
        for node in ast.walk(tree):
            text = _text(node)
            if text is not None and id(node) not in within and _reads_as_prose(text):
                yield Said(f"{path.relative_to(ROOT)}:{node.lineno}", text)  # type: ignore[attr-defined]


def pages() -> Iterator[Said]:
    """The lines of the README and of every page of the documentation, without code blocks and quoted code."""
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        is_code = False
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            is_code ^= line.lstrip().startswith("```")
            if not is_code:
                yield Said(f"{path.relative_to(ROOT)}:{number}", re.sub(r"`[^`]*`", "``", line))


def in_dialect(said: Iterator[Said]) -> list[str]:
    """What is to be said otherwise: place, the words, what to write instead."""
    return [
        f"{each.place}: {found.group()!r} (write: {instead}) in {each.text!r}"
        for each in said
        for pattern, instead in DIALECT.items()
        for found in re.finditer(pattern, each.text, re.IGNORECASE)
    ]


def _parts(node: ast.AST) -> list[ast.AST]:
    """What is no text of its own: docstrings, and the pieces of an f-string."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return [node.value]
    return [part for part in ast.walk(node) if part is not node] if isinstance(node, ast.JoinedStr) else []


def _text(node: ast.AST) -> str | None:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _reads_as_prose(text: str) -> bool:
    return " " in text.strip() and re.search("[a-z]{2}", text) is not None


if __name__ == "__main__":
    for said in messages():
        print(f"{said.place}: {said.text!r}")
