"""Each rule finds what is wrong in an image that was built so on purpose, and nothing in one that is right."""

from __future__ import annotations

import base64
import gzip
import json
import random
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from confcontract import Contract
from confcontract.audit.audit_rule import AuditFinding
from confcontract.audit.audited_image import PatternMatch
from confcontract.audit.image_audit import AuditedFacts, audit_image
from confcontract.audit.lock_file import read_lock_file
from confcontract.audit.pattern_scanners import Scanned
from confcontract.audit.rules import IDS, all_audit_rules
from confcontract.audit.secret_values import SecretValues, secret_values
from confcontract.secrets.store import Fetched
from tests.audit.right_image import CONTRACT, KEY, Made, lock, package
from tests.support.images import member

PASSWORD = "qw3rty-uiop"
ENVIRON = {
    "SHOP_KEY": KEY,
    "SHOP_DATABASE": f"postgres://app:{PASSWORD}@db/shop",
    "SHOP_LOGIN": json.dumps({"user": "somebody-known", "password": "in-json-only"}),
}


def values_of(contract: Contract) -> SecretValues:
    return secret_values(contract, ENVIRON, [], [], lambda _: Fetched())


def audited(made: Made, folder: Path, matches: Sequence[PatternMatch] = ()) -> AuditedFacts:
    reference = made.reference(folder / "image")
    locked = read_lock_file(str(folder / "image/requirements.txt"))
    return audit_image(reference, None, values_of, locked, lambda _: Scanned(matches))


def changed(change: Callable[[Made], Any]) -> Made:
    made = Made()
    change(made)
    return made


def labels(made: Made) -> dict[str, str]:
    return made.settings["Labels"]  # type: ignore[no-any-return]


def removed(path: str, content: bytes, **facts: Any) -> Callable[[Made], None]:
    """A file of the first layer that a later one removes."""

    def change(made: Made) -> None:
        folder, slash, name = path.rpartition("/")
        made.layers[0].append(member(path, content, **facts))
        made.above(member(f"{folder}{slash}.wh.{name}", b""))

    return change


def owned(path: str, **facts: Any) -> Any:
    info, content = member(path, b"x")
    for name, value in facts.items():
        setattr(info, name, value)
    return info, content


XATTR = {"SCHILY.xattr.user.note": f"see {KEY}"}
ENCODED = base64.b64encode(f"key={KEY}".encode())

