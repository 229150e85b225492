"""`confcontract validate --manifest` from end to end, in every format."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from confcontract.contract.artifact import Contract
from tests.fleet.made_fleet import HOSTILE
from tests.manifests.shop import CANARY, DATA, GOOD, POD, deployment
from tests.support.images import files, layout
from tests.support.inprocess import run_here
from tests.support.pages import ROOT

BAD = GOOD + (
    "env:\n- {name: SHOP_PORT, value: abc}\n- {name: SHOP_KEY, valueFrom: {secretKeyRef: {name: x, key: y}}}\n"
    "- {name: SHOP_WORKERS, valueFrom: {secretKeyRef: {name: wrong, key: number}}}\n"
)
NO_INTEGER = "should be a valid integer, unable to parse string as an integer"


@pytest.fixture(scope="module")
def contract_file(shop: Contract, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("contract") / "contract.json"
    shop.dump(path)
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(deployment(BAD), encoding="utf-8")
    return path


def test_text_says_what_where_and_what_to_do(contract_file: Path, bad: Path) -> None:
    done = run_here("validate", "--manifest", str(bad), "--contract", str(contract_file))
    assert done.returncode == 78
    assert done.stdout.splitlines()[:7] == [
        "Deployment shop, container app (shop 1.2): 2 errors, 1 not verifiable",
        "",
        f"error           SHOP_PORT [value-invalid] {NO_INTEGER}; got 'abc'",
        f"                in {bad}, line 17, column 29",
        "                do: set an integer, at most 65535",
        "",
        f"error           SHOP_WORKERS [value-invalid] {NO_INTEGER}",
    ]
    assert done.stdout.endswith("1 container judged: 2 errors, 1 not verifiable.\n")
    assert CANARY not in done.stdout + done.stderr


def test_json_has_an_outcome_for_what_can_not_be_verified(contract_file: Path, bad: Path) -> None:
    done = run_here("validate", "--manifest", str(bad), "--contract", str(contract_file), "--format", "json")
    told = json.loads(done.stdout)
    assert (told["exitCode"], told["outcome"]) == (78, "error")
    assert told["counts"] == {"error": 2, "not verifiable": 1, "warning": 0, "note": 0}
    [container] = told["containers"]
    found = {each["variable"]: (each["outcome"], each["line"], each["column"]) for each in container["problems"]}
    assert found["SHOP_PORT"] == ("error", 17, 29)
    assert found["SHOP_KEY"] == ("not verifiable", 18, 64)
    assert CANARY not in done.stdout


def test_sarif_has_regions_and_an_open_result_for_what_can_not_be_verified(contract_file: Path, bad: Path) -> None:
    done = run_here("validate", "--manifest", str(bad), "--contract", str(contract_file), "--format", "sarif")
    schema = json.loads((ROOT / "tests/compare/sarif-schema-2.1.0.json").read_text())
    jsonschema.Draft7Validator(schema).validate(json.loads(done.stdout))
    [run] = json.loads(done.stdout)["runs"]
    by_kind = {(each.get("kind", "fail"), each["level"]) for each in run["results"]}
    assert by_kind == {("fail", "error"), ("open", "none")}
    regions = [each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in run["results"]]
    assert sorted(regions)[:2] == [17, 18]
    assert len({each["partialFingerprints"]["confcontract/v1"] for each in run["results"]}) == 3
    assert CANARY not in done.stdout


@pytest.mark.parametrize("form", ["github", "sarif"])
def test_what_is_not_examined_is_said_to_programs_as_well(contract_file: Path, bad: Path, form: str) -> None:
    done = run_here("validate", "--manifest", str(bad), "--contract", str(contract_file), "--format", form)
    assert "variables that the image itself sets (ENV), and how it starts (ENTRYPOINT)" in done.stdout


def test_lines_that_are_about_the_same_have_fingerprints_of_their_own(contract_file: Path, tmp_path: Path) -> None:
    (tmp_path / "shop.env").write_text("SHOP_ONE\nSHOP_TWO\nSHOP_THREE\n")
    file = tmp_path / "compose.yaml"
    file.write_text("services: {shop: {image: shop, env_file: shop.env}}\n")
    done = run_here("validate", "--manifest", str(file), "--contract", str(contract_file), "--format", "sarif")
    [run] = json.loads(done.stdout)["runs"]
    marks = [each["partialFingerprints"]["confcontract/v1"] for each in run["results"]]
    assert len({*marks}) == len(marks) > 3


def test_annotations_are_at_their_lines(contract_file: Path, bad: Path) -> None:
    done = run_here("validate", "--manifest", str(bad), "--contract", str(contract_file), "--format", "github")
    assert f"::error file={bad},line=17,col=29,title=SHOP_PORT (value-invalid)::" in done.stdout
    assert "title=not verifiable%3A SHOP_KEY (value-unverifiable)::" in done.stdout
    assert CANARY not in done.stdout


def test_what_can_only_not_be_seen_ends_with_0_and_is_not_called_fine(contract_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(deployment("envFrom: [{secretRef: {name: elsewhere}}]"), encoding="utf-8")
    done = run_here("validate", "--manifest", str(path), "--contract", str(contract_file))
    assert done.returncode == 0
    assert done.stdout.endswith("1 container judged: 3 not verifiable.\n")


@pytest.mark.parametrize(
    ("inner", "codes"),
    [
        ("envFrom: [{secretRef: {name: elsewhere}}]", {"error": 0, "unverifiable": 1, "warning": 1}),
        (GOOD + "env: [{name: SHOP_WROKERS, value: '1'}]", {"error": 0, "unverifiable": 0, "warning": 1}),
        (GOOD, {"error": 0, "unverifiable": 0, "warning": 0}),
        (BAD, {"error": 78, "unverifiable": 78, "warning": 78}),
    ],
)
def test_what_ends_with_0_can_be_chosen(contract_file: Path, tmp_path: Path, inner: str, codes: dict[str, int]) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(deployment(inner), encoding="utf-8")
    asked = ("validate", "--manifest", str(path), "--contract", str(contract_file), "--format", "json", "--fail-on")
    done = {least: run_here(*asked, least) for least in codes}
    assert {least: each.returncode for least, each in done.items()} == codes
    assert {least: json.loads(each.stdout)["exitCode"] for least, each in done.items()} == codes


def test_fail_on_goes_with_manifests(contract_file: Path) -> None:
    done = run_here("validate", "--contract", str(contract_file), "--fail-on", "warning")
    assert done.returncode == 64
    assert "--fail-on go with --manifest" in done.stderr


def test_of_several_containers_the_contract_is_for_those_whose_image_or_label_fits(
    contract_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "all.yaml"
    sidecar = "- {name: proxy, image: registry.example/proxy:3}\n"
    other = POD.replace("name: shop}", "name: cart}").replace("app: shop", "app: cart").replace("/shop:", "/cart:")
    path.write_text(deployment(GOOD, pod=sidecar) + "---\n" + other, encoding="utf-8")
    done = run_here("validate", "--manifest", str(path), "--contract", str(contract_file), "--format", "json")
    told = {(each["name"], each["container"]): each for each in json.loads(done.stdout)["containers"]}
    assert {key: each["contract"] is not None for key, each in told.items()} == {
        ("shop", "app"): True,
        ("shop", "proxy"): False,
        ("cart", "app"): False,
    }
    assert told["shop", "proxy"]["outcome"] == "not verifiable"
    named = ("--contract", str(contract_file), "--container", "proxy")
    done = run_here("validate", "--manifest", str(path), *named, "--format", "json")
    assert [each["container"] for each in json.loads(done.stdout)["containers"] if each["contract"]] == ["proxy"]
    assert run_here("validate", "--manifest", str(path), *named[:3], "prox").returncode == 64


@pytest.mark.parametrize("ending", ["toml", "yaml", "json"])
def test_a_map_says_which_contract_goes_with_which_image(
    contract_file: Path, bad: Path, tmp_path: Path, ending: str
) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "shop.json").write_bytes(contract_file.read_bytes())
    line = {"toml": '"registry.example/sh*" = "{}"', "yaml": "registry.example/sh*: {}"}
    text = line.get(ending, '{{"registry.example/sh*": "{}"}}').format("contracts/shop.json")
    (tmp_path / f"map.{ending}").write_text(text)
    done = run_here("validate", "--manifest", str(bad), "--contracts", str(tmp_path / f"map.{ending}"))
    assert done.stdout.startswith("Deployment shop, container app (shop 1.2): 2 errors")
    (tmp_path / f"map.{ending}").write_text(text.replace("sh*", "other"))
    done = run_here("validate", "--manifest", str(bad), "--contracts", str(tmp_path / f"map.{ending}"))
    assert done.returncode == 78
    assert "no pattern in --contracts matches the image registry.example/shop:1.2" in done.stdout


def test_a_contract_of_a_map_that_can_not_be_used_is_an_error_of_its_containers_alone(
    contract_file: Path, tmp_path: Path
) -> None:
    other = "      - {name: side, image: registry.example/side:1}\n---\n"
    (tmp_path / "shop.yaml").write_text(deployment(GOOD).replace("---\n", other, 1))
    (tmp_path / "stale.json").write_text("{}")
    for named in ("absent.json", "stale.json", "oci:absent"):
        (tmp_path / "map.json").write_text(json.dumps({"*/shop*": str(contract_file), "*/side*": named}))
        asked = ("--manifest", str(tmp_path / "shop.yaml"), "--contracts", str(tmp_path / "map.json"))
        done = run_here("validate", *asked, "--format", "json")
        report = json.loads(done.stdout)
        found = {each["container"]: (each["outcome"], each["contract"] is None) for each in report["containers"]}
        assert found == {"app": ("fine", False), "side": ("error", True)}
        assert done.returncode == report["exitCode"] != 0
        assert report["problems"] == []


@pytest.mark.parametrize("text", ["[]", "3", '{"a": 1}', "{", '{"": ""}'])
def test_a_map_that_is_none_is_refused(bad: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "map.json").write_text(text)
    done = run_here("validate", "--manifest", str(bad), "--contracts", str(tmp_path / "map.json"))
    assert (done.returncode, "[manifest-malformed]" in done.stderr) == (78, True)


def test_without_a_contract_the_registry_is_asked_and_what_it_says_is_told(bad: Path) -> None:
    bad.write_text(bad.read_text().replace("registry.example", "127.0.0.1:1"))
    done = run_here("validate", "--manifest", str(bad))
    assert done.returncode == 78
    assert "[container-unjudged] there is no contract for it: docker://127.0.0.1:1/shop:1.2" in done.stdout
    assert "do: check the address, the network" in done.stdout


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_a_login_in_an_image_is_not_shown(contract_file: Path, bad: Path, tmp_path: Path, form: str) -> None:
    bad.write_text(bad.read_text().replace("registry.example", f"me:{CANARY}@127.0.0.1:1"))
    (tmp_path / "map.toml").write_text('"x" = "y"\n"me:*" = "docker://{image}"\n')
    (tmp_path / "other.toml").write_text('"x" = "y"\n')
    maps = [("--contracts", str(tmp_path / name)) for name in ("map.toml", "other.toml")]
    for words in ((), *maps, ("--contract", str(contract_file))):
        done = run_here("validate", "--manifest", str(bad), *words, "--format", form)
        assert done.returncode in (64, 78)
        assert CANARY not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--contracts", "x"),
        ("--container", "x"),
        ("--manifest", "x", "--env-file", "y"),
        ("--manifest", "x", "--model", "y:z"),
        ("--manifest", ""),
        ("--format", "sarif"),
    ],
)
def test_options_that_do_not_go_together_are_refused(words: tuple[str, ...]) -> None:
    assert run_here("validate", *words).returncode == 64


def test_a_folder_is_read_whole_and_a_configmap_may_be_in_another_file(contract_file: Path, tmp_path: Path) -> None:
    (tmp_path / "b" / ".git").mkdir(parents=True)
    (tmp_path / "b" / "data.yml").write_text(DATA)
    (tmp_path / "b" / ".git" / "x.yaml").write_text("{")
    (tmp_path / "a.yaml").write_text(deployment(GOOD, data=""))
    (tmp_path / "notes.txt").write_text("{")
    done = run_here("validate", "--manifest", str(tmp_path), "--contract", str(contract_file))
    assert (done.returncode, done.stdout.endswith("1 container judged: no problems.\n")) == (0, True)


def test_manifests_come_on_standard_input(contract_file: Path) -> None:
    import os

    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "w") as stream:
        stream.write(deployment(GOOD + "env: [{name: SHOP_PORT, value: abc}]"))
    kept = os.dup(0)
    try:
        os.dup2(read_end, 0)
        done = run_here("validate", "--manifest", "-", "--contract", str(contract_file))
    finally:
        os.dup2(kept, 0)
        os.close(kept)
        os.close(read_end)
    assert (done.returncode, "in <stdin>, line 16, column 33" in done.stdout) == (78, True), done.stdout


@pytest.mark.parametrize(
    ("key", "code", "message"),
    [
        ("KYE", "manifest-key-missing", "Secret mine has no key KYE: the container would not start"),
        (
            "RAW",
            "manifest-malformed",
            "Secret mine, key RAW: it is not UTF-8 text, which a variable's value must be",
        ),
    ],
)
def test_a_key_without_a_value_is_reported_once_and_not_as_unverifiable_too(
    contract_file: Path, tmp_path: Path, key: str, code: str, message: str
) -> None:
    wrong = GOOD + f"env:\n- {{name: SHOP_KEY, valueFrom: {{secretKeyRef: {{name: mine, key: {key}}}}}}}\n"
    secret = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: mine}\nstringData: {KEY: x}\ndata: {RAW: /w==}\n"
    (tmp_path / "shop.yaml").write_text(deployment(wrong) + secret)
    done = run_here("validate", "--manifest", str(tmp_path), "--contract", str(contract_file), "--format", "json")
    [container] = json.loads(done.stdout)["containers"]
    [found] = [each for each in container["problems"] if each.get("variable") == "SHOP_KEY"]
    assert (found["outcome"], found["code"], found["message"]) == ("error", code, message)


def test_a_file_that_is_not_there_is_one_error(contract_file: Path, tmp_path: Path) -> None:
    """Not a second one about the containers that are not in it."""
    done = run_here("validate", "--manifest", str(tmp_path / "absent.yaml"), "--contract", str(contract_file))
    assert done.returncode == 78
    assert done.stdout.endswith("0 containers judged: 1 error.\n")


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_names_are_shown_as_text_whatever_is_in_them(contract_file: Path, tmp_path: Path, form: str) -> None:
    wrong = [{"name": "SHOP_PORT", "value": "x"}, {"name": "CONFCONTRACT_ROLE", "value": HOSTILE[0]}]
    containers = [{"name": name, "image": f"shop:{name}", "env": wrong} for name in HOSTILE]
    spec = {"enableServiceLinks": False, "containers": containers}
    pods = [{"kind": "Pod", "apiVersion": "v1", "metadata": {"name": name}, "spec": spec} for name in HOSTILE[:2]]
    place = tmp_path / "##[error]\n::error::x\x1b.json"
    place.write_text(json.dumps({"kind": "List", "apiVersion": "v1", "items": pods}))
    done = run_here(
        "validate", "--manifest", str(place), "--contract", str(contract_file), "--container", "../up", "--format", form
    )
    assert (done.returncode, done.stderr) == (64, "")
    assert "SHOP_PORT" in done.stdout
    assert not re.search(r"[\x00-\x09\x0b-\x1f]|^(::error::x|##\[)", done.stdout, re.MULTILINE)


def test_a_container_that_could_not_be_read_is_not_called_unknown(contract_file: Path, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: [")
    words = ("--manifest", str(tmp_path / "x.yaml"), "--contract", str(contract_file), "--container", "web")
    done = run_here("validate", *words)
    assert (done.returncode, "[manifest-malformed]" in done.stdout) == (78, True)


IMAGE = (
    "PATH=/bin",
    "SHOP_HOST=image.example",
    "SHOP_PORT=abc",
    "SHOP_TITLE=x",
    "SHOP_WORKERS=x",
    "SHOP_TOKEN=t",
    "odd",
)


@pytest.mark.parametrize(
    ("inner", "wrong"),
    [
        ("", {("error", "SHOP_PORT"), ("error", "SHOP_WORKERS")}),
        ("env: [{name: SHOP_PORT, value: '1'}, {name: SHOP_WORKERS, value: '2'}]", set()),
        # what is not seen may replace it, and it is not among what $(NAME) looks through
        ("envFrom: [{configMapRef: {name: elsewhere}}]", {("not verifiable", "SHOP_PORT")}),
        (
            "env: [{name: SHOP_WORKERS, value: $(SHOP_PORT)}, {name: SHOP_PORT, value: '1'}]",
            {("error", "SHOP_WORKERS")},
        ),
    ],
)
def test_what_the_image_sets_is_the_lowest_source_where_the_contract_is_read_from_it(
    shop: Contract, contract_file: Path, tmp_path: Path, inner: str, wrong: set[tuple[str, str]]
) -> None:
    config = {"config": {"Env": [*IMAGE], "Cmd": ["python", "-m", "shop"]}}
    contract = layout(tmp_path / "image", files(**{"etc/confcontract/contract.json": shop.to_bytes()}), config=config)
    (tmp_path / "shop.yaml").write_text(deployment(inner, data=""))
    asked = ("validate", "--manifest", str(tmp_path / "shop.yaml"), "--format", "json", "--contract")
    [container] = json.loads(run_here(*asked, contract).stdout)["containers"]
    found = {(each["outcome"], each.get("variable")) for each in container["problems"]}
    assert found >= wrong
    assert {each for each in found if each[0] == "error"} == {each for each in wrong if each[0] == "error"}
    assert container["notExamined"] == []
    assert ("warning", "boot-bypassed") in {(each["outcome"], each["code"]) for each in container["problems"]}
    sources = {each["source"] for each in container["problems"] if not inner and each.get("variable") == "SHOP_PORT"}
    assert sources <= {"ENV of the image"}
    [container] = json.loads(run_here(*asked, str(contract_file)).stdout)["containers"]
    assert container["notExamined"] == ["variables that the image itself sets (ENV), and how it starts (ENTRYPOINT)"]
    assert not any(each.get("source") == "ENV of the image" for each in container["problems"])
