"""Nothing decides by words: every one that people see is reworded, and the verdict stays what it was.

A mark is put into all words at places that depend on the text alone, so that no phrase is left whole and no text begins
with another any more. Without the marks, what is said must be the same to the letter: a decision by a phrase would take
another way, and say something else.
"""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Annotated, Any, Literal

import pytest
from pydantic import AliasPath, BaseModel, Field, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from confcontract import Problem, bake, resolve
from confcontract.boot.checks import attempt, run, services
from confcontract.compare.diff import diff
from confcontract.compare.drift.running_process import process_drift
from confcontract.compare.finding import ContractChange
from confcontract.contract.artifact import Contract
from confcontract.contract.reference import ReferenceInvalid, parse_references
from confcontract.host.sourcefile import Unreadable
from confcontract.report import codes, exit_codes, github, text
from confcontract.secrets.aws import aws_words, causes
from confcontract.secrets.known_stores import store_for
from confcontract.secrets.preflight.needed import needed
from confcontract.secrets.preflight.readable import check
from confcontract.secrets.store import Fetched
from confcontract.secrets.vault import failure, wording
from confcontract.secrets.vault.server import NotConfigured
from confcontract.secrets.vault.token import _told_apart
from confcontract.verdict.explain import render_json, rows
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


@pytest.fixture
def reword(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
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


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"]
    barks: bool = True


class Cache(BaseModel):
    url: PostgresDsn | None = None
    password: SecretStr | None = None


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="S_", env_nested_delimiter="__", env_file="own.env", secrets_dir="secrets", extra="forbid"
    )

    port: int = 80
    host: str = Field(alias="S_HOST")
    token: SecretStr
    key: SecretStr | None = None
    dsn: PostgresDsn | None = None
    tags: list[int] = []
    limits: dict[str, int] = {}
    cache: Cache = Cache()
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] = Cat(kind="cat")
    deep: int = Field(1, validation_alias=AliasPath("S_DOC", "a", 1))
    old: str = Field("", deprecated="use S_HOST")


GOOD = {"S_HOST": "h", "S_TOKEN": CANARY}
ENVIRONMENTS: dict[str, dict[str, str]] = {
    "all is well": GOOD,
    "nothing is set": {},
    "wrong values": {**GOOD, "S_PORT": "x", "S_TAGS": "1,2", "S_LIMITS": "[", "S_DOC": '{"a": [1, "x"]}'},
    "wrong secrets": {"S_HOST": "h", "S_TOKEN": "", "S_CACHE__URL": f"postgres://u:{CANARY}@", "S_KEY": CANARY},
    "wrong parts": {**GOOD, "S_LIMITS__A": "x", "S_CACHE__PASSWORD__X": "1", "S_PET__LIVES": "3"},
    "another union": {**GOOD, "S_PET__KIND": "dog", "S_PET__BARKS": "no idea"},
    "other names": {**GOOD, "S_PROT": "1", "S_OLD": "x", "CONFCONTRACT_STRICKT": "1", "s_port": "1"},
    "pointers": {"S_HOST": "h", "S_TOKEN_FILE": "{files}/token", "S_KEY_FILE": "{files}/absent", "S_PORT_FILE": "/"},
    "an empty pointer": {**GOOD, "S_KEY_FILE": "{files}/nul", "S_DSN_FILE": "{files}/bytes"},
    "two pointers": {"S_HOST": "h", "S_TOKEN": "a", "S_TOKEN_FILE": "{files}/token"},
    "links of Kubernetes": {
        **GOOD,
        "S_PORT": "tcp://10.0.0.1:80",
        "S_SERVICE_HOST": "10.0.0.1",
        "S_SERVICE_PORT": "80",
    },
    "references": {
        **GOOD,
        "S_TOKEN": "vault:secret/s#token",
        "S_KEY": "vault:secret",
        "S_TAGS": '["vault:secret/s#k"]',
    },
    "other tools": {**GOOD, "S_DSN": ">>vault:secret/data/s#dsn", "S_KEY": " Vault:secret/s#key", "X_FROM_PATH": "a/b"},
}
IN_VAULT = {"host": "h", "token": CANARY, "port": f"x{CANARY}", "dsn": f"postgres://u:{CANARY}@h/d", "tags": "[1]"}
REFERRING: dict[str, dict[str, str]] = {
    "all of it is there": {"S_HOST": "vault:secret/s#host", "S_TOKEN": "vault:secret/s#token"},
    "a value is wrong": {"S_HOST": "h", "S_TOKEN": "vault:secret/s#token", "S_PORT": "vault:secret/s#port"},
    "some is not there": {"S_HOST": "vault:secret/s#absent", "S_TOKEN": "vault:secret/s#x|", "S_KEY": "vault:secret"},
    "plain values": {**GOOD, "S_DSN": "vault:secret/s#dsn", "S_TAGS": "vault:secret/s#tags", "S_PROT": "1"},
}
OWN_FILES: dict[str, dict[str, str]] = {
    "none": {},
    "good": {"own.env": "S_PORT=81\n", "secrets/S_TOKEN": CANARY, "secrets/s_key": CANARY},
    "wrong": {"own.env": "S_PORT=eighty\nS_PROT=1\n", "secrets/s_port": CANARY, "secrets/s_cache": "{"},
    "a secret in the wrong place": {"secrets/s_port": CANARY, "secrets/s_old": "vault:"},
    "references": {
        "own.env": "S_TAGS=[1]\nS_KEY=vault:secret/s#key\nS_DSN=ref+vault://s\n",
        "secrets/s_key": "vault:a/b#c",
    },
}


