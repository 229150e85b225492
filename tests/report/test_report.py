"""Problems as text, as JSON and as GitHub annotations."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from confcontract.report.codes import CODES
from confcontract.report.excerpt import Excerpt
from confcontract.report.formats import FORMATS, print_problems, render
from confcontract.report.problem import INFO, WARNING, Problem
from confcontract.report.terminal import columns

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = "should be a valid URL with one of the schemes postgresql, postgres or cockroachdb, and it is none of them"


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def problems(problem: Callable[..., Problem]) -> list[Problem]:
    return [
        problem("name-unknown", "is not a setting of this application", variable="SHOP_PROT", severity=WARNING,
                source="environment", hint="did you mean SHOP_PORT?"),
        problem(variable="SHOP_PORT", message="should be less than or equal to 65535; got '70000'",
                source="env file prod.env, line 3", hint="set an integer from 1 to 65535", rule="less_than_equal",
                excerpt=Excerpt("prod.env", 3, "SHOP_PORT=70000", 10, 5)),
        problem("check-deferred", "the application checks further", variable=None, severity=INFO),
        problem("value-missing", LONG, variable="SHOP_DATABASE__URL", hint="set SHOP_DATABASE__URL: " + LONG),
    ]  # fmt: skip


def test_errors_come_first_then_warnings_then_notes(problems: list[Problem]) -> None:
    text = render(problems, "text")
    places = [
        text.index(word) for word in ("ERROR  SHOP_PORT", "ERROR  SHOP_DATABASE__URL", "WARNING  SHOP_PROT", "NOTE  ")
    ]
    assert places == sorted(places)
    assert text.endswith("\n\n2 errors, 1 warning, 1 note\nHelp: confcontract problem value-invalid\n")


def test_the_whole_report_reads_like_this(problems: list[Problem]) -> None:
    assert render(problems[:2], "text", title="shop 1.4.0: the configuration is invalid") == (
        "shop 1.4.0: the configuration is invalid\n"
        "ERROR  SHOP_PORT  [value-invalid]\n"
        "  should be less than or equal to 65535; got '70000'\n"
        "  do:   set an integer from 1 to 65535\n"
        "  from: prod.env:3 | SHOP_PORT=70000\n"
        "                               ^^^^^\n"
        "\n"
        "WARNING  SHOP_PROT  [name-unknown]\n"
        "  is not a setting of this application\n"
        "  do:   did you mean SHOP_PORT?\n"
        "  from: environment\n"
        "\n"
        "1 error, 1 warning\n"
        "Help: confcontract problem value-invalid\n"
    )


@pytest.mark.parametrize("width", [40, 80, 200])
def test_text_fits_the_width_and_loses_nothing(problems: list[Problem], width: int) -> None:
    text = render(problems, "text", width=width)
    assert all(columns(line) <= width for line in text.splitlines())
    assert LONG in " ".join(text.split())


def test_a_word_longer_than_the_line_stays_whole_so_that_it_can_be_copied(problem: Callable[..., Problem]) -> None:
    name = "SHOP_" + "X" * 80
    path = "/srv/" + "x" * 80
    assert {name, path} <= set(render([problem(variable=name, source=path)], "text", width=40).split())


def test_an_error_without_hint_says_what_its_code_asks_for(problem: Callable[..., Problem]) -> None:
    assert CODES["value-invalid"][1] in render([problem()], "text")
    assert "do:" not in render([problem(severity=INFO)], "text")


@pytest.mark.parametrize("form", ["text", "github"])
def test_a_source_that_the_message_names_is_not_repeated(problem: Callable[..., Problem], form: str) -> None:
    given = problem("contract-unreadable", "/c.json: is empty", variable=None, source="/c.json", source_said=True)
    assert "from:" not in render([given], form)
    assert "from: /c.json" in render([given.but(source_said=False)], form)


def test_no_problems_is_said_too() -> None:
    assert render([], "text", title="shop 1.4.0: the configuration is valid") == (
        "shop 1.4.0: the configuration is valid\n\nno problems\n"
    )
    assert json.loads(render([], "json"))["problems"] == []
    assert render([], "github") == ""


@pytest.mark.parametrize(
    "environ,painted",
    [
        ({}, True),
        ({"NO_COLOR": ""}, True),
        ({"NO_COLOR": "1"}, False),
        ({"CI": "true"}, False),
        ({"TERM": "dumb"}, False),
        (None, False),
    ],
)
def test_colour_on_a_terminal_unless_something_speaks_against_it(
    problems: list[Problem], environ: dict[str, str] | None, painted: bool
) -> None:
    screen = Screen()
    print_problems(problems, screen, environ=environ)
    assert ("\x1b[" in screen.getvalue()) is painted


def test_no_colour_where_there_is_no_terminal(problems: list[Problem]) -> None:
    stream = io.StringIO()
    print_problems(problems, stream, environ={})
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("form", ["json", "github"])
def test_no_colour_in_what_programs_read(problems: list[Problem], form: str) -> None:
    screen = Screen()
    print_problems(problems, screen, form, color=True)
    assert "\x1b" not in screen.getvalue()


HOSTILE = "x\n::error title=a::b\r\x1b[2J\x1b]0;t\x07\u202e%0A##[add-mask]z\t\udc80"


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("part", ["variable", "message", "source", "hint"])
def test_nothing_in_a_problem_can_forge_a_line(form: str, part: str) -> None:
    parts: dict[str, Any] = {"variable": "SHOP_X", "message": "m", "source": "s", "hint": "h"} | {part: HOSTILE}
    message = parts.pop("message")
    lines = render([Problem("value-invalid", message, **parts)], form, title="t").splitlines()
    calm = render([Problem("value-invalid", "m", variable="S", source="s", hint="h")], form, title="t").splitlines()
    assert len(lines) == len(calm) or form == "text"
    assert all(line.isprintable() for line in lines)
    assert not any(line.lstrip().startswith("::") for line in lines if not line.startswith("::error title="))
    "\n".join(lines).encode("utf-8")


def test_text_is_never_taken_for_a_command_by_a_runner(problem: Callable[..., Problem]) -> None:
    text = render([problem(variable=None, message="::set-env name=PATH::/tmp and ##[set-env name=PATH]/tmp")], "text")
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    assert "##[" not in text


def test_github_gets_one_annotation_per_problem_escaped_as_it_demands(problem: Callable[..., Problem]) -> None:
    text = render(
        [problem(variable="SHOP_A:B,C", message="100% wrong: a, b", source="environment", hint="mend it")], "github"
    )
    assert text == (
        "::error title=SHOP_A%3AB%2CC (value-invalid)::100%25 wrong: a, b%0Afrom: environment%0Ado: mend it\n"
    )


def test_github_knows_three_severities(problems: list[Problem]) -> None:
    commands = [line.split()[0] for line in render(problems, "github").splitlines()]
    assert commands == ["::error", "::error", "::warning", "::notice"]


def test_json_carries_every_member_the_counts_and_the_exit_code(problems: list[Problem]) -> None:
    report = json.loads(render(problems, "json"))
    assert report["exitCode"] == 78
    assert report["counts"] == {"errors": 2, "warnings": 1, "notes": 1}
    assert report["problems"][1] == {
        "code": "value-invalid",
        "severity": "error",
        "variable": "SHOP_PORT",
        "message": "should be less than or equal to 65535; got '70000'",
        "source": "env file prod.env, line 3",
        "hint": "set an integer from 1 to 65535",
        "rule": "less_than_equal",
    }


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="yaml"):
        render([], "yaml")


def test_a_stream_that_lacks_a_character_gets_it_escaped(problem: Callable[..., Problem]) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    print_problems([problem(message="is not a café")], stream)
    stream.flush()
    assert rb"is not a caf\xe9" in raw.getvalue()


def _sealed(variable: str, key: str) -> Problem:
    message, hint = "Vault at https://vault:8200 is sealed", "Unseal it: bao operator unseal."
    return Problem("vault-unavailable", message, variable=variable, source=f"Vault secret/shop#{key}", hint=hint)


def test_one_cause_in_vault_is_told_once_and_names_all_variables() -> None:
    problems = [
        _sealed("SHOP_A", "a"),
        Problem("value-missing", "is missing", variable="SHOP_X"),
        _sealed("SHOP_B", "b"),
    ]
    text = render(problems)
    assert text.splitlines()[:4] == [
        "ERROR  SHOP_A, SHOP_B  [vault-unavailable]",
        "  Vault at https://vault:8200 is sealed",
        "  do:   Unseal it: bao operator unseal.",
        "  from: Vault secret/shop#a, Vault secret/shop#b",
    ]
    assert "\n3 errors\n" in text
    assert len(json.loads(render(problems, "json"))["problems"]) == 3
    assert render(problems, "github").count("is sealed") == 2


def test_where_the_remedies_differ_the_common_one_is_told() -> None:
    problems = [
        Problem("vault-not-configured", "no Vault server is configured", variable=name, hint=f"or set {name} itself")
        for name in ("SHOP_A", "SHOP_B")
    ]
    assert render(problems, width=100).splitlines()[:3] == [
        "ERROR  SHOP_A, SHOP_B  [vault-not-configured]",
        "  no Vault server is configured",
        "  do:   Set VAULT_ADDR (or BAO_ADDR) and credentials, or set the variable itself.",
    ]


def test_other_problems_of_one_kind_stay_apart() -> None:
    problems = [Problem("value-missing", "is missing", variable=name) for name in ("SHOP_A", "SHOP_B")]
    assert render(problems).count("is missing") == 2


def test_many_names_are_wrapped_and_none_is_cut() -> None:
    names = [f"SHOP_VARIABLE_{number}" for number in range(30)]
    text = render([_sealed(name, "a") for name in names], width=60)
    assert all(name in text for name in names)
    assert max(map(len, text.splitlines())) <= 60
    first = text.splitlines()
    assert (first[0], first[2]) == (
        "ERROR  SHOP_VARIABLE_0 and 29 more  [vault-unavailable]",
        "  do:   Unseal it: bao operator unseal.",
    )


@pytest.mark.parametrize(
    ("excerpt", "width", "lines"),
    [
        (Excerpt("a.env", 7, "X=ab", 2, 2), 80, ["  from: a.env:7 | X=ab", "                    ^^"]),
        (Excerpt("a.env", 7, "X='ab'", 3, 2), 80, ["  from: a.env:7 | X='ab'", "                     ^^"]),
        (Excerpt("a.env", 7, "X=", 2, 0), 80, ["  from: a.env:7 | X=", "                    ^"]),
        (Excerpt("a.env", 7, "X=a\tb", 2, 3), 80, ["  from: a.env:7 | X=a\\tb", "                    ^^^^"]),
        (Excerpt("a.env", 7, "X=日本", 2, 2), 80, ["  from: a.env:7 | X=日本", "                    ^^^^"]),
        (Excerpt("a.env", 7, "X=" + "a" * 30, 2, 30), 30,
         ["  from: a.env:7", "        | X=" + "a" * 17 + "…", "            " + "^" * 18]),
        (Excerpt("a.env", 7, "X" * 30 + "=a", 31, 1), 30, ["  from: a.env:7", "        | " + "X" * 19 + "…"]),
    ],
)  # fmt: skip
def test_the_line_of_a_file_is_shown_with_a_mark_below_what_is_wrong(
    problem: Callable[..., Problem], excerpt: Excerpt, width: int, lines: list[str]
) -> None:
    text = render([problem(variable="X", message="m", source="s", hint="h", excerpt=excerpt)], width=width)
    assert text.splitlines()[3 : text.splitlines().index("")] == lines


@pytest.mark.parametrize(("code", "severity"), [("usage", "error"), ("check-deferred", INFO)])
def test_what_explains_itself_names_no_further_command(code: str, severity: str) -> None:
    assert render([Problem(code, "m", severity=severity)]).splitlines()[-1].startswith("1 ")
