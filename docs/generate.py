"""Write the reference pages that come from code: `python docs/generate.py`, or `--check` to compare only.

Exit 0: up to date (or written). Exit 1: with --check, a page differs.
"""

from __future__ import annotations

import sys
from pathlib import Path

from confcontract.audit.rules import all_audit_rules
from confcontract.compare.rule import CompareRule
from confcontract.compare.rules import all_rules
from confcontract.report.codes import CODES
from confcontract.report.exit_codes import EXITS, exit_of
from confcontract.report.usual_causes import CAUSES

PLACE = Path(__file__).parent / "reference"

_HEAD = """\
# Problem codes

Every problem that confcontract reports carries one of these codes. A code never changes its meaning, so it is safe to
match on. "Exit" is the exit code when such a problem is an error and nothing else is wrong;
[Exit codes](exit-codes.md) says which one wins when several things are. `confcontract problem CODE` says the same in a
terminal.

<!-- Generated from confcontract/report/codes.py and usual_causes.py by docs/generate.py: run `make docs`. -->

| code | what it means | usual causes | what to do | exit |
|---|---|---|---|---|
"""


def problems_page() -> str:
    """The page for `CODES`, in the order in which they are declared."""
    cells = (
        (f"`{code}`", _cell(meaning), _cell("; ".join(CAUSES.get(code, ()))), _cell(remedy), str(exit_of(code)))
        for code, (meaning, remedy) in CODES.items()
    )
    rows = (f"| {' | '.join(each)} |\n" for each in cells)
    return _HEAD + "".join(rows)


_RULES_HEAD = """\
# Comparison rules

[`confcontract diff OLD NEW`](../how-to/compare.md) goes by these rules. An operator supplies values, the image accepts
them: an **upgrade** is safe if every environment that suits the old contract suits the new one, a **rollback** if every
environment that suits the new one suits the old.

*error*: some environment that was right is refused, or loses a value. *review*: it could not be decided, and blocks as
an error does. *warning*: it is accepted, and behaves otherwise. *info*: nothing to do. `confcontract rules show ID`
says the same in a terminal; [a project](../how-to/compare.md#severities) can set other severities.

<!-- Generated from confcontract/compare/rules by docs/generate.py: change it there, then run `make docs`. -->

| rule | upgrade | rollback | finds |
|---|---|---|---|
"""


def rules_page() -> str:
    """The page for all rules: a table, then a heading for each, which is its anchor."""
    rules = all_rules().values()
    rows = (
        f"| [`{rule.id}`](#{rule.id.lower()}) | {rule.forward.value} | {_back(rule)} | {_cell(rule.purpose)} |\n"
        for rule in rules
    )
    return _RULES_HEAD + "".join(rows) + "".join(map(_rule, rules))


_AUDIT_HEAD = """\
# Audit rules

[`confcontract audit REF`](../how-to/audit.md) goes by these rules. *error* and *review* end it with 1, unless
`--fail-on` says otherwise or [a finding is approved](../how-to/audit.md#accept-a-finding); a *warning* is reported.
`confcontract rules show ID` says the same in a terminal.

<!-- Generated from confcontract/audit/rules by docs/generate.py: change it there, then run `make docs`. -->

| rule | severity | finds |
|---|---|---|
"""


def audit_rules_page() -> str:
    """The page for the rules of an audit: a table, then a heading for each, which is its anchor."""
    rules = all_audit_rules().values()
    rows = (
        f"| [`{rule.id}`](#{rule.id.lower()}) | {rule.severity.value} | {_cell(rule.purpose)} |\n" for rule in rules
    )
    told = (f"\n## {rule.id}\n\n{rule.purpose}\n\n{rule.severity.value.title()}. {rule.remedy}\n" for rule in rules)
    return _AUDIT_HEAD + "".join(rows) + "".join(told)


def _back(rule: CompareRule) -> str:
    return "–" if rule.no_mirror else rule.rollback.value


def _rule(rule: CompareRule) -> str:
    lines = [f"\n## {rule.id}\n", rule.purpose, ""]
    lines.append(f"Upgrade: {rule.forward.value}. Rollback: {_back(rule)}. {rule.circumstances}".rstrip())
    lines.append("")
    lines.append(f"- Before an upgrade: {_lower(rule.remedy)}")
    if rule.back_remedy and rule.back_remedy != rule.remedy:
        lines.append(f"- Before a rollback: {_lower(rule.back_remedy)}")
    mirrors = " or ".join(f"[{name}](#{name.lower()})" for name in rule.mirror if name != rule.id)
    if rule.no_mirror:
        lines += ["", f"It has no counterpart: {_lower(rule.no_mirror)}"]
    elif mirrors:
        lines += ["", f"The opposite change is {mirrors}."]
    return "\n".join(_prose(line) for line in lines) + "\n"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _prose(text: str) -> str:
    return text.replace("${NAME:-}", "`${NAME:-}`").replace("NAME= ", "`NAME=` ")


def exits_page(current: str) -> str:
    """The page on exit codes: its prose as it is, its table and the order of precedence from `EXITS`."""
    rows = "| code | name | when | who can fix it |\n|---|---|---|---|\n" + "".join(
        f"| {each.number} | {each.name} | {_cell(each.when)} | {_cell(each.who)} |\n"
        for each in sorted(EXITS, key=lambda each: each.number)
    )
    order = ", ".join(str(each.number) for each in EXITS)
    return _between(_between(current, "exits", rows), "precedence", f"{order}.\n")


def _between(page: str, name: str, content: str) -> str:
    """The page with other content between the two marks of this name."""
    begin, end = (
        f"<!-- {name}: from confcontract/report/exit_codes.py, by 'make docs' -->\n",
        f"<!-- end of {name} -->\n",
    )
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise SystemExit(f"exit-codes.md lacks the marks of {name}")
    return before + begin + content + end + after


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("[", "&#91;").replace("{", "&#123;")


def main(arguments: list[str]) -> int:
    problems, exits = PLACE / "problems.md", PLACE / "exit-codes.md"
    wanted = {
        problems: problems_page(),
        exits: exits_page(exits.read_text(encoding="utf-8")),
        PLACE / "compare-rules.md": rules_page(),
        PLACE / "audit-rules.md": audit_rules_page(),
    }
    stale = [page for page, text in wanted.items() if not page.exists() or page.read_text(encoding="utf-8") != text]
    if "--check" not in arguments:
        for page in stale:
            page.write_text(wanted[page], encoding="utf-8")
        return 0
    for page in stale:
        print(f"{page.name} is not what the code says: run 'make docs' and commit it", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