# The rule, what is wrong, what it is about, the number of the layer.
WRONG: list[tuple[str, Callable[[Made], Any], str, int | None]] = [
    ("SECRET_IN_ENV", lambda made: made.settings["Env"].append("SHOP_KEY=other"), "SHOP_KEY", None),
    ("SECRET_IN_ENV", lambda made: made.settings["Env"].append("shop_login__password=x"), "shop_login__password", None),
    ("SECRET_IN_ENV", lambda made: made.settings["Env"].append("SHOP_DATABASE=db://a:b@c/d"), "SHOP_DATABASE", None),
    ("SECRET_IN_BUILD_ARG", lambda made: made.instruction("ARG SHOP_KEY"), "SHOP_KEY", None),
    ("SECRET_IN_BUILD_ARG", lambda made: made.instruction("/bin/sh -c #(nop)  ARG SHOP_KEY=x"), "SHOP_KEY", None),
    ("SECRET_IN_BUILD_ARG", lambda made: made.above(by="RUN |1 SHOP_KEY=x /bin/sh -c make"), "SHOP_KEY", None),
    ("SECRET_IN_HISTORY", lambda made: made.above(by="RUN SHOP_KEY='a b' make # buildkit"), "SHOP_KEY", 3),
    ("SECRET_IN_HISTORY", lambda made: made.instruction("ENV SHOP_KEY=replaced-later"), "SHOP_KEY", None),
    ("SECRET_IN_HISTORY", lambda made: made.instruction("ENV SHOP_KEY replaced-later"), "SHOP_KEY", None),
    ("SECRET_IN_HISTORY", lambda made: made.instruction("ENV\tSHOP_KEY\tseveral words = there"), "SHOP_KEY", None),
    ("SECRET_IN_HISTORY", lambda made: made.instruction("LABEL shop.key several words"), "shop.key", None),
    ("SECRET_IN_HISTORY", lambda made: made.instruction('LABEL a=b "shop-key"="c d"'), "shop-key", None),
    ("SECRET_IN_HISTORY", lambda made: made.above(by="""RUN echo '{"SHOP_KEY": "tok"}' > y"""), "SHOP_KEY", 3),
    ("SECRET_IN_HISTORY", lambda made: made.above(by=r"""RUN echo "{\"SHOP_KEY\":\"tok\"}" > y"""), "SHOP_KEY", 3),
    ("SECRET_IN_LABEL", lambda made: labels(made).update({"shop.key": "other"}), "shop.key", None),
    ("SECRET_IN_LABEL", lambda made: labels(made).update({"run": "docker run -e SHOP_KEY=o shop"}), "run", None),
    ("SECRET_IN_COMMAND", lambda made: made.settings["Cmd"].append("--shop-key=other"), "SHOP_KEY", None),
    ("SECRET_IN_COMMAND", lambda made: made.settings["Cmd"].extend(["--shop-key", "other"]), "SHOP_KEY", None),
    (
        "SECRET_IN_COMMAND",
        lambda made: made.settings.update(Healthcheck={"Test": ["CMD-SHELL", "SHOP_KEY=o probe"]}),
        "SHOP_KEY",
        None,
    ),
    ("SECRET_VALUE_IN_CONFIG", lambda made: labels(made).update(note=f"see {KEY}"), "SHOP_KEY", None),
    ("SECRET_VALUE_IN_CONFIG", lambda made: made.instruction(f"RUN echo {ENCODED.decode()}"), "SHOP_KEY", None),
    ("SECRET_VALUE_IN_CONFIG", lambda made: made.config["history"][0].update(comment=f"by {KEY}"), "SHOP_KEY", None),
    ("SECRET_VALUE_IN_CONFIG", lambda made: made.config["history"][0].update(author=KEY), "SHOP_KEY", None),
    ("SECRET_VALUE_IN_CONFIG", lambda made: made.annotations.update(note=KEY), "SHOP_KEY", None),
    ("SECRET_VALUE_IN_LAYER", lambda made: made.above(owned("srv/a", uname=PASSWORD)), "/srv/a", 3),
    ("SECRET_VALUE_IN_LAYER", lambda made: made.above(owned("srv/a", gname=PASSWORD)), "/srv/a", 3),
    ("SECRET_VALUE_IN_LAYER", lambda made: made.above(owned("srv/a", pax_headers=XATTR)), "/srv/a", 3),
    ("SECRET_VALUE_IN_LAYER", lambda made: made.above(owned("srv/.wh.a", pax_headers=XATTR)), "/srv/a", 3),
    ("SECRET_VALUE_IN_LAYER", lambda made: made.above(member("srv/a", KEY.encode())), "/srv/a", 3),
    ("SECRET_VALUE_IN_LAYER", lambda made: made.above(member("srv/a", PASSWORD.encode())), "/srv/a", 3),
    ("SECRET_VALUE_IN_LAYER", lambda made: made.above(member("srv/a", b"in-json-only")), "/srv/a", 3),
    ("SECRET_VALUE_IN_LAYER", lambda made: made.layers[0].append(member("a", ENCODED)), "/a", 1),
    (
        "SECRET_VALUE_IN_LAYER",
        removed("a", KEY.encode()),
        "/a",
        1,
    ),
    (
        "SECRET_VALUE_IN_LAYER",
        lambda made: made.above(member("a.gz", gzip.compress(b"x" * 99 + KEY.encode()))),
        "/a.gz",
        3,
    ),
    (
        "CONTRACT_LABEL",
        lambda made: labels(made).update({"confcontract.digest": "sha256:x"}),
        "confcontract.digest",
        None,
    ),
    ("CONTRACT_LABEL", lambda made: labels(made).pop("confcontract.digest"), "confcontract.digest", None),
    (
        "CONTRACT_ENGINE",
        lambda made: made.layers[1].extend(package("pydantic_core", "1.0", direct_url__json='{"url": "file:///x"}')),
        "pydantic_core",
        None,
    ),
    ("ENTRYPOINT_NOT_OURS", lambda made: made.settings.update(Entrypoint=["python", "-m", "shop"]), "ENTRYPOINT", None),
    (
        "ENTRYPOINT_NOT_OURS",
        lambda made: made.settings.update(Entrypoint=None, Cmd=["confcontract", "boot", "--", "shop"]),
        "ENTRYPOINT",
        None,
    ),
    (
        "ENTRYPOINT_SHELL",
        lambda made: made.settings.update(Entrypoint=["/bin/sh", "-c", "confcontract boot -- shop"]),
        "ENTRYPOINT",
        None,
    ),
    ("ENTRYPOINT_SHELL", lambda made: made.settings.update(Cmd=["/bin/sh", "-c", "python -m shop"]), "CMD", None),
    ("USER_ROOT", lambda made: made.settings.update(User=""), "USER", None),
    ("USER_ROOT", lambda made: made.settings.update(User="00:5"), "USER", None),
    ("USER_ROOT", lambda made: made.settings.update(User="root:root"), "USER", None),
    ("USER_ROOT", lambda made: made.settings.update(User="nobody-known"), "USER", None),
    ("USER_ROOT", lambda made: made.settings.update(User="shop"), "USER", None),
    (
        "LOCK_WITHOUT_HASHES",
        lambda made: setattr(made, "lock", lock() + "six==1.0 ; sys_platform == 'win32'\n"),
        "six",
        None,
    ),
    ("LOCK_WITHOUT_HASHES", lambda made: setattr(made, "lock", lock() + "six>=1\n"), "six", None),
    ("INSTALLED_NOT_LOCKED", lambda made: setattr(made, "lock", lock(pydantic="2.13.0")), "pydantic", 2),
    ("INSTALLED_NOT_LOCKED", lambda made: setattr(made, "lock", lock("six==1.16")), "six", None),
    ("INSTALLED_NOT_LOCKED", lambda made: made.above(*package("six", "1.16")), "six", 3),
    (
        "BASE_NOT_PINNED",
        lambda made: labels(made).update({"org.opencontainers.image.base.name": "python:3"}),
        "FROM",
        None,
    ),
    ("BASE_NOT_PINNED", lambda made: labels(made).pop("org.opencontainers.image.base.name"), "FROM", None),
    ("CREATED_NOT_REPRODUCIBLE", lambda made: made.config.update(created="2026-01-01T00:00:07Z"), "created", None),
    ("WORLD_WRITABLE", lambda made: made.above(member("srv", mode=0o777)), "/srv", 3),
    ("WORLD_WRITABLE", lambda made: made.above(member("srv/a", b"x", mode=0o666)), "/srv/a", 3),
    ("SETUID", lambda made: made.above(member("usr/bin/su", b"x", mode=0o4755)), "/usr/bin/su", 3),
    ("SETUID", lambda made: made.above(member("usr/bin/wall", b"x", mode=0o2755)), "/usr/bin/wall", 3),
    ("ENV_FILE", lambda made: made.above(member("app/.env", b"A=1")), "/app/.env", 3),
    (
        "ENV_FILE",
        removed(".env.prod", b"A=1"),
        "/.env.prod",
        1,
    ),
    ("GIT_FOLDER", lambda made: made.above(member("app/.git"), member("app/.git/HEAD", b"ref")), "/app/.git", 3),
    ("PACKAGE_CACHE", lambda made: made.above(member("var/lib/apt/lists/x_Packages", b"x")), "/var/lib/apt/lists", 3),
    ("PACKAGE_CACHE", lambda made: made.above(member("home/app/.cache/pip/http/a", b"x")), "/home/app/.cache/pip", 3),
]


