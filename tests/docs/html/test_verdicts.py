"""The page's verdict is that of `confcontract validate`, or the page says openly that only boot can tell."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import pytest
from dotenv import dotenv_values
from pydantic import AliasPath, BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Role, Vault, declare
from confcontract.contract.artifact import Contract
from confcontract.contract.dotenvtext import quoted
from confcontract.verdict.resolve import resolve
from tests.docs.html.browser import baked
from tests.docs.html.classes import Everything
from tests.docs.html.deno import Deno
from tests.docs.html.table import JUDGED, UNSURE, WHOLE
from tests.docs.html.verdicts import Verdict, difference, of_command, of_page
from tests.fidelity.boot import baked as baked_or_refused
from tests.fidelity.spec import Built
from tests.fidelity.traps_names import NAMES
from tests.fidelity.traps_values import VALUES

Both = Callable[..., tuple[Verdict, Verdict]]


@pytest.fixture
def both(deno: Deno, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Both:
    """both(contract, text, strict=…, role=…) → the command's verdict and the page's, where no class finds a file."""
    monkeypatch.chdir(tmp_path)
    dumped: list[Contract] = []

    def judge(
        contract: Contract, text: str, *, strict: bool = False, role: str | None = None
    ) -> tuple[Verdict, Verdict]:
        if contract not in dumped:
            contract.dump("contract.json")
            dumped[:] = [contract]
        Path("case.env").write_text(text, encoding="utf-8", newline="")
        command = of_command(Path("contract.json"), Path("case.env"), capsys, strict=strict, role=role)
        return command, of_page(deno, contract, text, strict=strict, role=role)

    return judge


def _fits(text: str) -> bool:
    """Whether a file can hold it."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def test_traps_of_pydantic(both: Both) -> None:
    wrong, judged = [], 0
    for trap in (trap for trap in NAMES + VALUES if not trap.refused):
        with Built(trap.source) as settings:
            contract = baked_or_refused(settings).contract
        if contract is None:
            continue  # tests/fidelity says what bake refuses
        for attempt in trap.tries:
            if attempt.files or not all(_fits(text) and "=" not in name for name, text in attempt.environ.items()):
                continue
            command, shown = both(
                contract, "".join(f"'{key}'={quoted(text)}\n" for key, text in attempt.environ.items())
            )
            judged += shown.valid is not None
            if found := difference(command, shown):
                wrong.append(f"{trap.sentence}: {attempt.environ}: {found}")
    assert not wrong, "\n".join(wrong)
    assert judged > 150, "of about 480; most traps are about what the page leaves to boot"


def test_what_the_page_judges(everything: Contract, both: Both) -> None:
    wrong = []
    for text in JUDGED:
        command, shown = both(everything, text)
        if shown.valid is None:
            wrong.append(f"{text!r}: is left to boot: {set(shown.unsure)}")
        elif found := difference(command, shown):
            wrong.append(f"{text!r}: {found}")
    assert not wrong, "\n".join(wrong)


def test_what_the_page_leaves_to_boot(everything: Contract, both: Both) -> None:
    wrong = []
    for text in UNSURE:
        command, shown = both(everything, text)
        if not shown.unsure or (shown.valid is not None and command.valid):
            wrong.append(f"{text!r}: is judged: {shown}")
        elif found := difference(command, shown):
            wrong.append(f"{text!r}: {found}")
    assert not wrong, "\n".join(wrong)


def test_what_is_left_to_boot_is_said_of_the_variable(everything: Contract, deno: Deno) -> None:
    said = {
        "APP_TIMEOUT=PT30S": ("APP_TIMEOUT", "only boot reads this kind of value"),
        "APP_PORT=1_000": ("APP_PORT", "only boot reads a value like this"),
        "APP_PORT=1\napp_port=2": ("APP_PORT", "which of APP_PORT and app_port the application takes"),
        "APP_MAIL='{}'": ("APP_MAIL", "only boot reads this kind of value"),
        "APP_LABELS__X=1": ("APP_LABELS", "what APP_LABELS__X means as a part of it"),
        "APP_TOKEN_FILE=/x": ("APP_TOKEN", "the value is in a file, which only boot reads (APP_TOKEN_FILE)"),
        "APP_PORT=${X}": ("APP_PORT", "takes a value from the environment at boot (${…})"),
        "APP_TAGS='[\"vault:a/b#c\"]'": ("APP_TAGS", "whether boot reads the reference that seems to be in this value"),
    }
    for text, expected in said.items():
        lines = deno.verdict(everything, f"{WHOLE}{text}\n")["lines"]
        assert [(one["variable"], one["words"]) for one in lines if one["severity"] == "unsure"] == [expected], text