@pytest.fixture(scope="module")
def contract() -> Contract:
    return bake(Settings, name="s", version="1")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "token").write_text(CANARY)
    (tmp_path / "nul").write_bytes(b"a\0b")
    (tmp_path / "bytes").write_bytes(b"\xff")
    (tmp_path / "bad.env").write_text("S_PORT\nS_TAGS=[1,\nS_LIMITS__A=1\n")
    return tmp_path


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


@pytest.mark.parametrize("own", OWN_FILES)
@pytest.mark.parametrize("given", ENVIRONMENTS)
def test_no_verdict_depends_on_the_words_of_anything(
    contract: Contract, files: Path, reword: Callable[[], None], given: str, own: str
) -> None:
    for name, content in OWN_FILES[own].items():
        (files / name).parent.mkdir(exist_ok=True)
        (files / name).write_text(content)
    environ = {name: value.replace("{files}", str(files)) for name, value in ENVIRONMENTS[given].items()}

    def verdicts() -> Iterator[dict[str, Any]]:
        for strict in (False, True):
            for env_files in ([], [files / "bad.env"], [files / "absent.env"]):
                result = resolve(contract, environ=environ, env_files=env_files, strict=strict)
                explained = render_json(rows(result))
                assert CANARY not in (said := json.dumps(told(result.problems)) + explained).replace(MARK, ""), said
                yield {**told(result.problems), "environ": result.environ, "explained": json.loads(explained)}

    before = plain(list(verdicts()))
    reword()
    assert plain(list(verdicts())) == before


class Store:
    """A store of secrets that lie there."""

    configured = True

    def read(self, references: Mapping[str, str]) -> Fetched:
        fetched = Fetched()
        for variable, referring in references.items():
            try:
                asked = parse_references(referring)
            except ReferenceInvalid as wrong:
                fetched.problems.append(wording.invalid(variable, str(wrong)))
                continue
            reference = asked.alternatives[0]
            if reference.key in IN_VAULT:
                fetched.values[variable] = IN_VAULT[reference.key]
                fetched.references[variable] = reference.text
            elif asked.optional:
                fetched.absent.append(variable)
            else:
                message = "There is nothing."
                fetched.problems.append(wording.problem("vault-path-missing", variable, reference, message))
        return fetched

    def create(self, references: Mapping[str, str]) -> Fetched:
        return Fetched()

    def close(self) -> None:
        return


@pytest.mark.parametrize("store", [None, Store()], ids=["nobody is asked", "a store"])
@pytest.mark.parametrize("given", REFERRING)
def test_no_verdict_on_what_lives_in_vault_depends_on_words(
    contract: Contract, files: Path, reword: Callable[[], None], given: str, store: Store | None
) -> None:
    def verdict() -> Any:
        result = resolve(contract, environ=REFERRING[given], vault=store)
        explained = render_json(rows(result))
        assert CANARY not in (json.dumps(told(result.problems)) + explained).replace(MARK, "")
        return plain({**told(result.problems), "environ": result.environ, "explained": json.loads(explained)})

    before = verdict()
    assert store is None or CANARY in json.dumps(before["environ"]) or given == "some is not there"
    reword()
    assert verdict() == before


