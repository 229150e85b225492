"""Whatever a contract and its roles are called, an export has a file for each role, in the folder, with a plain name."""

from __future__ import annotations

import re

import pytest

from confcontract.contract.artifact import Contract
from confcontract.platforms.distinct_names import distinct, shortened
from confcontract.platforms.export_input import export_input
from confcontract.platforms.export_targets import TARGETS, export
from tests.platforms.exporting import shop
from tests.platforms.kubernetes.exported import IMAGE

HOSTILE = (
    *("x/../../../etc/x", "/etc/passwd", "..", ".", " ", "-rf", "a\0b", "a\nb", "a\\b", "x" * 300, "日本", "中国"),
    *("{{ .Values }}", "`id`", "$(id)", "a'b\"c", "\u2028", "\ud800", "nul", "con.txt"),
)
ALIKE = ("Web", "web", "WEB", "web ", "w_b", "w-b", "w b")
PLAIN = re.compile(r"(?:templates/)?[a-z0-9_][a-z0-9_.-]{0,199}")


def called(name: str, *roles: str) -> Contract:
    of_role = {role: {"command": ["run"], "description": ""} for role in roles}
    return Contract({**shop().data, "name": name, "roles": of_role})


@pytest.mark.parametrize("target", TARGETS)
def test_no_name_leads_out_of_the_folder_and_no_role_is_lost(target: str) -> None:
    for contract in (called("shop", *HOSTILE), called("shop", *ALIKE), *(called(name, "web") for name in HOSTILE)):
        given = export_input(contract, {"SHOP_PORT": "80"}, image=IMAGE)
        files = export(target, given).files
        names = [name for name in files if name not in (".env", "Chart.yaml", "templates/NOTES.txt")]
        assert [name for name in names if not PLAIN.fullmatch(name)] == []
        if target in ("systemd", "kubernetes", "helm"):
            assert sum("deployment-" in name or name.endswith(".service") for name in names) == len(contract.roles)


def test_of_names_that_are_alike_the_one_that_is_the_name_keeps_it() -> None:
    names = distinct(ALIKE, lambda text: re.sub("[ _]", "-", text.strip().lower()))
    assert len(set(names.values())) == len(ALIKE)
    assert (names["web"], names["w-b"]) == ("web", "w-b")
    crafted = distinct(["Web", "web", names["Web"]], str.lower)
    assert len(set(crafted.values())) == 3


def test_a_name_that_is_cut_is_still_another() -> None:
    cut = [shortened("x" * length, 40) for length in (40, 41, 42)]
    assert cut[0] == "x" * 40
    assert len(set(cut)) == 3
    assert max(map(len, cut)) == 40
