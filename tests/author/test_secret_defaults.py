"""No secret gets into a contract: a default that is one is left out, and said to be in the application's code."""

from __future__ import annotations

from collections import OrderedDict, deque
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic_settings import BaseSettings

from confcontract import Secret, bake, resolve
from confcontract.author.baked_files import defaults_file, schema_file
from confcontract.report.errors import BakeRefused
from tests.support.commands import run
from tests.support.modules import PRELUDE, module, the_settings

CANARY = "canary-9d1f"


def field(annotation: str, default: str) -> str:
    return f"class Settings(BaseSettings):\n    value: {annotation} = {default}\n"


def model(kind: str, annotation: str, default: str, outer: str) -> str:
    return f"{kind}:\n    key: {annotation}{default}\n\nclass Settings(BaseSettings):\n    value: {outer}\n"


MODEL = "class Sub(BaseModel)"
MARKED = "Annotated[str, Secret()]"

# what · source · the field as the refusal names it
SECRET = {
    "SecretStr": (field("SecretStr", "SecretStr('CANARY')"), "Settings.value"),
    "SecretStr, plain default": (field("SecretStr", "'CANARY'"), "Settings.value"),
    "SecretStr in Field": (field("SecretStr", "Field('CANARY')"), "Settings.value"),
    "SecretStr, not validated": (
        (
            "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(validate_default=False)\n"
            "    value: SecretStr = 'CANARY'\n"
        ),
        "Settings.value",
    ),
    "SecretBytes": (field("SecretBytes", "SecretBytes(b'CANARY')"), "Settings.value"),
    "Secret[str]": (field("Wrapped[str]", "Wrapped('CANARY')"), "Settings.value"),
    "Secret[int]": (field("Wrapped[int]", "Wrapped(918273)"), "Settings.value"),
    "marker": (field(MARKED, "'CANARY'"), "Settings.value"),
    "marker without call": (field("Annotated[str, Secret]", "'CANARY'"), "Settings.value"),
    "marker inside of a union": (field(f"{MARKED} | None", "'CANARY'"), "Settings.value"),
    "marker on items": (field(f"list[{MARKED}]", "['CANARY']"), "Settings.value"),
    "marker on values": (field(f"dict[str, {MARKED}]", "{'k': 'CANARY'}"), "Settings.value"),
    "marker on a number": (field("Annotated[int, Secret()]", "918273"), "Settings.value"),
    "Vault": (field("Annotated[str, Vault('secret/a#b')]", "'CANARY'"), "Settings.value"),
    "secret list": (field("list[SecretStr]", "[SecretStr('CANARY')]"), "Settings.value"),
    "secret in a tuple": (field("tuple[int, SecretStr]", "(1, SecretStr('CANARY'))"), "Settings.value"),
    "secret in a dict": (field("dict[str, SecretStr]", "{'k': SecretStr('CANARY')}"), "Settings.value"),
    "key of a mapping": (field("dict[str, Any]", "{'password': 'CANARY', 'host': 'h'}"), "Settings.value"),
    "key of a mapping in a list": (field("list[dict[str, str]]", "[{'Authorization': 'CANARY'}]"), "Settings.value"),
    "key at any depth": (field("Any", "{'a': {'b': [{'apiKey': 'CANARY'}]}}"), "Settings.value"),
    "Any": (field("Any", "SecretStr('CANARY')"), "Settings.value"),
    "instance": (model(MODEL, "SecretStr", "", "Sub = Sub(key='CANARY')"), "Settings.value"),
    "instance, marked": (model(MODEL, MARKED, "", "Sub = Sub(key='CANARY')"), "Settings.value"),
    "mapping for a model": (model(MODEL, MARKED, "", "Sub = {'key': 'CANARY'}"), "Settings.value"),
    "list of instances": (model(MODEL, MARKED, "", "list[Sub] = [Sub(key='CANARY')]"), "Settings.value"),
    "dict of instances": (model(MODEL, MARKED, "", "dict[str, Sub] = {'k': Sub(key='CANARY')}"), "Settings.value"),
    "class default": (model(MODEL, MARKED, " = 'CANARY'", "Sub"), "Settings.value.key"),
    "class default, SecretStr": (model(MODEL, "SecretStr", " = 'CANARY'", "Sub"), "Settings.value.key"),
    "class default, optional": (model(MODEL, MARKED, " = 'CANARY'", "Sub | None = None"), "Settings.value.key"),
    "class default, list": (model(MODEL, MARKED, " = 'CANARY'", "list[Sub]"), "Settings.value.key"),
    "class default, union": (model(MODEL, MARKED, " = 'CANARY'", "Sub | int"), "Settings.value.key"),
    "dataclass": (model("@dataclass\nclass Sub", MARKED, " = 'CANARY'", "Sub"), "Settings.value.key"),
    "dataclass instance": (model("@dataclass\nclass Sub", MARKED, "", "Sub = Sub(key='CANARY')"), "Settings.value"),
    "TypedDict": (model("class Sub(TypedDict)", MARKED, "", "Sub = {'key': 'CANARY'}"), "Settings.value"),
    "secret section": (model(MODEL, "str", " = 'CANARY'", "Annotated[Sub, Secret()]"), "Settings.value"),
    "secret section, instance": (
        model(MODEL, "str", "", "Annotated[Sub, Secret()] = Sub(key='CANARY')"),
        "Settings.value",
    ),
    "partial update": (
        (
            f"{MODEL}:\n    key: {MARKED}\n\nclass Settings(BaseSettings):\n"
            "    model_config = SettingsConfigDict(env_nested_delimiter='__', nested_model_default_partial_update=True)\n"
            "    value: Sub = Sub(key='CANARY')\n"
        ),
        "Settings.value",
    ),
    "nested settings": (
        f"class Sub(BaseSettings):\n    key: {MARKED}\n\nclass Settings(BaseSettings):\n    value: Sub = Sub(key='CANARY')\n",
        "Settings.value",
    ),
    "inherited": (
        f"class Above(BaseSettings):\n    value: {MARKED} = 'CANARY'\n\nclass Settings(Above):\n    other: int = 1\n",
        "Settings.value",
    ),
    "literal": (field("Annotated[Literal['CANARY', 'x'] | None, Secret()]", "None"), "Settings.value"),
    "enum": (
        "class Key(Enum):\n    A = 'CANARY'\n\nclass Settings(BaseSettings):\n    value: Annotated[Key, Secret()]\n",
        "Settings.value",
    ),
}

