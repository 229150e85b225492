"""Real boots with files in TOML, YAML and JSON: what the application finds in its environment."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from confcontract import resolve
from tests.support.booting import CANARY, Site
from tests.verdict.sources.operator_settings import Shop

FILES = {
    "conf.d/10.toml": "workers = 1\nratio = 0.25\n[database]\nurl = 'from toml'\nport = 1\n",
    "conf.d/20.env": "SHOP_WORKERS=2\nSHOP_DATABASE__PORT=2\n",
    "conf.d/30.json": '{"debug": true}',
    "given.yaml": f"token: {CANARY}\nversion: no\ndatabase: {{port: 3}}\n",
}


@pytest.mark.parametrize("by_variable", [False, True])
def test_the_application_finds_what_files_say_and_boot_shows_no_secret(
    site: Callable[..., Site], by_variable: bool
) -> None:
    here = site(Shop)
    for name, text in FILES.items():
        here.file(name, text)
    given = str(here.directory / "given.yaml")
    if by_variable:
        ended = here.boot(environ={"CONFCONTRACT_CONF_FILES": given, "SHOP_DATABASE__COUNTRY": "de"})
    else:
        ended = here.boot("--conf-file", given, environ={"SHOP_DATABASE__COUNTRY": "de"})
    assert ended.code == 0, ended.err
    assert CANARY not in ended.err
    found = {name: value for name, value in ended.environ.items() if name.startswith(("SHOP_", "CONFCONTRACT_"))}
    values = resolve(here.contract, environ=found).values
    assert (values["workers"], values["ratio"], values["debug"], values["version"]) == (2, 0.25, True, "no")
    assert (values["database"]["url"], values["database"]["port"], values["database"]["country"]) == (
        "from toml",
        3,
        "de",
    )
    assert found["SHOP_TOKEN"] == CANARY
    assert "CONFCONTRACT_CONF_FILES" not in found


def test_an_unknown_key_ends_a_strict_boot_and_is_only_told_otherwise(site: Callable[..., Site]) -> None:
    here = site(Shop)
    file = here.file("given.toml", "workers = 1\n[database]\nprot = 1\n")
    told = "did you mean database.port?"
    warned = here.boot("--conf-file", file)
    assert (warned.code, told in warned.report) == (0, True)
    refused = here.boot("--conf-file", file, "--strict", environ={"SHOP_KEY": "given"})
    assert refused.code == 78
    assert refused.named() == {"database.prot"}
    assert f"{file}, line 3, column 1" in refused.report
