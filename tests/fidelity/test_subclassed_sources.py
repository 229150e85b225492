"""A subclass of one of pydantic-settings' sources is run as what it is, unless it changes how that reads; then it is
not checked, and nothing says otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from confcontract import resolve
from confcontract.verdict.explain import rows

from .boot import baked, boot_verdict
from .comparison import disagreement
from .oracle import settings_verdict, surroundings
from .spec import Built, Environment, script

IMPORTS = """
import os
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource, InitSettingsSource, SecretsSettingsSource
class Sub(BaseModel):
    host: str = "h"
    port: int = 1
"""

CLASS = """
class Settings(BaseSettings):
    model_config = SettingsConfigDict(CONFIG)
    workers: int = 4
    tags: list[str] = []
    sub: Sub = Sub()
    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        RETURNS
"""

PLAIN = "class Own(EnvSettingsSource):\n    pass\n"
DOTENV = "class Own(DotEnvSettingsSource):\n    '''Words.'''\n"
# what · source of the classes · configuration · the end of the hook
READ = {
    "a subclass that changes nothing": (PLAIN, "", "return init_settings, Own(settings_cls)"),
    "a prefix of its own": (PLAIN, "", "return (Own(settings_cls, env_prefix='APP_'),)"),
    "a delimiter of its own": (
        PLAIN,
        "",
        "return (Own(settings_cls, env_nested_delimiter='__', env_nested_max_split=1),)",
    ),
    "case of its own": (PLAIN, "env_prefix='App_'", "return (Own(settings_cls, case_sensitive=True),)"),
    "empty values ignored": (PLAIN, "", "return (Own(settings_cls, env_ignore_empty=True),)"),
    "a word for none": (PLAIN, "env_nested_delimiter='__'", "return (Own(settings_cls, env_parse_none_str='null'),)"),
    "pydantic-settings' own class": ("", "", "return (EnvSettingsSource(settings_cls, env_prefix='APP_'),)"),
    "a constructor": (
        "class Own(EnvSettingsSource):\n    def __init__(self, settings_cls):\n        super().__init__(settings_cls, env_prefix='APP_')\n",
        "",
        "return init_settings, Own(settings_cls)",
    ),
    "a method that nothing calls": (
        "class Own(EnvSettingsSource):\n    def hello(self):\n        return 1\n",
        "",
        "return (Own(settings_cls),)",
    ),
    "an instance that the hook changed": ("", "", "env_settings.env_prefix = 'APP_'\n        return (env_settings,)"),
    "an env file of its own": (DOTENV, "", "return env_settings, Own(settings_cls, env_file='own.env')"),
    "an env file above the environment": (
        DOTENV,
        "env_file='.env'",
        "return Own(settings_cls, env_file='own.env'), env_settings",
    ),
    "only an env file": (DOTENV, "", "return (Own(settings_cls, env_file='own.env', env_prefix='APP_'),)"),
    "secrets of its own": (
        "class Own(SecretsSettingsSource):\n    pass\n",
        "",
        "return env_settings, Own(settings_cls, secrets_dir='secrets')",
    ),
    "arguments of its own": (
        "class Own(InitSettingsSource):\n    pass\n",
        "",
        "return Own(settings_cls, {}), env_settings",
    ),
    "no environment at all": ("", "env_file='own.env'", "return init_settings, dotenv_settings"),
}
UNREAD = {
    "get_field_value": ("class Own(EnvSettingsSource):\n    def get_field_value(self, field, field_name):\n        return '7', field_name, False\n", "", "return (Own(settings_cls),)"),
    "prepare_field_value": ("class Own(EnvSettingsSource):\n    def prepare_field_value(self, field_name, field, value, value_is_complex):\n        return value and value.split(',')\n", "", "return (Own(settings_cls),)"),
    "the call": ("class Own(EnvSettingsSource):\n    def __call__(self):\n        return {}\n", "", "return (Own(settings_cls),)"),
    "a mixin before it": ("class Mixin:\n    def decode_complex_value(self, field_name, field, value):\n        return value.split(',')\nclass Own(Mixin, EnvSettingsSource):\n    pass\n", "", "return (Own(settings_cls),)"),
    "variables that a constructor left out": (
        "class Own(EnvSettingsSource):\n    def __init__(self, settings_cls):\n        super().__init__(settings_cls)\n        self.env_vars = {k: v for k, v in self.env_vars.items() if k != 'workers'}\n",
        "", "return (Own(settings_cls),)",
    ),
    "a method put on the instance": ("", "", "env_settings.get_field_value = lambda field, name: ('7', name, False)\n        return (env_settings,)"),
}  # fmt: skip
ENVIRONMENTS = [
    Environment(tuple(variables.items()), tuple(files.items()))
    for variables in (
        {}, {"WORKERS": "8"}, {"WORKERS": "many"}, {"APP_WORKERS": "8"}, {"APP_WORKERS": "x"}, {"App_workers": "8"},
        {"SUB__PORT": "5"}, {"SUB__PORT": "null"}, {"SUB__A__B": "1"}, {"WORKERS": ""}, {"TAGS": '["a"]'}, {"TAGS": "a"},
        {"APP_TAGS": '["b"]', "TAGS": "a"},
    )
    for files in ({}, {"own.env": "WORKERS=9\nAPP_WORKERS=10\n"}, {"secrets/workers": "11"}, {".env": "WORKERS=many\n"})
]  # fmt: skip


def source_of(parts: tuple[str, str, str]) -> str:
    classes, config, returns = parts
    return IMPORTS + classes + CLASS.replace("CONFIG", config or "extra='ignore'").replace("RETURNS", returns)


@pytest.mark.parametrize("name", READ)
def test_a_source_that_reads_as_it_always_does_is_run(name: str) -> None:
    source = source_of(READ[name])
    with Built(source) as settings:
        made = baked(settings)
        assert made.contract is not None, f"{made.refusal or made.crash}\n{source}"
        assert not made.kinds, made.kinds
        for environment in ENVIRONMENTS:
            wrong = disagreement(
                settings, settings_verdict(settings, environment), boot_verdict(made.contract, environment)
            )
            assert not wrong, f"{wrong}\n{script(source, environment)}"


@pytest.mark.parametrize("name", UNREAD)
def test_a_source_that_reads_in_its_own_way_is_not_checked(name: str) -> None:
    source = source_of(UNREAD[name])
    with Built(source) as settings:
        made = baked(settings)
        assert made.contract is not None, f"{made.refusal or made.crash}\n{source}"
        (deferred,) = made.contract.deferred
        assert (deferred["kind"], deferred["variables"]) == ("source", ["WORKERS", "TAGS", "SUB"])
        assert all(variable["deferred"] for variable in made.contract.variables)
        for environment in ENVIRONMENTS:
            theirs, ours = settings_verdict(settings, environment), boot_verdict(made.contract, environment)
            assert ours.accepted or not theirs.accepted, f"{ours}\n{script(source, environment)}"
        with surroundings(Environment(), variables=False):
            result = resolve(made.contract, environ={"WORKERS": "8"})
        table: dict[str, Any] = {row.name: row for row in rows(result)}
        row = table["WORKERS"]
        assert row.origin.kind == "application"
        assert row.source.startswith("not checked: read by ")
        assert "environment" not in row.source
        assert "8" not in row.value
        (note,) = [problem for problem in result.problems if problem.code == "check-deferred"]
        assert note.message.startswith("not checked")


def test_where_no_environment_is_read_explain_does_not_name_it() -> None:
    with Built(source_of(READ["no environment at all"])) as settings:
        contract = baked(settings).contract
    assert contract is not None
    environment = Environment((), (("own.env", "TAGS=[]\n"),))
    with surroundings(environment, variables=False):
        result = resolve(contract, environ={"WORKERS": "8"})
        kinds = {name: source.kind for name, source in result.sources.items()}
    assert kinds == {"WORKERS": "default", "TAGS": "settings-file", "SUB": "default"}


FILTER = """
class Own(EnvSettingsSource):
    def __init__(self, settings_cls, hidden):
        super().__init__(settings_cls)
        self.env_vars = {name: value for name, value in self.env_vars.items() if name.lower() not in hidden}