def test_the_right_image_has_no_finding(tmp_path: Path) -> None:
    facts = audited(Made(), tmp_path)
    assert [*facts.findings] == []
    assert facts.contract == "shop 1.4.0"
    assert set(facts.searched) == {"SHOP_KEY", "SHOP_DATABASE", "SHOP_LOGIN"}


@pytest.mark.parametrize("rule,change,about,layer", WRONG, ids=[f"{n}-{each[0]}" for n, each in enumerate(WRONG)])
def test_a_rule_finds_what_is_wrong_and_no_other_rule_does(
    rule: str, change: Callable[[Made], Any], about: str, layer: int | None, tmp_path: Path
) -> None:
    facts = audited(changed(change), tmp_path)
    assert [(each.rule, each.about, each.layer) for each in facts.findings] == [(rule, about, layer)]
    shown = repr(facts)
    assert not [value for value in (KEY, PASSWORD, "in-json-only", ENCODED.decode()) if value in shown]


def test_every_rule_has_an_image_that_is_wrong() -> None:
    elsewhere = {"CONTRACT_MISSING", "SECRET_PATTERN"}
    assert {each[0] for each in WRONG} | elsewhere == set(IDS)


def test_a_scanners_finding_is_carried_over_with_its_layer(tmp_path: Path) -> None:
    facts = audited(Made(), tmp_path, [PatternMatch("trivy", "AWS Access Key ID (aws-access-key-id)", "app/a.py", 1)])
    (found,) = facts.findings
    assert (found.rule, found.about, found.layer) == ("SECRET_PATTERN", "/app/a.py", 2)
    assert found.instruction == "COPY /app/venv venv # buildkit"


