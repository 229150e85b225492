"""`confcontract diff` and `confcontract rules`, from the command line."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from confcontract.compare.rules import IDS
from tests.support.commands import run, said

LATER = (datetime.now(UTC).date() + timedelta(days=400)).isoformat()


def diff(contracts: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Of old.json and new.json, unless the arguments name others."""
    named = [str(contracts / each) if each.endswith(".json") else each for each in arguments]
    given = any(each.endswith(".json") for each in arguments)
    default = [] if given else [str(contracts / "old.json"), str(contracts / "new.json")]
    return run("diff", *default, *named, cwd=cwd or contracts)


@pytest.mark.parametrize(
    "arguments,code",
    [
        ((), 1),
        (("--direction", "rollback"), 0),
        (("--direction", "rollback", "--fail-on", "warning"), 1),
        (("--direction", "full"), 1),
        (("--fail-on", "error"), 1),
        (("old.json", "old.json"), 0),
        (("old.json", "elsewhere.json"), 1),
        (("old.json", "nothing.json"), 2),
        (("nothing.json", "new.json", "--format", "sarif"), 2),
        (("old.json",), 64),
        (("old.json", "new.json", "newest.json"), 64),
        (("--format", "nonsense"), 64),
    ],
    ids=str,
)
def test_the_exit_code_says_whether_it_is_safe(contracts: Path, arguments: tuple[str, ...], code: int) -> None:
    done = diff(contracts, *arguments)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_another_application_is_asked_about(contracts: Path) -> None:
    done = diff(contracts, "old.json", "elsewhere.json")
    assert (
        "[APPLICATION_CHANGED] the application is called store, was shop: are these two versions of one?" in done.stdout
    )


def test_several_older_versions_are_one_table(contracts: Path) -> None:
    done = diff(contracts, "--transitive", "old.json", "new.json", "newest.json")
    assert done.returncode == 1
    head, *_ = done.stdout.splitlines()
    assert head.split() == ["UPGRADE", "from", "1.0", "1.1"]
    rows = {line.split("  ")[0].strip(): line.split()[-2:] for line in done.stdout.splitlines() if "[" in line[:60]}
    assert rows["SHOP_REGION [ENV_ADDED_REQUIRED]"] == ["error", "–"]
    assert rows["SHOP_TIMEOUT [ENV_ADDED_OPTIONAL]"] == ["info", "info"]
    assert "shop 1.1 → 1.2: the upgrade is safe" in done.stdout
    table = diff(contracts, "--transitive", "old.json", "new.json", "newest.json", "--format", "markdown").stdout
    assert "| variable | what | 1.0 | 1.1 |" in table


