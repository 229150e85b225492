"""The comment, as GitHub's API sees it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from github_action.comment import MOST_CHARACTERS, marker, put_comment
from github_action.job import Job
from tests.integrations.github_api import TOKEN, GitHub, serving
from tests.integrations.workflows import event
from tests.support.ports import refusing_port

REPORT = "### ✅ shop: the upgrade is safe\n\nNo differences matter.\n"


@pytest.fixture
def github() -> Iterator[GitHub]:
    with serving() as made:
        yield made


def job(url: str, *, contract: str = "contract.json", fork: bool = False) -> Job:
    environ = {
        "GITHUB_API_URL": url,
        "GITHUB_REPOSITORY": "shop/shop",
        "CONFCONTRACT_ACTION_CONTRACT": contract,
        "CONFCONTRACT_ACTION_TOKEN": TOKEN,
    }
    return Job(environ, event("0" * 40, fork=fork))


def test_the_first_comment_is_written_only_where_it_is_worth_one(github: GitHub) -> None:
    put_comment(job(github.url), REPORT, worth_one=False)
    assert github.requests == ["GET"]
    put_comment(job(github.url), REPORT, worth_one=True)
    assert [each["body"] for each in github.comments] == [f"{marker(job(''))}\n{REPORT}"]


def test_a_comment_is_updated_where_there_is_nothing_to_find_any_more_and_left_where_it_is_the_same(
    github: GitHub,
) -> None:
    put_comment(job(github.url), "### ❌ shop\n", worth_one=True)
    put_comment(job(github.url), REPORT, worth_one=False)
    put_comment(job(github.url), REPORT, worth_one=False)
    assert github.requests == ["GET", "POST", "GET", "PATCH", "GET"]
    assert [each["body"] for each in github.comments] == [f"{marker(job(''))}\n{REPORT}"]


def test_the_comment_is_found_behind_hundreds_of_others_and_those_of_people_are_left_alone(github: GitHub) -> None:
    quoted = github.add(f"{marker(job(''))}\nThis is how it began.")
    within = github.add(f"> {marker(job(''))}", "Bot")
    for number in range(250):
        github.add(f"remark {number}")
    ours = github.add(f"{marker(job(''))}\nold", "Bot")
    put_comment(job(github.url), REPORT, worth_one=True)
    assert github.requests == ["GET", "GET", "GET", "PATCH"]
    assert ours["body"] == f"{marker(job(''))}\n{REPORT}"
    assert (quoted["body"], within["body"]) == (f"{marker(job(''))}\nThis is how it began.", f"> {marker(job(''))}")


def test_each_contract_has_a_comment_of_its_own(github: GitHub) -> None:
    for contract in ("shop/contract.json", "store/contract.json", "shop/contract.json"):
        put_comment(job(github.url, contract=contract), REPORT, worth_one=True)
    assert len(github.comments) == 2


@pytest.mark.parametrize("fork,words", [(True, "from a fork may only read"), (False, "pull-requests: write")])
def test_a_token_that_may_not_write_is_told(
    github: GitHub, fork: bool, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    github.refuses = 403
    put_comment(job(github.url, fork=fork), REPORT, worth_one=True)
    said = capsys.readouterr().out
    assert said.startswith("::notice title=confcontract::no comment is written: ")
    assert words in said
    assert "summary of the job" in said


def test_a_server_that_fails_or_is_not_there_is_told_without_the_token(
    github: GitHub, capsys: pytest.CaptureFixture[str]
) -> None:
    github.refuses = 502
    put_comment(job(github.url), REPORT, worth_one=True)
    put_comment(job(f"http://127.0.0.1:{refusing_port()}"), REPORT, worth_one=True)
    first, second = capsys.readouterr().out.splitlines()
    assert first == "::warning title=confcontract::the comment could not be written: GitHub answered 502"
    assert second.startswith("::warning title=confcontract::the comment could not be written: URLError")
    assert TOKEN not in first + second


def test_a_report_that_is_too_long_for_a_comment_is_its_verdict(github: GitHub) -> None:
    put_comment(job(github.url), REPORT + "| x |\n" * MOST_CHARACTERS, worth_one=True)
    (comment,) = github.comments
    assert comment["body"].splitlines()[1:] == [
        "### ✅ shop: the upgrade is safe", "", "The report is too long for a comment: see the summary of the job.",
    ]  # fmt: skip


def test_a_summary_that_is_too_long_is_its_verdict(tmp_path: Path) -> None:
    place = tmp_path / "summary"
    Job({"GITHUB_STEP_SUMMARY": str(place)}, {}).summarize(REPORT + "é" * 600_000)
    assert place.read_text(encoding="utf-8").splitlines()[0] == "### ✅ shop: the upgrade is safe"
    assert place.stat().st_size < 1000


def test_where_there_is_no_pull_request_there_is_no_comment(github: GitHub) -> None:
    put_comment(Job(job(github.url).environ, {"before": "0" * 40}), REPORT, worth_one=True)
    assert github.requests == []