class OwnFile(DotEnvSettingsSource):
    def __init__(self, settings_cls, hidden):
        super().__init__(settings_cls, env_file="own.env")
        for name in hidden:
            self.env_vars.pop(name, None) if isinstance(self.env_vars, dict) else None

class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="app_", env_nested_delimiter="__", extra="ignore")
    workers: int = Field(4, validation_alias=AliasChoices(AliasPath("workers"), "app_workers", "old_workers"))
    hidden: int = 1
    sub: Sub = Sub()
    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return RETURNED
"""
# what is left out · the sources · whether they are read
FILTERS = {
    "some names of fields": ("init_settings, Own(settings_cls, ['workers', 'old_workers'])", True),
    "all names of a field": ("init_settings, Own(settings_cls, ['workers', 'app_hidden'])", False),
    "names of fields, in a file as well": (
        "Own(settings_cls, ['workers']), OwnFile(settings_cls, ['workers'])",
        True,
    ),
    "other names in a file": ("Own(settings_cls, ['workers']), OwnFile(settings_cls, ['app_hidden'])", False),
    "nothing in a file": ("Own(settings_cls, ['workers']), OwnFile(settings_cls, [])", False),
    "a part": ("(Own(settings_cls, ['app_sub__a_part']),)", False),
    "whatever is not a field": ("(Own(settings_cls, ['a_name_of_no_field']),)", False),
    "nothing": ("(Own(settings_cls, []),)", True),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_source_that_leaves_names_out_is_read_without_them(name: str) -> None:
    returned, is_read = FILTERS[name]
    imports = IMPORTS + "from pydantic import AliasChoices, AliasPath\n"
    with Built(imports + FILTER.replace("RETURNED", returned)) as settings:
        contract = baked(settings)
        assert contract.contract is not None, contract
        deferred = [each for each in contract.contract.deferred if each["kind"] == "source"]
        assert (deferred == []) == is_read
        names = ("WORKERS", "APP_WORKERS", "OLD_WORKERS", "APP_HIDDEN", "HIDDEN", "APP_SUB__PORT", "APP_SUB")
        for one in names:
            for other in names:
                values = {one: "7", other: "x"} | ({"APP_SUB": '{"port": 3}'} if "APP_SUB" in (one, other) else {})
                text = "WORKERS=8\nAPP_HIDDEN=9\nAPP_SUB__PORT=2\n"
                for files in ((), (("own.env", text),)):
                    environment = Environment(tuple(values.items()), files)
                    theirs = settings_verdict(settings, environment)
                    ours = boot_verdict(contract.contract, environment)
                    assert not disagreement(settings, theirs, ours), (values, files)