@pytest.mark.parametrize("content", [None, b"{}", CONTRACT.to_bytes().replace(b"8000", b"8001")])
def test_without_a_contract_the_rest_is_still_looked_at(content: bytes | None, tmp_path: Path) -> None:
    made = Made()
    made.layers[2] = [member("etc/confcontract/contract.json", content)] if content else []
    made.settings["User"] = ""
    facts = audited(made, tmp_path)
    assert [each.rule for each in facts.findings] == ["CONTRACT_MISSING", "USER_ROOT"]
    assert facts.unexamined[0].startswith("secrets:")


RIGHT: list[Callable[[Made], Any]] = [
    lambda made: made.settings["Env"].append("SHOP_KEY=vault:secret/shop#key"),
    lambda made: made.settings["Env"].append("SHOP_KEY_FILE=/run/secrets/key"),
    lambda made: made.settings["Env"].append("SHOP_DATABASE=postgres://db/shop"),
    lambda made: made.above(by="RUN --mount=type=secret,id=SHOP_KEY,env=SHOP_KEY make"),
    lambda made: made.above(by="""RUN echo '{"SHOP_KEY": "'"$KEY"'"}' > y"""),
    lambda made: made.above(by="""RUN echo '{"SHOP_KEY": "$KEY"}' | envsubst"""),
    lambda made: made.instruction("ENV SHOP_PORT 8000"),
    lambda made: made.instruction("ENV SHOP_KEY ${KEY}"),
    lambda made: made.above(by='RUN SHOP_KEY="$(cat /run/secrets/key)" make'),
    lambda made: made.settings.update(Entrypoint=["/usr/bin/tini", "--", "/app/venv/bin/confcontract", "boot", "--"]),
    lambda made: made.settings.update(Cmd=["/bin/sh", "-c", "exec python -m shop"]),
    lambda made: made.above(member("srv/users", b"somebody-known")),
    lambda made: made.config.update(created="1970-01-01T00:00:00Z"),
    lambda made: made.above(member("app/.env.example", b"A=1"), member("app/.gitignore", b"x")),
    lambda made: made.above(member("srv", link="/app", mode=0o777), member("var/mail", mode=0o2775)),
    removed("usr/bin/su", b"x", mode=0o4755),
    lambda made: setattr(made, "lock", lock("six==1 ; python_version < '3'")),
    lambda made: made.layers[0].extend(
        [member("usr/lib/python3/dist-packages/apt-2.dist-info/METADATA", b"Name: apt\n")]
    ),
    lambda made: labels(made).update(
        {"org.opencontainers.image.base.name": "", "org.opencontainers.image.base.digest": "sha256:" + "1" * 64}
    ),
]


@pytest.mark.parametrize("change", RIGHT, ids=range(len(RIGHT)))
def test_what_is_right_is_not_reported(change: Callable[[Made], Any], tmp_path: Path) -> None:
    assert [*audited(changed(change), tmp_path).findings] == []


def test_the_instruction_is_named_without_what_it_gives_away(tmp_path: Path) -> None:
    made = Made()
    made.above(member("a", KEY.encode()), by=f"RUN SHOP_KEY={KEY} DB_PASSWORD=hunter22 make # buildkit")
    by_rule: dict[str, AuditFinding] = {each.rule: each for each in audited(made, tmp_path).findings}
    assert set(by_rule) == {"SECRET_IN_HISTORY", "SECRET_VALUE_IN_CONFIG", "SECRET_VALUE_IN_LAYER"}
    assert by_rule["SECRET_VALUE_IN_LAYER"].instruction == "RUN SHOP_KEY=*** DB_PASSWORD=*** make # buildkit"


