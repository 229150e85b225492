"""`confcontract inspect`: an image and the contract in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from confcontract import Contract
from confcontract.inspection.image_facts import facts_as_text, image_facts
from tests.contract.conftest import baked  # noqa: F401
from tests.support.commands import assert_refused, run
from tests.support.images import INDEX, Layout, files, layout
from tests.support.inprocess import run_here

CANARY = "canary-5503"
CONTRACT = "etc__confcontract__contract.json"
SETTINGS = {
    "created": "2026-11-30T00:00:00Z",
    "config": {
        "User": "10001:10001",
        "Entrypoint": ["python", "-I", "-m", "confcontract", "boot", "--"],
        "Cmd": ["python", "-m", "shop", f"--db=postgres://ada:{CANARY}@db/shop"],
        "Env": ["PATH=/usr/bin", f"SHOP_TOKEN={CANARY}"],
        "Labels": {"confcontract.digest": "sha256:other", "team": "shop", "api.token": CANARY},
    },
    "history": [
        {"created_by": "ADD rootfs"},
        {"created_by": "ENV A=1", "empty_layer": True},
        {"created_by": f"RUN API_TOKEN={CANARY} DB_PASSWORD='{CANARY} x' pip install shop"},
        {"created_by": "COPY contract /etc/confcontract"},
    ],
}


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory, baked: bytes) -> str:  # noqa: F811
    folder = tmp_path_factory.mktemp("inspect") / "shop"
    return layout(folder, files(a=b"1"), files(b=b"2"), files(**{CONTRACT: baked}), config=SETTINGS)


def test_json_has_it_all(reference: str, baked: bytes) -> None:  # noqa: F811
    done = run("inspect", reference, "--format", "json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    contract = Contract.from_bytes(baked, "it")
    assert facts["contract"] == {
        "name": "shop",
        "version": "1.4.0",
        "digest": contract.digest,
        "path": "/etc/confcontract/contract.json",
        "layer": 3,
    }
    assert (facts["platform"], facts["user"], facts["created"]) == (
        "linux/amd64",
        "10001:10001",
        "2026-11-30T00:00:00Z",
    )
    assert facts["entrypoint"] == ["python", "-I", "-m", "confcontract", "boot", "--"]
    assert facts["digest"].startswith("sha256:")
    assert facts["variables"] == ["PATH", "SHOP_TOKEN"]
    assert [each["instruction"] for each in facts["layers"]] == [
        "ADD rootfs",
        "RUN API_TOKEN=*** DB_PASSWORD=*** pip install shop",
        "COPY contract /etc/confcontract",
    ]
    assert all(each["size"] > 1000 for each in facts["layers"])
    assert "the label confcontract.digest names another contract than the one in the image" in " ".join(
        done.stderr.split()
    )


def test_text_says_the_same(reference: str) -> None:
    done = run("inspect", reference)
    assert done.returncode == 0, done.stderr
    for words in ("contract    shop 1.4.0", "in layer 3 of 3", "user        10001:10001", "team=shop", "ADD rootfs"):
        assert words in done.stdout


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_format_shows_what_may_be_secret(form: str, reference: str) -> None:
    done = run("inspect", reference, "--format", form, environ={"CONFCONTRACT_DEBUG": "1"})
    assert "postgres://ada:" in done.stdout
    assert CANARY not in done.stdout + done.stderr


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    "instruction",
    [
        f"ENV SHOP_KEY {CANARY}",
        f"ENV\tSHOP_KEY\tx {CANARY}",
        f"LABEL shop.key x {CANARY}",
        f'RUN echo \'{{"SHOP_KEY": "{CANARY}"}}\' > y',
    ],
)
def test_no_instruction_shows_a_secret(form: str, instruction: str, tmp_path: Path, baked: bytes) -> None:  # noqa: F811
    history = [{"created_by": instruction}]
    made = layout(tmp_path / "shop", files(**{CONTRACT: baked}), config={"history": history})
    done = run_here("inspect", made, "--format", form)
    assert done.returncode == 0, done.stderr
    assert "***" in done.stdout
    assert CANARY not in done.stdout + done.stderr


def test_the_platform_is_chosen(tmp_path: Path, baked: bytes) -> None:  # noqa: F811
    made = Layout(tmp_path / "shop")
    both = [
        made.image([files(**{CONTRACT: baked})], platform={"os": "linux", "architecture": each})
        for each in ("arm64", "s390x")
    ]
    made.tag(made.document({"schemaVersion": 2, "mediaType": INDEX, "manifests": both}, INDEX))
    done = run("inspect", f"oci:{made.folder}", "--platform", "linux/s390x", "--format", "json")
    assert json.loads(done.stdout)["platform"] == "linux/s390x"
    assert_refused(
        run("inspect", f"oci:{made.folder}", "--platform", "linux/386"), "only for: linux/arm64, linux/s390x"
    )


def test_what_is_no_image() -> None:
    done = run("inspect", "contract.json")
    assert done.returncode == 64
    assert "is not a reference to an image" in done.stderr


@pytest.mark.parametrize(
    "settings",
    [
        {"config": {"Cmd": ["app", "--api-token", CANARY, "--password", CANARY]}},
        {"config": {"Entrypoint": f"app --token {CANARY}"}},
        {"history": [{"created_by": f"RUN curl -H 'Authorization: Bearer {CANARY}' --password '{CANARY} x' http://x"}]},
        {"history": [{"created_by": f"RUN |1 API_TOKEN={CANARY} /bin/sh -c true"}]},
        {"config": {"Labels": {"note": f"--secret {CANARY}"}}},
        {"history": [{"created_by": f"RUN curl -u ada:{CANARY} --user 'bob:{CANARY}' http://x"}]},
        {
            "history": [
                {"created_by": f"RUN curl -H 'Authorization: Basic {CANARY}' -H 'X-Api-Token: {CANARY}' http://x"}
            ]
        },
        {"config": {"Cmd": ["curl", "-u", f"ada:{CANARY}", "-H", f"Private-Token: {CANARY}"]}},
    ],
    ids=[
        *("command", "entry point", "flags of an instruction", "argument of the build", "label"),
        *("login", "headers", "login of a command"),
    ],
)
def test_the_value_after_an_option_that_is_called_like_a_secret_is_not_shown(
    settings: dict[str, object],
    tmp_path: Path,
    baked: bytes,  # noqa: F811
) -> None:
    facts, _ = image_facts(layout(tmp_path / "shop", files(**{CONTRACT: baked}), config=settings))
    shown = json.dumps(facts) + facts_as_text(facts)
    assert "***" in shown
    assert CANARY not in shown


@pytest.mark.parametrize(
    "settings",
    [
        {"config": {"Env": 5, "Labels": [1], "Cmd": 5, "Entrypoint": {"a": 1}, "User": [1]}},
        {"config": [1], "history": [1, {"created_by": 5}], "created": {"a": "\ud800"}, "architecture": [1]},
        {"config": {"Labels": {"x": "\ud800\x1b[31m"}}},
    ],
)
def test_a_configuration_of_odd_types_is_shown_as_far_as_it_goes(
    settings: dict[str, object],
    tmp_path: Path,
    baked: bytes,  # noqa: F811
) -> None:
    facts, _ = image_facts(layout(tmp_path / "shop", files(**{CONTRACT: baked}), config=settings))
    assert facts["contract"]["name"] == "shop"
    assert all(line.isprintable() for line in facts_as_text(facts).splitlines())