def test_what_is_approved_does_not_block_until_it_expires(contracts: Path, tmp_path: Path) -> None:
    done = diff(contracts, "--approve", "all", "--reason", "nobody runs it", "--expires", LATER, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"approved: nobody runs it (until {LATER})" in done.stdout
    written = (tmp_path / "confcontract.approvals.toml").read_text()
    assert written.count("[[approval]]") == 2
    assert 'rule = "ENV_ADDED_REQUIRED"\nsetting = "SHOP_REGION"\ndirection = "forward"\n' in written
    assert diff(contracts, cwd=tmp_path).returncode == 0
    (tmp_path / "confcontract.approvals.toml").write_text(written.replace(LATER, "2020-01-31"))
    done = diff(contracts, cwd=tmp_path)
    assert done.returncode == 1
    assert "expired on 2020-01-31 (confcontract.approvals.toml, line 4)" in done.stdout


def test_a_finding_that_is_approved_twice_is_told(contracts: Path, tmp_path: Path) -> None:
    entry = '[[approval]]\nfingerprint = "0123"\nreason = "x"\nexpires = 2099-01-01\n'
    (tmp_path / "confcontract.approvals.toml").write_text(entry + 'direction = "forward"\n' + entry + entry)
    told = said(diff(contracts, cwd=tmp_path))
    assert told.count("0123 is approved twice (confcontract.approvals.toml, line 10): remove one of the entries") == 1
    assert told.count("is approved twice") == 1


def test_one_finding_is_approved_by_its_fingerprint(contracts: Path, tmp_path: Path) -> None:
    told = json.loads(diff(contracts, "--format", "json").stdout)
    findings = told["comparisons"][0]["directions"]["forward"]["findings"]
    mark = next(each["fingerprint"] for each in findings if each["rule"] == "ENV_ADDED_REQUIRED")
    done = diff(contracts, "--approve", mark, "--reason", 'a "reason"\\', "--expires", LATER, cwd=tmp_path)
    assert done.returncode == 1
    assert "1 error" in done.stdout
    assert "1 approved" in done.stdout
    unused = diff(contracts, "old.json", "old.json", cwd=tmp_path)
    assert f"the approval of {mark} is unused" in unused.stdout
    assert unused.returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--approve", "all"),
        ("--reason", "x"),
        ("--expires", LATER),
        ("--approve", "all", "--reason", "x"),
        ("--approve", "all", "--reason", "x", "--expires", "tomorrow"),
        ("--approve", "all", "--reason", "x", "--expires", "2020-01-31"),
        ("--approve", "0123", "--reason", "x", "--expires", LATER),
    ],
    ids=str,
)
def test_an_approval_needs_a_finding_a_reason_and_a_day(
    contracts: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert diff(contracts, *arguments, cwd=tmp_path).returncode == 64
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text,line,words",
    [
        ("[[approval]\n", 1, "not valid TOML"),
        ('[[approval]]\nfingerprint = "x"\nreason = "y"\n', 1, "its last valid day"),
        ('[[approval]]\nfingerprint = "x"\nreason = "y"\nexpires = "2027-01-01"\n', 4, "its last valid day"),
        ('[[approval]]\nfingerprint = "x"\nreason = ""\nexpires = 2027-01-01\n', 3, "needs a reason"),
        ('[[approval]]\nfingerprint = 5\nreason = "y"\nexpires = 2027-01-01\n', 2, "needs a fingerprint"),
        ('[[approval]]\nfingerprnt = "x"\n', 2, "did you mean fingerprint?"),
        ('[[approvals]]\nfingerprint = "x"\n', 1, "did you mean approval?"),
        (
            '[[approval]]\nfingerprint = "x"\nreason = "y"\nexpires = 2027-01-01\ndirection = "up"\n',
            5,
            "forward or rollback",
        ),
        ("approval = 5\n", 1, "[[approval]]"),
    ],
)
def test_a_file_of_approvals_that_is_wrong_is_told_with_its_line(
    contracts: Path, tmp_path: Path, text: str, line: int, words: str
) -> None:
    (tmp_path / "confcontract.approvals.toml").write_text(text)
    done = diff(contracts, cwd=tmp_path)
    assert done.returncode == 2
    assert f"confcontract.approvals.toml, line {line}" in said(done)
    assert words in said(done)