@pytest.mark.parametrize(
    "rule,change",
    [
        ("SECRET_IN_ENV", lambda made: made.settings["Env"].append("SHOP_KEY=two words")),
        ("SECRET_IN_LABEL", lambda made: labels(made).update({"SHOP_KEY": "two words"})),
    ],
)
def test_what_is_still_in_the_configuration_is_reported_there_only(
    rule: str, change: Callable[[Made], Any], tmp_path: Path
) -> None:
    made = changed(change)
    word = rule.removeprefix("SECRET_IN_")
    made.instruction(f"{word} SHOP_KEY two words")
    made.instruction(f"{word} SHOP_KEY=two words")
    assert [each.rule for each in audited(made, tmp_path).findings] == [rule]


def test_what_the_configuration_has_of_another_name_or_value_is_reported_of_the_history_as_well(tmp_path: Path) -> None:
    made = Made()
    made.settings["Env"] += ["SHOP_KEY=tok-and-more", "NOTE=SHOP_KEY=old"]
    made.instruction("ENV SHOP_KEY=tok")
    assert {each.rule for each in audited(made, tmp_path).findings} == {"SECRET_IN_ENV", "SECRET_IN_HISTORY"}


def test_a_command_of_the_history_that_the_image_still_has_is_reported_there_only(tmp_path: Path) -> None:
    made = Made()
    made.settings.update(Cmd=["/bin/sh", "-c", "exec env SHOP_KEY='a b' shop"])
    made.instruction("""CMD ["/bin/sh" "-c" "exec env SHOP_KEY='a b' shop"]""")
    assert {each.rule for each in audited(made, tmp_path).findings} == {"SECRET_IN_COMMAND"}


def test_a_value_in_the_annotation_of_a_layer_is_found(tmp_path: Path) -> None:
    made = Made()
    made.layer_annotations["note"] = f"{KEY}"
    found = audited(made, tmp_path).findings
    assert {(each.rule, each.about) for each in found} == {("SECRET_VALUE_IN_CONFIG", "SHOP_KEY")}
    assert [f"the annotation note of layer {n}" in each.sentence for n, each in enumerate(found, 1)] == [True] * 3
    assert KEY not in repr(found)


def test_an_instruction_is_named_without_what_its_json_gives_away(tmp_path: Path) -> None:
    made = Made()
    made.above(by="""RUN echo '{"SHOP_KEY": "tok", "a": 1}' > y""")
    (found,) = audited(made, tmp_path).findings
    assert found.instruction == """RUN echo '{"SHOP_KEY": ***, "a": 1}' > y"""


def test_a_file_that_is_called_like_a_value_is_named_without_it(tmp_path: Path) -> None:
    made = Made()
    made.above(member(f"srv/{PASSWORD}.txt", b"x"))
    (found,) = audited(made, tmp_path).findings
    assert (found.rule, found.about) == ("SECRET_VALUE_IN_LAYER", "/srv/***.txt")


def test_fingerprints_stay_from_build_to_build(tmp_path: Path) -> None:
    one, other = Made(), Made()
    one.above(member("srv", mode=0o777))
    other.above(member("a", b"1"))
    other.above(member("srv", mode=0o757))
    (tmp_path / "other").mkdir()
    prints = {
        each.fingerprint
        for made, at in ((one, "."), (other, "other"))
        for each in audited(made, tmp_path / at).findings
    }
    assert len(prints) == 1


def test_each_secret_in_one_place_is_approved_by_itself(tmp_path: Path) -> None:
    made = Made()
    made.above(member("srv/a", f"{KEY} {PASSWORD}".encode()))
    labels(made).update(note=f"{KEY} {PASSWORD}")
    patterns = [PatternMatch("trivy", kind, "srv/a", 2) for kind in ("AWS key", "GitHub token")]
    facts = audited(made, tmp_path, patterns)
    rules = ("SECRET_PATTERN", "SECRET_VALUE_IN_CONFIG", "SECRET_VALUE_IN_LAYER")
    assert sorted(each.rule for each in facts.findings) == sorted(rules * 2)
    assert len({each.fingerprint for each in facts.findings}) == 6


def test_rules_say_what_they_find_and_what_to_do() -> None:
    for rule in all_audit_rules().values():
        assert rule.id == rule.id.upper()
        assert rule.purpose.endswith(".")
        assert rule.remedy.endswith(".")


