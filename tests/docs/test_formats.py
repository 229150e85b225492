"""Every variable in every format, the same bytes every time, and each format read back by those it is for."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from benchmarks import many
from confcontract.contract.artifact import Contract
from confcontract.contract.schemas import schema_text
from confcontract.docs import dotenv
from confcontract.docs.clean_text import clean, one_line
from tests.docs.making import FORMATS, made, page, sample, shop, variable, written
from tests.support.modules import module
from tests.support.pages import ROOT
from tests.support.published import published

PUBLISHED = json.loads(schema_text("docs-v1.schema.json"))
ENV_TEXTS = st.one_of(
    st.text(st.sampled_from("ab \\'\"$={}#`\n\r\t\v;:-0"), max_size=20),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
)
groff = pytest.mark.skipif(shutil.which("groff") is None, reason="groff (Debian: groff-base, man-db) is not installed")

ODD = [
    "pipe | `code` <b> & \\ \"quotes\" 'single' $HOME ${HOME} %s {x}",
    ".TH not a request\n'nor this\n\\fBbold\\fR \\n(.$",
    "# not a comment\nexport A=b",
    "עברית \u202eevil\u202c 👩‍👩‍👧 é e\u0301 漢字",
    "\x1b[31mred\x07\x00",
    "very long " + "word" * 500,
]


def odd_contract() -> Contract:
    variables = [
        variable(
            f"APP_{number}",
            description=text,
            default=text.replace("\0", ""),
            defaultText=text.replace("\0", ""),
            examples=[text],
            unit=text,
            constraints={"pattern": text, "enum": [text, "b"]},
            type={"text": f"text, matching {text}", "kind": "string"},
            deprecated={"message": text, "names": [f"APP_{number}"]},
        )
        for number, text in enumerate(ODD)
    ]
    odd_names = [variable(name) for name in ("app.dotted-name", "app name", "näme", "it's", "#x", "a|b`c", "export")]
    return made(
        *variables,
        *odd_names,
        description="\n\n".join(ODD),
        roles={"web": {"command": ["sh", "-c", ODD[0]], "needs": ["APP_0"], "description": ODD[1]}},
        checks=[{"name": ODD[0], "kind": "tcp", "target": "h:1", "timeout": 1, "interval": 1, "deadline": 1}],
    )


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    from confcontract.author.bake import bake

    source = many.source(2000).removeprefix("from __future__ import annotations\n")
    with module(source, tmp_path_factory.mktemp("large")) as made_module:
        return bake(made_module.Settings)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("contract", [shop(), sample(), odd_contract()], ids=["shop", "sample", "odd"])
def test_every_variable_is_in_every_format(contract: Contract, format: str) -> None:
    text = written(contract, format)
    entries = page(contract).entries
    assert sorted(entry.name for entry in entries) == sorted(entry["name"] for entry in contract.variables)
    for entry in entries:
        shown = {"json": json.dumps(entry.name, ensure_ascii=False), "markdown": f'<a id="{entry.anchor}"></a>'}
        name = shown.get(format, entry.name)
        if format == "man":
            name = name.replace("'", "\\(aq").replace("-", "\\-").replace("`", "\\(ga").replace("ä", "\\[u00E4]")
        assert name in text


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS)
def test_two_thousand_variables_are_in_every_format(large: Contract, format: str) -> None:
    text = written(large, format)
    names = {entry["name"] for entry in large.variables}
    assert len(names) == 2100
    assert names <= set(re.findall(r"SHOP_\w+", text))


@pytest.mark.parametrize(("seed", "language"), [("1", "C"), ("2", "C.UTF-8")])
def test_the_same_contract_gives_the_same_bytes_in_another_process(seed: str, language: str, tmp_path: Path) -> None:
    odd_contract().dump(tmp_path / "contract.json")
    program = (
        "import sys; from confcontract.contract.artifact import Contract; from tests.docs.making import written; import json;"
        "contract = Contract(json.loads(open(sys.argv[1]).read()));"
        "json.dump({format: written(contract, format) for format in sys.argv[2:]}, sys.stdout)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "contract.json"), *FORMATS],
        env={"PYTHONHASHSEED": seed, "LANG": language, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == {format: written(odd_contract(), format) for format in FORMATS}


# --- JSON


@pytest.mark.parametrize("contract", [shop(), sample(), odd_contract()], ids=["shop", "sample", "odd"])
def test_the_json_is_of_its_published_format(contract: Contract) -> None:
    published("docs-v1.schema.json").validate(json.loads(written(contract, "json")))


def test_the_json_says_the_same_as_the_contract_and_holds_nothing_that_can_not_be_seen() -> None:
    text = written(odd_contract(), "json")
    assert all(character.isprintable() for character in text.replace("\n", ""))
    entries = json.loads(text)["sections"][0]["entries"]
    assert [entry["description"] for entry in entries[: len(ODD)]] == ODD


def test_the_published_format_is_a_schema_and_names_every_member() -> None:
    Draft202012Validator.check_schema(PUBLISHED)
    document = json.loads(written(sample(), "json"))
    assert set(PUBLISHED["properties"]) == set(document)
    entry = document["sections"][0]["entries"][0]
    assert set(PUBLISHED["$defs"]["variable"]["properties"]) == set(entry)


# --- the env file


@given(ENV_TEXTS)
@settings(deadline=None)
def test_python_dotenv_reads_every_default_back(text: str) -> None:
    for line in (f"X={dotenv.quoted(text)}\n", f"X={dotenv.written(text)}\n"):
        assert line.count("\n") == 1
        assert dotenv_values(stream=io.StringIO(line, newline="")) == {"X": text}


def uncommented(template: str) -> dict[str, str | None]:
    text = re.sub(r"^#(?! |$)", "", template, flags=re.MULTILINE)
    return dict(dotenv_values(stream=io.StringIO(text, newline="")))


@pytest.mark.parametrize("contract", [shop(), sample(), odd_contract()], ids=["shop", "sample", "odd"])
def test_uncommented_the_template_gives_every_default_that_has_a_text(contract: Contract) -> None:
    found = uncommented(written(contract, "dotenv"))
    for entry in contract.variables:
        if entry["name"] not in ("it's", "export"):
            assert found[entry["name"]] == entry.get("defaultText", "")


@pytest.mark.parametrize("contract", [shop(), sample(), odd_contract()], ids=["shop", "sample", "odd"])
def test_as_it_is_the_template_only_asks_for_what_is_required(contract: Contract) -> None:
    found = dict(dotenv_values(stream=io.StringIO(written(contract, "dotenv"), newline="")))
    assert set(found.values()) <= {""}
    required = {entry["name"] for entry in contract.variables if entry["required"]}
    in_vault = {entry["name"] for entry in contract.variables if "vault" in entry}
    assert set(found) <= required
    assert required - in_vault - {"SHOP_DATABASE"} == set(found)


def test_what_is_required_comes_first_and_a_word_is_never_cut() -> None:
    text = written(made(variable("APP_A"), variable("APP_B", required=True, description="w" * 300)), "dotenv")
    assert text.index("APP_B=") < text.index("APP_A=")
    assert "w" * 300 in text


def test_a_name_that_no_env_file_can_hold_is_said_to_be_one() -> None:
    assert "# it's can't be written in an env file" in written(made(variable("it's")), "dotenv")


# --- the manual page


def manual(source: str) -> tuple[str, str]:
    done = subprocess.run(
        ["groff", "-man", "-Tutf8", "-ww", "-P-c", "-P-b", "-P-u", "-rLL=100n", "-k"],
        input=source.encode(),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode(), done.stderr.decode()


@groff
@pytest.mark.parametrize("contract", [shop(), sample(), odd_contract()], ids=["shop", "sample", "odd"])
def test_groff_has_no_warning_for_the_manual_page(contract: Contract) -> None:
    _, warnings = manual(written(contract, "man"))
    assert warnings == ""


@groff
def test_the_manual_page_shows_what_was_written() -> None:
    shown, _ = manual(written(odd_contract(), "man"))
    joined = "".join(shown.split())
    for text in ODD:
        assert "".join(one_line(text).split()) in joined


@groff
@pytest.mark.skipif(shutil.which("man") is None, reason="man (Debian: man-db) is not installed")
def test_man_shows_the_page_of_two_thousand_variables_without_a_warning(large: Contract, tmp_path: Path) -> None:
    path = tmp_path / "big.7"
    path.write_text(written(large, "man"), encoding="utf-8")
    done = subprocess.run(
        ["man", "--warnings", "-l", "-Tutf8", str(path)],
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "MANPAGER": "cat"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "SHOP_SECTION_199__CODE_1999" in re.sub(".\b", "", done.stdout)


# --- text


@given(st.text())
def test_clean_text_steers_no_terminal_and_is_clean_already_the_second_time(text: str) -> None:
    found = clean(text)
    assert not any(ord(character) < 32 and character != "\n" for character in found)
    assert "\u202e" not in found
    assert clean(found) == found


@pytest.mark.parametrize("format", [*FORMATS, "toml", "yaml"])
def test_a_source_that_boot_does_not_read_is_told_in_every_format(format: str) -> None:
    data = shop().data
    source = {"kind": "source", "name": "Remote of Settings", "path": [], "variables": []}
    told = written(Contract({**data, "deferred": [*data["deferred"], source]}), format)
    text = " ".join(re.sub(r"\n#? ?|\\", " ", told).split())
    assert "Remote of Settings" in text
    assert "not checked" in text