@pytest.mark.parametrize("wrong", ["APP_PORT=0", "APP_COLOR=green", "APP_RATIO=x", "APP_DEBUG=perhaps"])
def test_the_page_says_what_to_do_in_the_words_of_boot(wrong: str, everything: Contract, deno: Deno) -> None:
    name = wrong.partition("=")[0]
    text = f"{WHOLE}{wrong}\n"
    [line] = [one for one in deno.verdict(everything, text)["lines"] if one["variable"] == name]
    environ = {key: held for key, held in dotenv_values(stream=io.StringIO(text)).items() if held is not None}
    [problem] = [one for one in resolve(everything, environ=environ).problems if one.variable == name]
    assert line["hint"] == problem.hint


def test_an_alias_within_a_container_is_left_to_boot(both: Both, deno: Deno) -> None:
    class Held(BaseSettings):
        first: str = Field(default="a", validation_alias=AliasPath("NAMES", 0))
        plain: int = 1

    contract = baked(Held)
    for text in ("NAMES='[\"x\"]'\n", "NAMES=x\n", "NAMES=\n"):
        command, shown = both(contract, text)
        assert shown.valid is None
        assert not difference(command, shown)
    forbidden = "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(enable_decoding=False, "
    forbidden += "env_nested_delimiter='__')\n    port: str = Field('a', validation_alias=AliasPath('held', 'k'))\n"
    with Built(forbidden) as settings:
        odd = baked_or_refused(settings).contract
    assert odd is not None
    command, shown = both(odd, "HELD='{}'\n")  # no name of a variable, and an extra that is forbidden
    assert (command.valid, shown.valid) == (False, None)
    [line] = deno.verdict(contract, "NAMES='[\"x\"]'\n")["lines"]
    assert line["words"] == "what is in NAMES, of which it is a part"
    assert both(contract, "PLAIN=2\n")[1].valid is True


def test_the_program_itself_says_the_same(deno: Deno, everything: Contract, tmp_path: Path) -> None:
    """The other tests run the command's function; here is the command."""
    everything.dump(tmp_path / "contract.json")
    for text in (JUDGED[0], "APP_PORT=0\nAPP_MAIL__PORT=25\nAPP_PROT=1\n"):
        (tmp_path / "case.env").write_text(text)
        command = [sys.executable, "-m", "confcontract", "validate", "--no-environ", "--format", "json"]
        command += ["--contract", str(tmp_path / "contract.json"), "--env-file", str(tmp_path / "case.env")]
        ended = subprocess.run(command, capture_output=True, text=True)
        problems = json.loads(ended.stdout)["problems"]
        shown = of_page(deno, everything, text)
        assert (ended.returncode == 0) == shown.valid
        assert {one["variable"] for one in problems if one["severity"] == "error"} == shown.wrong


# -- roles and strictness --------------------------------------------------------------------------


def test_a_role_needs_less(both: Both) -> None:
    roles = {"web": Role(command=["web"], needs=["APP_NAME"]), "all": Role(command=["all"])}
    contract = baked(declare(Everything, name="example", version="1", roles=roles))
    for role in ("web", "all"):
        for text in (
            "",
            "APP_NAME=shop\n",
            "APP_KEY=0123456789\n",
            "APP_MAIL__PORT=25\nAPP_NAME=shop\n",
            "APP_NAME=shop\nAPP_MODE=vault:x\n",
        ):
            command, shown = both(contract, text, role=role)
            assert shown.valid is not None
            assert not difference(command, shown), (role, text)


class Signing(BaseSettings):
    key: SecretStr
    empty: Annotated[SecretStr, Vault("secret/x#empty")] = Field(default=...)