def test_the_words_are_others(contract: Contract, reword: Callable[[], None]) -> None:
    """Else the test above would hold nothing."""
    reword()
    result = resolve(contract, environ={"S_PORT": "x"})
    assert result.problems
    for each in result.problems:
        assert MARK in each.message
        assert each.source is None or MARK in each.source
        assert not any(word in each.message for word in ("is", "required", "valid"))


FAILED: dict[str, Callable[[], failure.RequestFailed]] = {
    **{
        f"{status} {said}": lambda status=status, said=said: failure.from_status(
            status, {"errors": [said]}, "", None, ()
        )  # type: ignore[misc]
        for status, said in (
            (400, "lease not found"),
            (400, "lease is not renewable"),
            (400, "Upgrading. The backend will be unavailable for a brief period"),
            (400, "wrong"),
            (403, "permission denied"),
            (403, "1 error occurred: * permission denied"),
            (403, "no"),
            (404, 'no handler for route "x"'),
            (404, "namespace not found"),
            (405, "unsupported operation"),
            (429, 'request path "x": rate limit quota exceeded'),
            (500, "wrong"),
            (501, ""),
            (503, "Vault is sealed"),
        )
    },
    "absent": lambda: failure.from_status(404, {"errors": []}, "", None, ()),
    "a page": lambda: failure.from_status(404, None, "<html>", None, ()),
    "HTTP for HTTPS": lambda: failure.from_status(
        400, None, "Client sent an HTTP request to an HTTPS server.", None, ()
    ),
    "silence": lambda: failure.explain(TimeoutError()),
    "no host": lambda: failure.explain(socket.gaierror(socket.EAI_NONAME, "x")),
    "refused": lambda: failure.explain(ConnectionRefusedError(111, "x")),
    "no HTTPS": lambda: failure.explain(_tls_error("WRONG_VERSION_NUMBER")),
    "a client's certificate": lambda: failure.explain(_tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED")),
    "only a mount": lambda: failure.RequestFailed(failure.MISSING, "it is a mount", cause=failure.ONLY_A_MOUNT),
    "defect": lambda: failure.explain(KeyError("x")),
}


def _tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "x")
    error.reason = reason
    return error


@pytest.mark.parametrize("failed", FAILED)
@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize("valid", [None, False, True])
def test_no_failure_of_vault_is_taken_for_another_by_its_words(
    reword: Callable[[], None], failed: str, answered: bool, valid: bool | None
) -> None:
    def said() -> Iterator[Any]:
        for reference in parse_references("secret/s#k|pki/issue/x?a=b#k").alternatives:
            place = wording.Whereabouts(address="A", namespace="", identity="I", path=reference.mount_path, seconds=2)
            place.answered, place.token_is_valid = answered, valid
            wrong = FAILED[failed]()
            yield wrong.kind, wrong.cause, wrong.retry, wrong.everywhere, wrong.absent, _told_apart(wrong).kind
            ways = (wording.read_failed, wording.look_up_failed, wording.login_failed, wording.permissions_denied)
            yield [told([way("A", reference, wrong, place)]) for way in ways]

    before = plain(list(said()))
    reword()
    assert plain(list(said())) == before


AWS_CODES = ["AccessDenied", "KMSAccessDeniedException", "ResourceNotFoundException", "InvalidRequestException"]
AWS_CODES += ["ExpiredToken", "Throttling", "ValidationException", "not a code"]


@pytest.mark.parametrize("code", AWS_CODES)
@pytest.mark.parametrize("referring", ["aws-sm:shop/password", "aws-ssm:/shop/password"])
def test_no_failure_of_aws_is_taken_for_another_by_its_words(
    reword: Callable[[], None], code: str, referring: str
) -> None:
    (reference,) = parse_references(referring).alternatives

    def said() -> Any:
        wrong = causes.from_code(code, "no identity-based policy allows it", 400, ())
        kind = [wrong.kind, wrong.cause, wrong.retry, wrong.everywhere, wrong.absent]
        return plain([kind, told([aws_words.failed("A", reference, wrong, "x", 2)])])

    before = said()
    reword()
    assert said() == before


