"""Secrets: what can be the matter with what is stored."""

from __future__ import annotations

from tests.faults.case import Verdict, case
from tests.faults.stage import Stage
from tests.support.vault import faulty


@case("Secrets", "KV2: path missing")
def missing(stage: Stage) -> Verdict:
    return stage.gives_up("secret/nothing#password")


@case("Secrets", "KV1: path missing")
def missing_one(stage: Stage) -> Verdict:
    return stage.gives_up("legacy/nothing#password")


@case("Secrets", "KV2: key absent")
def key_absent(stage: Stage) -> Verdict:
    return stage.gives_up("secret/shop#nothing")


@case("Secrets", "KV1: key absent")
def key_absent_one(stage: Stage) -> Verdict:
    return stage.gives_up("legacy/shop#nothing")


@case("Secrets", "KV2: deleted")
def deleted(stage: Stage) -> Verdict:
    stage.bao.put("deleted", {"k": "v"})
    stage.bao.do("DELETE", "secret/data/deleted")
    return stage.gives_up("secret/deleted#k")


@case("Secrets", "KV1: deleted")
def deleted_one(stage: Stage) -> Verdict:
    stage.bao.do("POST", "legacy/deleted", {"k": "v"})
    stage.bao.do("DELETE", "legacy/deleted")
    return stage.gives_up("legacy/deleted#k")


@case("Secrets", "KV2: destroyed")
def destroyed(stage: Stage) -> Verdict:
    stage.bao.do("DELETE", "secret/metadata/destroyed")
    stage.bao.put("destroyed", {"k": "v"})
    stage.bao.do("PUT", "secret/destroy/destroyed", {"versions": [1]})
    return stage.gives_up("secret/destroyed#k")


@case("Secrets", "no such mount")
def no_mount(stage: Stage) -> Verdict:
    return stage.gives_up("nowhere/shop#password")


@case("Secrets", "permission denied")
def denied(stage: Stage) -> Verdict:
    return stage.gives_up("secret/forbidden#k", VAULT_TOKEN=stage.bao.make_token("shop"))


def _value(name: str, value: object, expected: str | None) -> None:
    @case("Secrets", f"KV2: value is {name}")
    def two(stage: Stage) -> Verdict:
        stage.bao.put("value", {"k": value})
        verdict = stage.boot("secret/value#k")
        if expected is not None:
            assert verdict.value == expected
        return verdict

    @case("Secrets", f"KV1: value is {name}")
    def one(stage: Stage) -> Verdict:
        stage.bao.do("POST", "legacy/value", {"k": value})
        verdict = stage.boot("legacy/value#k")
        if expected is not None:
            assert verdict.value == expected
        return verdict


_value("null", None, None)
_value("nested", {"a": [1, {"b": None}]}, '{"a":[1,{"b":null}]}')
_value("empty", "", None)
_value("text with NUL", "a\0b", None)
_value("text with newlines", "-----BEGIN-----\nx\n", "-----BEGIN-----\nx\n")
_value("100 kB", "x" * 100_000, "x" * 100_000)


@case("Secrets", "a value longer than one variable can hold (200 kB)")
def huge(stage: Stage) -> Verdict:
    stage.bao.put("huge", {"k": "x" * 200_000})
    return stage.boot("secret/huge#k")


@case("Secrets", "version pinned")
def pinned(stage: Stage) -> Verdict:
    stage.bao.do("DELETE", "secret/metadata/pinned")
    stage.bao.put("pinned", {"k": "one"})
    stage.bao.put("pinned", {"k": "two"})
    verdict = stage.boot("secret/pinned#k@1")
    assert verdict.value == "one"
    return verdict


@case("Secrets", "version pinned that never was")
def never(stage: Stage) -> Verdict:
    return stage.gives_up("secret/shop#password@99")


@case("Secrets", "version pinned that is deleted")
def pinned_deleted(stage: Stage) -> Verdict:
    stage.bao.put("old", {"k": "one"})
    stage.bao.put("old", {"k": "two"})
    stage.bao.do("POST", "secret/delete/old", {"versions": [1]})
    return stage.gives_up("secret/old#k@1")


@case("Secrets", "version pinned that is destroyed")
def pinned_destroyed(stage: Stage) -> Verdict:
    stage.bao.put("older", {"k": "one"})
    stage.bao.put("older", {"k": "two"})
    stage.bao.do("PUT", "secret/destroy/older", {"versions": [1]})
    return stage.gives_up("secret/older#k@1")


@case("Secrets", "version of an engine that keeps none")
def versionless(stage: Stage) -> Verdict:
    return stage.gives_up("legacy/shop#password@1")


@case("Secrets", "mount look-up denied")
def look_up_denied(stage: Stage) -> Verdict:
    return stage.fails(faulty.says(403, "permission denied"), where="sys/internal/ui/mounts")


@case("Secrets", "mount look-up denied, CONFCONTRACT_VAULT_KV_VERSION=2")
def look_up_not_needed(stage: Stage) -> Verdict:
    stage.fault(faulty.says(403, "permission denied"), where="sys/internal/ui/mounts")
    return stage.boot(CONFCONTRACT_VAULT_KV_VERSION="2")


@case("Secrets", "rotated between two reads of one contract")
def rotated(stage: Stage) -> Verdict:
    """User and password of one path come from one read: never the old one of the one with the new one of the other."""
    stage.bao.do("DELETE", "secret/metadata/rotating")
    stage.bao.put("rotating", {"host": "old", "password": "old"})
    stage.once(lambda _: stage.bao.put("rotating", {"host": "new", "password": "new"}))
    stage.given["SHOP_HOST"] = "vault:secret/rotating#host"
    verdict = stage.boot("secret/rotating#password")
    assert stage.proxy.count("secret/data/rotating") == 1
    return verdict


@case("Secrets", "a reference that is invalid")
def rubbish(stage: Stage) -> Verdict:
    return stage.gives_up(f"{stage.canary}")


@case("Secrets", "fallback: the first is absent")
def fallback(stage: Stage) -> Verdict:
    return stage.boot("secret/nothing#k|secret/shop#password")


@case("Secrets", "fallback: the first is denied")
def fallback_denied(stage: Stage) -> Verdict:
    return stage.gives_up("secret/forbidden#k|secret/shop#password", VAULT_TOKEN=stage.bao.make_token("shop"))
