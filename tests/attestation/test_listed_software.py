"""What a CycloneDX document lists, however it names it."""

from __future__ import annotations

from typing import Any

import pytest
from packageurl import PackageURL

from confcontract.attestation.listed_software import releases_listed

ONE = "pkg:pypi/some-name@1.0+local"


def listed(*components: Any) -> set[tuple[str, str]]:
    return releases_listed({"bomFormat": "CycloneDX", "components": list(components)})


@pytest.mark.parametrize(
    "purl",
    [
        ONE,
        "PKG:PyPI/Some_Name@1.0%2Blocal",
        "pkg://pypi/some_name@1.0+local",
        "pkg:/pypi//some-name@1.0+local",
        "pkg:pypi/%73ome-name@%31.0+local?arch=any#src/x",
    ],
)
def test_one_release_in_every_spelling(purl: str) -> None:
    assert listed({"purl": purl}) == {("some-name", "1.0+local")}
    parsed, plain = (PackageURL.from_string("pkg" + each[3:]) for each in (purl, ONE))  # small letters only
    assert (parsed.type, parsed.name, parsed.version) == (plain.type, plain.name, plain.version)


@pytest.mark.parametrize("purl", ["pkg:npm/x@1", "pkg:pypi-x/x@1", "https://pypi/x@1", "pypi/x@1", "pkg:", "", 1, None])
def test_what_is_no_distribution_of_python(purl: object) -> None:
    assert listed({"purl": purl}, {}, "x") == set()


def test_a_component_within_another() -> None:
    assert listed({"purl": "pkg:pypi/a@1", "components": [{"components": [{"purl": ONE}, 1]}, {"components": 1}]}) == {
        ("a", "1"),
        ("some-name", "1.0+local"),
    }