class Older(BaseSettings):
    port: int = 80
    host: str = "h"
    mode: Literal["a", "b"] = "a"
    gone: str = "x"
    key: SecretStr | None = None


class Newer(BaseSettings):
    port: int = Field(90, ge=1)
    host: str
    mode: Literal["a", "c"] = "a"
    key: str | None = None


@pytest.mark.parametrize("environ", [None, {"MODE": "b", "PORT": "0"}, {"HOST": "x", "PORT": "x"}])
def test_no_finding_of_a_comparison_depends_on_words(
    reword: Callable[[], None], environ: dict[str, str] | None
) -> None:
    old, new = (bake(each, name="s", version="1") for each in (Older, Newer))

    def said() -> Any:
        found = [[each.rule, each.severity, each.path, each.fingerprint] for each in diff(old, new).findings]
        if environ is None:
            return found
        return [found, *(plain(told(resolve(each, environ=environ).problems)) for each in (old, new))]

    before = said()
    assert before
    reword()
    assert said() == before


def test_no_drift_of_a_process_depends_on_words(contract: Contract, tmp_path: Path, reword: Callable[[], None]) -> None:
    (tmp_path / "7").mkdir()
    given = {"S_PORT": "x", "S_TOKEN": CANARY, "S_PROT": "1", "S_KEY_FILE": "/absent", "S_LIMITS": "["}
    (tmp_path / "7/environ").write_text("".join(f"{name}={value}\0" for name, value in given.items()))

    def said() -> Any:
        return plain(told(process_drift(contract, 7, None, proc=str(tmp_path))))

    before = said()
    assert "environment of process 7, as S_PORT" in before["text"]
    reword()
    assert said() == before


@pytest.mark.parametrize("environ", [{}, {"VAULT_ADDR": "x"}])
def test_no_answer_of_a_preflight_depends_on_words(reword: Callable[[], None], environ: dict[str, str]) -> None:
    class Stored(BaseSettings):
        one: str = ""
        two: str = ""
        three: str = ""

    contract = bake(Stored, name="s", version="1")
    given = {"ONE": "vault:secret/a#k|secret/b#k|", "TWO": "vault:secret/a#x", "THREE": "vault:secret"}

    def said() -> Any:
        found, _ = needed(contract, environ=given)
        asked, problems = check(found, store_for(environ))
        return plain([[row.as_dict() for row in asked], told(problems)])

    before = said()
    assert [row["variable"] for row in before[0]] == ["ONE", "ONE", "TWO", "THREE"]
    reword()
    assert said() == before


ENDED: dict[str, Callable[[], attempt.NotYet]] = {
    "no host": lambda: attempt.not_yet(socket.gaierror(socket.EAI_NONAME, "x")),
    "no name server": lambda: attempt.not_yet(socket.gaierror(socket.EAI_AGAIN, "x")),
    "late": lambda: attempt.not_yet(TimeoutError()),
    "refused": lambda: attempt.not_yet(ConnectionRefusedError(111, "x")),
    "expired": lambda: attempt.not_yet(_tls_error("SSLV3_ALERT_CERTIFICATE_EXPIRED")),
    "required": lambda: attempt.not_yet(_tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED")),
    "a driver": lambda: attempt.NotYet("x", *services._causes("could not translate host name x")),
    "several": lambda: attempt.together([attempt.not_yet(TimeoutError()), attempt.not_yet(UnicodeError())], "none"),
}


@pytest.mark.parametrize("ended", ENDED)
@pytest.mark.parametrize("kind", ["tcp", "tls"])
def test_no_hint_of_a_check_depends_on_the_words_of_its_failure(
    reword: Callable[[], None], ended: str, kind: str
) -> None:
    class Planned:
        variable, where, verb = "A", "a:1", "not ready"

    planned: Any = Planned()
    planned.kind = kind

    def said() -> Any:
        failed = ENDED[ended]()
        return [failed.causes, run._hint(planned, failed)]

    before = said()
    reword()
    assert said() == before
    assert MARK in str(ENDED[ended]())