# Passwords in text that says what it is.
CREDENTIALS = {
    name: (field(annotation, repr(text) if "CANARY" in text else text), "Settings.value")
    for name, annotation, text in (
        ("DSN", "PostgresDsn", "postgres://u:CANARY@h/db"),
        ("URL in a str", "str", "amqp://u:CANARY@h/db"),
        ("URL without a user", "str", "redis://:CANARY@h/0"),
        ("slash in the password", "str", "postgres://u:a/bCANARY@h/0"),
        ("several hosts", "str", "mongodb://u:CANARY@a,b,c/x"),
        ("key=value", "str", "host=h user=u password=CANARY"),
        ("ADO", "str", "Server=h;Password=CANARY;"),
        ("query", "str", "postgres://h/db?password=CANARY"),
    )
} | {
    "URL in a list": (field("list[str]", "['redis://:CANARY@h/0']"), "Settings.value"),
    "URL as a key": (field("dict[str, int]", "{'redis://:CANARY@h/0': 1}"), "Settings.value"),
    "URL in bytes": (field("bytes", "b'redis://:CANARY@h/0'"), "Settings.value"),
    "URL in JSON": (field("Json", "'[\"redis://:CANARY@h/0\"]'"), "Settings.value"),
    "URL as an instance": (field("PostgresDsn", "PostgresDsn('postgres://u:CANARY@h/db')"), "Settings.value"),
    "URL in a literal": (field("Literal['redis://:CANARY@h/0', 'x']", "'x'"), "Settings.value"),
    "URL in an enum": (
        "class Key(Enum):\n    A = 'redis://:CANARY@h/0'\n\nclass Settings(BaseSettings):\n    value: Key\n",
        "Settings.value",
    ),
}


# What can't be left out: every start needs it, or it is not a default at all.
REFUSED = ("partial update", "nested settings", "literal", "enum", "URL in a literal", "URL in an enum")


@pytest.mark.parametrize("name", REFUSED)
def test_a_secret_that_can_not_be_left_out_is_refused(name: str, tmp_path: Path) -> None:
    source, where = {**SECRET, **CREDENTIALS}[name]
    with module(source.replace("CANARY", CANARY), tmp_path) as made, pytest.raises(BakeRefused) as caught:
        bake(the_settings(made), name="app", version="1")
    assert caught.value.exit_code == 78
    problems = caught.value.problems
    assert {problem.code for problem in problems} == {"bake-refused"}
    assert any(problem.message.startswith(where) for problem in problems), [problem.message for problem in problems]
    assert all(problem.hint for problem in problems)
    assert CANARY not in str([problem.as_dict() for problem in problems]) + str(caught.value)