@pytest.mark.parametrize("text", ["KEY=k\nEMPTY=\n", "KEY=\nEMPTY=e\n", "KEY=k\nEMPTY=e\n", "KEY=k\n"])
def test_strictness_refuses_empty_secrets_as_the_command_does(text: str, both: Both) -> None:
    command, shown = both(baked(Signing), text, strict=True)
    assert shown.valid is not None
    assert not difference(command, shown)


@pytest.mark.parametrize("more", ["", "APP_PROT=1\n", "APP_DATABASE__POOOL=1\n", "OTHER=1\n", "APP_BANNER=old\n"])
def test_strictness_refuses_unknown_names_as_the_command_does(more: str, everything: Contract, both: Both) -> None:
    command, shown = both(everything, WHOLE + more, strict=True)
    assert shown.valid is not None
    assert not difference(command, shown)


class Login(BaseModel):
    user: str = "app"
    password: SecretStr = SecretStr("left in the code")


class Places(BaseSettings):
    """Secrets in the code: at the top, in a section that may not be there, in one that chooses."""

    model_config = SettingsConfigDict(env_nested_delimiter="__")

    top: SecretStr = SecretStr("left in the code")
    login: Login = Login()
    other: Login | None = None


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    "text", ["TOP=x\n", "", "TOP=x\nLOGIN__USER=u\n", "TOP=x\nLOGIN__PASSWORD=p\n", "TOP=x\nOTHER__USER=u\n"]
)
def test_a_secret_left_in_the_code_is_told_in_sections_too(strict: bool, text: str, both: Both) -> None:
    command, shown = both(baked(Places), text, strict=strict)
    assert shown.valid is not None
    assert not difference(command, shown)


@pytest.mark.parametrize(("strict", "severity"), [(False, "note"), (True, "unsure")])
def test_of_a_section_given_as_json_only_boot_knows_which_secret_is_left(
    strict: bool, severity: Literal["note", "unsure"], deno: Deno
) -> None:
    lines = deno.verdict(baked(Places), 'TOP=x\nLOGIN=\'{"user": "u"}\'\n', strict=strict)["lines"]
    [told] = [one for one in lines if one["variable"] == "LOGIN__PASSWORD"]
    assert told["severity"] == severity
    assert told["words"].startswith("only boot can tell whether")


# -- texts -----------------------------------------------------------------------------------------


def test_texts_at_the_edge_of_what_python_takes(everything: Contract, both: Both) -> None:
    """A byte order mark is white space in a browser only; Python reads no integer of 4,301 digits."""
    texts = ["\ufeff1", "1\ufeff", "\x1c1\x1f", "\u20281\u2029", "\u180e1", "\ufeff[1]", "[1]\ufeff", "[\u00a01]"]
    texts += ["9" * 5000, "-" + "9" * 4301, "0" * 5000, f"[{'9' * 4301}]", "[" * 300, "[" * 300 + "]" * 300]
    for name in ("PRICE", "NUMBERS", "PORT", "TAGS", "EXTRA", "RATIO", "DEBUG", "LEVEL", "LABELS", "NAME"):
        for text in texts:
            found = difference(*both(everything, f"{WHOLE}APP_{name}={quoted(text)}\n"))
            assert not found, f"{name}={text[:20]!r}: {found}"


def test_python_dotenv_reads_the_env_file_back(deno: Deno, everything: Contract) -> None:
    wanted = {
        "APP_GREETING": "a 'b' \"c\" \\ ${HOME} $X #d =e é\nnew line",
        "APP_NAME": " spaces ",
        "APP_TAGS": '["a", "b"]',
        "APP_TOKEN": "",
        "APP_PORT": "8\r9",
        "odd name": "x",
    }
    text = deno.written(wanted)
    assert dotenv_values(stream=io.StringIO(text)) == wanted
    assert dict(deno.verdict(everything, text)["values"]) == wanted


def test_a_name_without_prefix_that_is_nearly_a_settings_is_told_unless_that_one_is_set(deno: Deno) -> None:
    class Plain(BaseSettings):
        database_url: str = ""
        workers: int = 1

    contract = baked(Plain)
    told = deno.verdict(contract, "WORKRES=3\nDATABASE_URL=x\nDATABASE_UR=y\nHOSTNAME=z\n")["lines"]
    assert [(one["code"], one["variable"], one["hint"]) for one in told if one["severity"] == "warning"] == [
        ("name-unknown", "WORKRES", "did you mean WORKERS?")
    ]