@pytest.mark.parametrize(
    "table,code,words",
    [
        ('[tool.confcontract.diff.severity]\nENV_ADDED_REQUIRED = "warning"\nRANGE_NARROWED = "off"\n', 0, "is safe"),
        ('[tool.confcontract.diff.severity]\nENV_ADDED_REQUIRED = { rollback = "error" }\n', 1, "2 errors"),
        ('[tool.confcontract.diff]\ndirection = "rollback"\n', 0, "the rollback is safe"),
        ('[tool.confcontract.diff]\ndirection = "forward"\n', 1, "the upgrade is not safe"),
        ('[tool.confcontract.diff]\ndirection = "full"\n', 1, "the rollback is safe"),
        ('[tool.confcontract.diff]\ndirection = "back"\n', 2, "pyproject.toml, line 2: direction must be one of"),
        ("[tool.confcontract.diff]\ndirection = 1\n", 2, "pyproject.toml, line 2: direction must be one of"),
        ('[tool.confcontract.diff]\nfail-on = "error"\n', 1, "is not safe"),
        ('[tool.confcontract.diff]\ndirection = "rollback"\nfail-on = "error"\n', 0, "the rollback is safe"),
        ('[tool.confcontract.diff]\ndirection = "rollback"\nfail-on = "review"\n', 0, "the rollback is safe"),
        ('[tool.confcontract.diff]\ndirection = "rollback"\nfail-on = "warning"\n', 1, "the rollback needs a look"),
        ('[tool.confcontract.diff]\nfail-on = "never"\n', 2, "pyproject.toml, line 2: fail-on must be one of"),
        ('[tool.confcontract.diff]\nfail-on = ["error"]\n', 2, "pyproject.toml, line 2: fail-on must be one of"),
        ('[tool.confcontract.diff]\nfail_on = "error"\n', 2, "did you mean fail-on?"),
        ('[tool.confcontract.dif.severity]\nSECRET_ADDED = "error"\n', 2, "did you mean diff?"),
        ('[tool.confcontract.diff.severity]\nENV_ADDED_REQIRED = "off"\n', 2, "did you mean ENV_ADDED_REQUIRED?"),
        ('[tool.confcontract.diff.severity]\nENV_RENAMED = "bad"\n', 2, "line 2: a severity is one of"),
        ("[tool.confcontract.diff]\nseverity = 5\n", 2, "line 2: severity must be a table"),
        ("[tool.confcontract]\ndiff = 5\n", 2, "line 2: tool.confcontract.diff must be a table"),
        ("[tool.confcontract.diff\n", 2, "line 1"),
        ("[tool.other]\nx = 1\n", 1, "is not safe"),
    ],
)
def test_the_project_says_what_matters(contracts: Path, tmp_path: Path, table: str, code: int, words: str) -> None:
    (tmp_path / "pyproject.toml").write_text(table)
    done = diff(contracts, cwd=tmp_path)
    assert done.returncode == code, done.stdout + done.stderr
    assert words in said(done)


def test_a_renamed_variable_is_paired_as_the_project_says(contracts: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.confcontract.diff.renamed]\nSHOP_HOST = "STORE_HOST"\n')
    done = diff(contracts, "old.json", "elsewhere.json", cwd=tmp_path)
    assert "[ENV_RENAMED] is called STORE_HOST now" in done.stdout or "[PREFIX_CHANGED]" in done.stdout


@pytest.mark.parametrize("form", ["text", "json"])
def test_all_rules_are_listed(form: str) -> None:
    done = run("rules", "list", "--format", form)
    assert done.returncode == 0
    if form == "json":
        assert [each["id"] for each in json.loads(done.stdout)] == list(IDS)
    else:
        assert [line.split()[0] for line in done.stdout.splitlines()] == ["RULE", *IDS]


def test_a_rule_is_shown_and_a_slip_is_told() -> None:
    done = run("rules", "show", "env-renamed")
    assert done.returncode == 0
    assert "Set the new name before you upgrade" in said(done)
    assert json.loads(run("rules", "show", "ENV_RENAMED", "--format", "json").stdout)["forward"] == "error"
    slip = run("rules", "show", "ENV_RENAMD")
    assert slip.returncode == 64
    assert "did you mean ENV_RENAMED?" in slip.stderr


def test_approvals_that_can_not_be_written_are_said_so(contracts: Path) -> None:
    approve = ("--approve", "all", "--reason", "nobody runs it", "--expires", LATER)
    done = diff(contracts, *approve, cwd=Path("/proc"))  # where nobody can write
    assert done.returncode == 2
    assert "confcontract.approvals.toml can't be written: " in done.stdout
    assert done.stderr == ""