@pytest.mark.parametrize("name", [name for name in (*SECRET, *CREDENTIALS) if name not in REFUSED])
def test_a_secret_default_is_left_out_of_the_contract_and_said_to_be_in_the_code(name: str, tmp_path: Path) -> None:
    source, where = {**SECRET, **CREDENTIALS}[name]
    with module(source.replace("CANARY", CANARY), tmp_path) as made:
        contract = bake(the_settings(made), name="app", version="1")
    written = contract.to_bytes() + schema_file(contract) + defaults_file(contract)
    assert CANARY.encode() not in written
    assert b"918273" not in written
    path = where.split(".")[1:]
    told = [variable for variable in contract.variables if variable.get("defaultInCode")]
    of_member = "class default" in name or name in ("dataclass", "secret section")
    assert bool(told) is not of_member  # without a delimiter, a member is not a variable
    assert all(variable["path"][0] == path[0] for variable in told)
    assert not any("default" in variable or variable["required"] for variable in told)


HARMLESS = {
    "no default": field("SecretStr", "...").replace(" = ...", ""),
    "None": field("SecretStr | None", "None"),
    "empty": field("SecretStr", "SecretStr('')"),
    "empty bytes": field("SecretBytes", "SecretBytes(b'')"),
    "empty, as text": field("SecretStr", "''"),
    "empty, marked": field(MARKED, "''"),
    "public key in the place of a user": field("str", "'https://0123456789abcdef@o1.example.org/42'"),
    "public key in a URL type": field("HttpUrl", "'https://0123456789abcdef@o1.example.org/42'"),
    "marked None": field(f"{MARKED} | None", "None"),
    "empty list of secrets": field("list[SecretStr]", "[]"),
    "number": field("dict[str, int]", "{'max_tokens': 5}"),
    "port": field("str", "'localhost:5432'"),
    "URL": field("AnyUrl", "'https://example.com:8443/a?b=c#d'"),
    "user": field("str", "'postgres://app@db/shop'"),
    "mail": field("str", "'ops@example.com'"),
    "repository": field("str", "'git@example.com:shop/shop.git'"),
    "time": field("str", "'12:30'"),
    "prose": field("str", "'The password: ask for it at the desk, or write to a@b.example'"),
    "pattern": field("str", "'^[a-z]+://[^@]*@.*$'"),
    "path": field("Path", "Path('/run/secrets/password')"),
    "DSN without a password": field("str", "'host=db sslmode=require user=app'"),
    "field of that name": "class Settings(BaseSettings):\n    password_file: str = '/run/secrets/password'\n",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_no_secret_is_baked(name: str, tmp_path: Path) -> None:
    with module(HARMLESS[name], tmp_path) as made:
        bake(the_settings(made), name="app", version="1")


# Never evaluated, or not of the contract: baked without the secret.
WITHOUT = {
    "factory": field("SecretStr", "Field(default_factory=lambda: SecretStr('CANARY'))"),
    "partial factory": field("SecretStr", "Field(default_factory=functools.partial(SecretStr, 'CANARY'))"),
    "factory with a repr": (
        "class Maker:\n    def __call__(self): return 'x'\n    def __repr__(self): return 'CANARY'\n\n"
        "class Settings(BaseSettings):\n    value: str = Field(default_factory=Maker())\n"
    ),
    "partial validator": field("Annotated[str, AfterValidator(functools.partial(lambda s, v: v, 'CANARY'))]", "'x'"),
    "json_schema_extra": field("SecretStr | None", "Field(None, json_schema_extra={'x': 'CANARY'})"),
    "private attribute": "class Settings(BaseSettings):\n    _key: str = 'CANARY'\n    value: int = 1\n",
    "class variable": "from typing import ClassVar\nclass Settings(BaseSettings):\n    key: ClassVar[str] = 'CANARY'\n    value: int = 1\n",
    "module variable": "KEY = 'CANARY'\nclass Settings(BaseSettings):\n    value: int = 1\n",
    "computed field": (
        "class Settings(BaseSettings):\n    value: int = 1\n    @computed_field\n    def key(self) -> str:\n        return 'CANARY'\n"
    ),
    "environment of the build": "os.environ['VALUE'] = 'CANARY'\nclass Settings(BaseSettings):\n    value: str = 'x'\n",
    "settings made at import": (
        "os.environ['KEY'] = 'CANARY'\nclass Sub(BaseSettings):\n    key: str\n    more: str = 'x'\n\n"
        "class Settings(BaseSettings):\n    value: Sub = Sub(more='z')\n"
    ),
    "settings made at import, in a list": (
        "os.environ['KEY'] = 'CANARY'\nclass Sub(BaseSettings):\n    key: str\n\n"
        "class Settings(BaseSettings):\n    value: list[Sub] = [Sub()]\n"
    ),
    "settings made at import, partial update": (
        "os.environ['KEY'] = 'CANARY'\nclass Sub(BaseSettings):\n    key: str\n    more: str = 'x'\n\n"
        "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(nested_model_default_partial_update=True)\n"
        "    value: Sub = Sub(more='z')\n"
    ),
    "settings made at import, union in strict mode": (
        "os.environ['KEY'] = 'CANARY'\nclass Sub(BaseSettings):\n    key: str\n\n"
        "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(strict=True)\n    value: Union[Sub, int] = Sub()\n"
    ),
}


@pytest.mark.parametrize("name", WITHOUT)
def test_what_is_not_in_the_image_is_not_in_the_contract(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("VALUE", "KEY"):
        monkeypatch.setenv(variable, "")  # so that what the module sets is taken back
        monkeypatch.delenv(variable)
    with module(WITHOUT[name].replace("CANARY", CANARY), tmp_path) as made:
        written = b""
        try:
            contract = bake(the_settings(made), name="app", version="1")
            written = contract.to_bytes() + schema_file(contract) + defaults_file(contract)
        except BakeRefused as refused:
            written = str([problem.as_dict() for problem in refused.problems]).encode()
    assert written
    assert CANARY.encode() not in written


DECLARATIONS = {
    "credential header": "checks=[Http('a', 'http://h', headers={'Authorization': 'CANARY'})]",
    "token header": "checks=[Http('a', 'http://h', headers={'X-Vault-Token': 'CANARY'})]",
    "token in a path": "checks=[Http('a', 'http://h', path='/?token=CANARY')]",
    "password in a target": "checks=[Http('a', 'http://h/?password=CANARY')]",
    "user of a target": "checks=[Tcp('a', 'postgres://u:CANARY@h/db')]",
    "command of a role": "roles={'web': {'command': ['x', '--db', 'redis://:CANARY@h/0']}}",
}


@pytest.mark.parametrize("name", DECLARATIONS)
def test_a_declaration_with_a_secret_is_refused(name: str, tmp_path: Path) -> None:
    source = "class Settings(BaseSettings):\n    value: int = 1\n\ndef declared():\n    return declare(Settings, {})\n"
    text = source.replace("{}", DECLARATIONS[name].replace("CANARY", CANARY))
    with module(text, tmp_path) as made, pytest.raises((BakeRefused, ValueError)) as caught:
        bake(made.declared(), name="app", version="1")
    assert CANARY not in str(caught.value)


CALLED_LIKE_SECRETS = """
class Database(BaseModel):
    password: str = ""

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_", env_nested_delimiter="__")
    SECRET_KEY: str = "drawn-at-random"
    apikey: str | None = None
    marked_token: Annotated[str, Secret()]
    wrapped_secret: SecretStr
    token_ttl: int = 3
    token_file: str = ""
    tokens: int = 5
    monkey: str = ""
    database: Database = Database()
"""


def test_bake_names_what_is_called_like_a_secret_and_declared_as_text(tmp_path: Path) -> None:
    (tmp_path / "app_settings.py").write_text(PRELUDE + CALLED_LIKE_SECRETS, encoding="utf-8")
    ran = run("bake", "app_settings:Settings", "-o", "out", cwd=tmp_path)
    assert ran.returncode == 0
    told = ran.stdout.splitlines()
    assert told[-3] == "named like a secret, so masked everywhere; a default is in the image all the same. Declare each"
    assert told[-2] == "as SecretStr or Secret(), or as Secret(False) if it is not a secret:"
    assert told[-1] == "  APP_SECRET_KEY, APP_APIKEY, APP_DATABASE__PASSWORD"


class Collections(BaseSettings):
    """Collections that are called like secrets, of text and of what can't be seen through."""

    api_keys: list[str] = ["leaked-key"]
    tokens: dict[str, str] = {"a": "leaked-token"}
    credentials: dict = {"user": "leaked-credential"}  # type: ignore[type-arg]
    db_password: deque[str] = deque(["leaked-in-a-deque"])
    x_password: OrderedDict[str, str] = OrderedDict(a="leaked-in-order")
    u_password: list[str] | dict[str, str] = ["leaked-in-a-union"]
    w_password: deque[Any] = deque(["leaked-anything"])
    shown_tokens: Annotated[list[str], Secret(False)] = ["shown"]


def test_a_collection_that_is_called_like_a_secret_leaves_its_default_in_the_code(tmp_path: Path) -> None:
    contract = bake(Collections, name="shop", version="1")
    written = (contract.to_bytes() + schema_file(contract) + defaults_file(contract)).decode()
    assert "leaked" not in written
    assert "shown" in written
    in_code = {each["name"] for each in contract.variables if each.get("defaultInCode")}
    assert in_code == {name.upper() for name in Collections.model_fields} - {"SHOWN_TOKENS"}
    assert resolve(contract, environ={}).ok