def test_what_the_values_are_searched_for_is_said_where_it_is_not(tmp_path: Path) -> None:
    reference = Made().reference(tmp_path / "image")

    def short(contract: Contract) -> SecretValues:
        return secret_values(contract, {"SHOP_KEY": "short"}, [], [], lambda _: Fetched())

    facts = audit_image(reference, None, short, None, lambda _: Scanned())
    assert any("SHOP_KEY below 8 characters" in each for each in facts.unexamined)
    assert any("SHOP_LOGIN" in each and "unknown" in each for each in facts.unexamined)
    assert any("--lock" in each for each in facts.unexamined)


def test_the_memory_of_an_audit_does_not_grow_with_the_files(tmp_path: Path) -> None:
    """16 MB in one file, searched as it is and, compressed, inside of another."""
    made = Made()
    content = random.Random(3).randbytes(1 << 20) * 16
    made.above(member("srv/large", content), member("srv/large.gz", gzip.compress(content, 1)))
    reference = made.reference(tmp_path / "image")
    del content
    made.layers.clear()
    tracemalloc.start()
    try:
        facts = audit_image(reference, None, values_of, None, lambda _: Scanned())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [*facts.findings] == []
    assert most < 10 << 20


SHELL_TOOLS = ["chfn", "chsh", "gpasswd", "su"]


def with_tools(*more: str) -> Callable[[Made], None]:
    """The oldest layer is that of a distribution."""

    def change(made: Made) -> None:
        made.layers[0] += [member(f"usr/bin/{name}", b"x", mode=0o4755) for name in (*SHELL_TOOLS, *more)]
        made.layers[0].append(member("usr/sbin/unix_chkpwd", b"x", mode=0o2755))

    return change


def test_many_programs_of_one_layer_are_one_finding_with_all_their_names(tmp_path: Path) -> None:
    made = changed(with_tools())
    made.above(member("usr/local/bin/helper", b"x", mode=0o4755))
    own, base = sorted(audited(made, tmp_path).findings, key=lambda each: each.about, reverse=True)
    assert (own.about, own.layer, own.files) == ("/usr/local/bin/helper", 3, ())
    assert (base.about, base.layer, base.instruction) == ("/usr", 1, "/bin/sh -c #(nop) ADD file:base in / ")
    assert base.sentence == (
        "has 5 programs with the rights of their owner or group, setuid or setgid: "
        "bin/chfn, bin/chsh, bin/gpasswd, bin/su, sbin/unix_chkpwd"
    )
    assert base.files == tuple(f"/usr/{name}" for name in base.sentence.partition(": ")[2].split(", "))


def test_files_that_are_one_finding_are_approved_together_and_not_with_one_more(tmp_path: Path) -> None:
    def print_of(change: Callable[[Made], None], name: str) -> str:
        (found,) = audited(changed(change), tmp_path / name).findings
        return found.fingerprint

    same = print_of(with_tools(), "a")
    assert print_of(with_tools(), "b") == same
    assert print_of(with_tools("sudo"), "c") != same


def test_a_folder_that_everybody_may_write_is_one_finding(tmp_path: Path) -> None:
    made = Made()
    made.above(*(member(f"srv/shop/{number}", b"x", mode=0o666) for number in range(5000)), by="RUN chmod -R a+w /srv")
    (found,) = audited(made, tmp_path).findings
    assert (found.rule, found.about, len(found.files)) == ("WORLD_WRITABLE", "/srv/shop", 5000)
    assert found.sentence.startswith(
        "has 5,000 files and directories that every user of the container can write: 0, 1, "
    )
    assert found.sentence.endswith(" and 4,988 more")


def test_more_files_than_are_kept_are_said_not_to_be_examined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("confcontract.audit.image_walk.MOST_PICKED", 5)
    monkeypatch.setattr("confcontract.audit.image_walk.MOST_VALUES", 5)
    made = Made()
    made.above(*(member(f"srv/{number}", KEY.encode(), mode=0o666) for number in range(6)))
    unexamined = audited(made, tmp_path).unexamined
    assert "WORLD_WRITABLE: all beyond 5 files or directories" in unexamined
    assert "values of secrets: all beyond 5 places" in unexamined


def test_a_file_in_a_long_list_is_named_without_a_value(tmp_path: Path) -> None:
    made = Made()
    made.above(*(member(f"srv/{PASSWORD}/{number}", b"x", mode=0o666) for number in range(5)))
    facts = audited(made, tmp_path)
    assert PASSWORD not in repr(facts)
    assert "/srv/***/0" in [each for found in facts.findings for each in found.files]
