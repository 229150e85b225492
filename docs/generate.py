"""Write the reference pages that come from code: `python docs/generate.py`, or `--check` to compare only.

Exit 0: up to date (or written). Exit 1: with --check, a page differs.
"""

from __future__ import annotations

import sys
from pathlib import Path

from confcontract.report.errors import exit_code
from confcontract.report.problem import CODES, Problem

PAGE = Path(__file__).parent / "reference" / "problems.md"

_HEAD = """\
# Problems

Every problem that confcontract reports carries one of these codes. A code never changes its meaning, so it is safe to
match on. "Exit" is the exit code when such a problem is an error and nothing else is wrong;
[Exit codes](exit-codes.md) says which one wins when several things are. `confcontract problem CODE` says the same in a
terminal.

<!-- Generated from confcontract/report/problem.py by docs/generate.py: change it there, then run `make docs`. -->

| code | what it means | what to do | exit |
|---|---|---|---|
"""


def problems_page() -> str:
    """The page for `CODES`, in the order in which they are declared."""
    rows = (
        f"| `{code}` | {_cell(meaning)} | {_cell(remedy)} | {exit_code([Problem(code, meaning)])} |\n"
        for code, (meaning, remedy) in CODES.items()
    )
    return _HEAD + "".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("[", "&#91;").replace("{", "&#123;")


def main(arguments: list[str]) -> int:
    current = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    wanted = problems_page()
    if current == wanted:
        return 0
    if "--check" in arguments:
        print(
            f"{PAGE.name} is not what report/problem.py says: run 'make docs' and commit it",
            file=sys.stderr,
        )
        return 1
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
