"""What boot says: all problems at once, by the names that the operator must write, and what to do."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel, HttpUrl, PostgresDsn, RedisDsn
from pydantic_settings import BaseSettings, SettingsConfigDict

import confcontract
from confcontract.verdict.environment import KNOWN
from tests.support.booting import CANARY, CONFCONTRACT, PLAIN, SAFETY, Site, patiently
from tests.support.classes import Further, Needy, Renamed, Shop, WithFiles

Make = Callable[..., Site]
GOOD = {"SHOP_HOST": "h", "SHOP_PORT": "80", "SHOP_API_KEY": CANARY, "SHOP_SIGNING_KEY": CANARY}


def test_one_report_holds_everything_that_is_wrong(site: Make) -> None:
    made = site(Needy)
    made.file("conf.d/a.env", "SHOP_LEVEL=high\n")
    path = made.file("prod.env", "\nSHOP_PORT=70000\nthis is not a line\n")
    environ = {"SHOP_LABELS": "{not json", "SHOP_API_KEY_FILE": "/nowhere/key"}
    done = made.boot("--env-file", path, environ=environ)
    assert done.code == 78
    assert {"SHOP_HOST", "SHOP_PORT", "SHOP_LEVEL", "SHOP_API_KEY", "SHOP_SIGNING_KEY", "SHOP_LABELS"} <= done.named()
    for words in (
        f"from: {path}:2 | SHOP_PORT=70000",
        f"from: {made.conf_dir}/a.env:1 | SHOP_LEVEL=high",
        f"{path}, line 3",
        "65535",
        "70000",
        "'high'",
        "SHOP_API_KEY_FILE names a file that can't be read",
        "from: environment",
        "JSON",
    ):
        assert words in done.report, words
    assert "Traceback" not in done.err
    assert done.out == ""


@pytest.mark.parametrize("missing", list(GOOD))
def test_each_that_is_missing_is_named_as_it_must_be_written(site: Make, missing: str) -> None:
    done = site(Needy).boot(environ={name: value for name, value in GOOD.items() if name != missing})
    assert done.named() == {missing}
    secret = missing in ("SHOP_API_KEY", "SHOP_SIGNING_KEY")
    assert (done.code, done.reason["problems"][0]["code"]) == (
        (66, "secret-missing") if secret else (78, "value-missing")
    )
    assert CANARY not in done.err


def test_the_failure_line_is_one_line_of_json_that_names_the_image(site: Make) -> None:
    reason = site(Needy).boot().reason
    assert (reason["confcontract"], reason["name"], reason["version"], reason["omitted"]) == (
        "boot-failed",
        "shop",
        "1.4.0",
        0,
    )
    assert len(reason["problems"]) == 4


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("SHOP_PROT", "SHOP_PORT"),
        ("SHOP_DATABSE__POOL", "SHOP_DATABASE__POOL"),
        ("shop_hots", "SHOP_HOST"),
        ("SHOP_DATABASE_POOL", "SHOP_DATABASE__POOL"),
    ],
)
def test_an_unknown_name_is_told_with_the_one_that_was_probably_meant(site: Make, written: str, meant: str) -> None:
    made = site(Shop)
    done = made.boot(environ={written: "1"})
    assert done.environ[written] == "1"
    assert written in done.err
    assert f"did you mean {meant}?" in done.report
    strict = made.boot("--strict", environ={written: "1"})
    assert (strict.code, strict.named()) == (78, {written})
    assert f"did you mean {meant}?" in strict.report


OUR_SLIPS = [
    ("CONFCONTRACT_STRICKT", "did you mean CONFCONTRACT_STRICT?"),
    ("CONFCONTRACT_TIME_OUT", "did you mean CONFCONTRACT_TIMEOUT?"),
    ("CONFCONTRACT_KV_VERSION", "did you mean CONFCONTRACT_VAULT_KV_VERSION?"),
    ("CONFCONTRACT_WEATHER", "correct the spelling"),
]


@pytest.mark.parametrize(("name", "words"), OUR_SLIPS)
def test_a_misspelt_variable_of_ours_is_told_too(site: Make, name: str, words: str) -> None:
    made = site(Shop)
    done = made.boot(environ={name: "1"})
    assert done.code == 0
    assert f"{name} [name-unknown]" in done.report
    assert words in done.report
    assert made.boot("--strict", environ={name: "1"}).code == 78
    assert "[name-unknown]" not in made.boot("--keep", "CONFCONTRACT_*", environ={name: "1"}).report
    command = [CONFCONTRACT, "validate", "--contract", str(made.contract_path)]
    told = subprocess.run(command, env={**PLAIN, name: "1"}, capture_output=True, text=True, timeout=SAFETY)
    assert (told.returncode, words in told.stdout) == (0, True)


def test_every_variable_that_we_read_is_known() -> None:
    source = "".join(path.read_text() for path in Path(confcontract.__file__).parent.rglob("*.py"))
    read = {name.rstrip("_") for name in re.findall(r"CONFCONTRACT_[A-Z_]+", source)}
    made_up = {"CONFCONTRACT_STRICKT", "CONFCONTRACT_QUESTION"}  # a slip in a comment, and a name that bake asks about
    assert read - made_up == KNOWN


def test_an_unknown_name_in_a_file_is_told_with_its_line(site: Make) -> None:
    made = site(Shop)
    path = made.file("prod.env", "SHOP_PORT=1\nSHOP_PROT=1\n")
    done = made.boot("--env-file", path)
    assert done.code == 0
    assert f"from: {path}:2 | SHOP_PROT=... ^^^^^^^^^" in done.report


def test_names_without_the_prefix_are_nobodys_business(site: Make) -> None:
    done = site(Shop).boot(
        "--strict", environ={"SHIP_PORT": "1", "PORT": "x", "SHOPPING": "1", "KUBERNETES_PORT": "tcp://x"}
    )
    assert done.code == 0
    assert "SHIP" not in done.err + "".join(name for name in ("SHOPPING", "KUBERNETES") if name in done.err)


def test_below_a_mapping_every_name_is_known(site: Make) -> None:
    made = site(Shop)
    assert made.agree({"SHOP_LIMITS__ANYTHING": "3"}).values["limits"] == {"anything": 3}
    assert made.boot("--strict", environ={"SHOP_LIMITS__ANYTHING": "3"}).code == 0


@pytest.mark.parametrize("name", ["SHOP_ADDRESS", "SHOP_HOST", "HOST", "shop_host"])
def test_an_old_name_works_and_is_told_as_it_was_written(site: Make, name: str) -> None:
    made = site(Renamed)
    assert made.agree({name: "there"}).values["address"] == "there"
    done = made.boot(environ={name: "there"})
    if name == "SHOP_ADDRESS":
        assert "deprecated" not in done.err
    else:
        assert f"{name} is deprecated: renamed in 2.0" in done.report
        assert "set SHOP_ADDRESS instead" in done.report


def test_a_variable_that_is_deprecated_itself_is_told_only_where_it_is_set(site: Make) -> None:
    made = site(Renamed)
    assert "deprecated" not in made.boot().err
    assert "SHOP_COLOUR is deprecated: nobody paints any more" in made.boot(environ={"SHOP_COLOUR": "blue"}).report


def test_an_old_name_in_a_secret_file_or_env_file_is_told_too(site: Make) -> None:
    made = site(Renamed)
    path = made.file("prod.env", "SHOP_HOST=there\n")
    report = made.boot("--env-file", path).report
    assert (
        f"SHOP_HOST is deprecated: renamed in 2.0 do: set SHOP_ADDRESS instead from: {path}:1 | SHOP_HOST=..." in report
    )


@pytest.mark.parametrize("name", ["SHOP_API_KEY", "SHOP_SIGNING_KEY"])
def test_a_required_secret_that_is_empty_is_called_out(site: Make, name: str) -> None:
    made = site(Needy)
    environ = {**GOOD, name: ""}
    done = made.boot(environ=environ)
    assert done.environ[name] == ""
    assert f"{name} [secret-empty] is a required secret, and it is set to the empty string" in done.report
    strict = made.boot("--strict", environ=environ)
    assert (strict.code, strict.named()) == (66, {name})


def test_what_only_the_application_checks_is_said_so(site: Make) -> None:
    done = site(Further).boot(environ={"SHOP_HOST": "nowhere"})
    assert done.code == 0
    assert "accepted by the contract; the application checks further (SHOP_HOST)" in done.report
    assert "the configuration is valid" not in done.report


def test_a_good_boot_is_one_line(site: Make) -> None:
    done = site(Shop).boot(environ={"SHOP_PASSWORD": CANARY})
    assert done.err == "confcontract: shop 1.4.0: the configuration is valid; starting /bin/cat\n"


class Test_as_json:
    def lines(self, err: str) -> list[dict[str, object]]:
        found = [json.loads(line) for line in err.splitlines()]
        assert all(isinstance(line, dict) and "confcontract" in line for line in found)
        always = {
            "@timestamp",
            "log.level",
            "message",
            "ecs.version",
            "service.name",
            "service.version",
            "event.action",
        }
        assert [always - line.keys() for line in found] == [set()] * len(found)
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["@timestamp"]) for line in found)
        return found

    def test_a_start(self, site: Make) -> None:
        (line,) = self.lines(site(Shop).boot("--log-format", "json").err)
        assert (line["event.action"], line["command"], line["name"]) == ("starting", "/bin/cat", "shop")
        assert (line["service.name"], line["service.version"], line["log.level"]) == ("shop", "1.4.0", "info")

    def test_warnings(self, site: Make) -> None:
        lines = self.lines(site(Renamed).boot("--log-format", "json", environ={"HOST": "x", "SHOP_PROT": "1"}).err)
        assert [line["event.action"] for line in lines] == ["problem", "problem", "starting"]
        assert {line.get("code") for line in lines} == {"name-deprecated", "name-unknown", None}

    def test_problems(self, site: Make) -> None:
        done = site(Needy).boot("--log-format", "json", environ={"SHOP_PORT": "x\ny", "SHOP_HOST": "\x1b[31m\udcff"})
        lines = self.lines(done.err)
        assert {line["variable"] for line in lines[:-1]} == {"SHOP_PORT", "SHOP_API_KEY", "SHOP_SIGNING_KEY"}
        assert lines[-1] == done.reason
        assert done.err.isascii()

    def test_every_problem_says_what_to_do(self, site: Make) -> None:
        lines = self.lines(site(Needy).boot("--log-format", "json", environ={"SHOP_PORT": "x"}).err)
        assert all(line["hint"] for line in lines[:-1])

    @pytest.mark.parametrize(
        ("option", "code"),
        [
            ("--role=nobody", 64),
            ("--timeout=never", 64),
            ("--nonsense", 64),
            ("--contract=/nowhere.json", 78),
            ("stray", 64),
        ],
    )
    @pytest.mark.parametrize("first", [True, False], ids=["asked for first", "asked for last"])
    def test_what_is_wrong_before_anything_else(self, site: Make, option: str, code: int, first: bool) -> None:
        asked = ("--log-format", "json")
        done = site(Shop).boot(*((*asked, option) if first else (option, *asked)))
        assert done.code == code
        assert self.lines(done.err)[-1] == done.reason

    def test_no_command(self, site: Make) -> None:
        done = site(Shop).boot("--log-format", "json", command=("no-such-command",))
        assert (done.code, [line.get("code") for line in self.lines(done.err)]) == (127, ["command-not-found", None])

    def test_a_dry_run(self, site: Make) -> None:
        done = site(Needy).boot("--log-format", "json", "--dry-run", environ={**GOOD, "SHOP_PROT": "1"}, command=None)
        assert done.code == 0
        self.lines(done.err)

    def test_waiting_for_vault(self, site: Make, vault: dict[str, str]) -> None:
        from tests.support.ports import refusing_port

        environ = {
            **vault,
            "VAULT_ADDR": f"http://127.0.0.1:{refusing_port()}",
            "SHOP_PASSWORD": "vault:secret/shop#password",
        }
        done = patiently(
            lambda longer: site(Shop).boot("--log-format", "json", "--timeout", str(0.6 * longer), environ=environ),
            lambda done: len(done.err.splitlines()) > 2,
        )
        lines = self.lines(done.err)
        assert done.code == 75
        assert len(lines) > 2
        assert environ["VAULT_TOKEN"] not in done.err


def test_what_is_in_the_classes_own_files_is_explained_even_if_it_is_wrong(site: Make) -> None:
    made = site(WithFiles)
    made.file(".env", "SHOP_PORT=many\nSHOP_HOST=example.com\n")
    made.file("secrets/shop_ratio", "0.25")
    failed = made.boot("--dry-run", command=None)
    assert failed.code == 78
    done = subprocess.run(
        [CONFCONTRACT, "explain"],
        cwd=made.directory, env={**PLAIN, "CONFCONTRACT_PATH": str(made.contract_path)}, capture_output=True, text=True,
    )  # fmt: skip
    lines = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert lines["SHOP_PORT"] == "many  # the application's env file .env, line 1"
    assert lines["SHOP_HOST"] == "example.com  # the application's env file .env, line 2"
    # whatever its type, what is in a secret file is a secret
    assert lines["SHOP_RATIO"].startswith("***  # secret file secrets/shop_ratio in the application's secrets_dir")
    assert "0.25" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", [("explain",), ("validate",), ("describe", "SHOP_HOST"), ("secrets", "check")])
def test_of_a_contract_that_is_named_the_classes_own_files_are_not_opened(site: Make, command: tuple[str, ...]) -> None:
    """It may be somebody else's, and name whatever file this machine has."""
    made = site(WithFiles)
    made.file(".env", "SHOP_PORT=many\nSHOP_HOST=example.com\n")
    made.file("secrets/shop_ratio", "0.25")
    done = subprocess.run(
        [CONFCONTRACT, *command, "--contract", made.contract_path],
        cwd=made.directory, env={**PLAIN, "SHOP_PORT": "1"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "example.com" not in done.stdout + done.stderr
    assert "0.25" not in done.stdout + done.stderr
    if command == ("validate",):
        assert "not read, since --contract may name another application's" in " ".join(done.stdout.split())


@pytest.mark.parametrize("command", [("explain",), ("validate",), ("describe", "SHOP_PORT")])
def test_of_a_contract_that_is_named_the_classes_own_files_are_read_if_one_says_so(
    site: Make, command: tuple[str, ...]
) -> None:
    made = site(WithFiles)
    made.file(".env", "SHOP_PORT=many\n")
    done = subprocess.run(
        [CONFCONTRACT, *command, "--contract", made.contract_path, "--own-files"],
        cwd=made.directory, env=PLAIN, capture_output=True, text=True,
    )  # fmt: skip
    assert "got 'many'" in " ".join((done.stdout + done.stderr).split())
    assert "not looked at" not in done.stdout + done.stderr


def test_the_environment_of_something_else_does_not_flood_the_report(site: Make) -> None:
    made = site(Shop)
    path = made.file("other.env", "".join(f"SHOP_NO_{number}=1\n" for number in range(1000)))
    problems = made.resolve({}, [path]).problems
    assert len(problems) == 101
    assert problems[-1].message.startswith("900 more names begin like this application's settings")
    assert made.boot("--strict", "--env-file", path).code == 78


def test_a_section_in_the_classes_own_file_is_explained(site: Make) -> None:
    made = site(WithFiles)
    made.file(".env", "SHOP_DATABASE__POOL=9\n")
    done = made.boot("--dry-run", command=None)
    line = next(line for line in done.out.splitlines() if line.startswith("SHOP_DATABASE="))
    assert '"pool": 9' in line
    assert "the application's env file .env" in line


class Addressed(BaseSettings):
    """URLs with passwords in them, and a section."""

    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")

    class Mail(BaseModel):
        host: str = "localhost"
        port: int = 25

    cache: RedisDsn = RedisDsn("redis://cache")
    database: PostgresDsn = PostgresDsn("postgres://db/shop")
    site: HttpUrl = HttpUrl("https://shop.example.com")
    mail: Mail = Mail()


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("SHOP_CACHE", f"redis://:{CANARY}@cache:port/0", "invalid port number"),
        ("SHOP_CACHE", f"http://:{CANARY}@cache", "URL scheme should be 'redis' or 'rediss'"),
        ("SHOP_DATABASE", f"postgres//shop:{CANARY}@db/shop", "relative URL without a base"),
        ("SHOP_SITE", f"https://shop:{CANARY}@[bad/", "invalid IPv6 address"),
        ("SHOP_SITE", f"https://shop:{CANARY}@h/" + "x" * 3000, "URL should have at most 2083 characters"),
    ],
)
def test_why_a_url_is_wrong_is_said_without_the_password_in_it(site: Make, variable: str, value: str, why: str) -> None:
    done = site(Addressed).boot(environ={variable: value})
    assert (done.code, done.named()) == (78, {variable})
    assert why in done.reason["problems"][0]["message"]
    assert CANARY not in done.err


def test_a_section_that_is_wrong_as_a_whole_is_told_with_its_parts(site: Make) -> None:
    done = site(Addressed).boot(environ={"SHOP_MAIL": "[]"})
    assert (done.code, done.named()) == (78, {"SHOP_MAIL"})
    assert "set its parts (SHOP_MAIL__HOST, SHOP_MAIL__PORT), or give it as one JSON object" in done.report
