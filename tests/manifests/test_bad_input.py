"""Whatever is in a file: what is wrong is told with its place, nothing is raised, and no value is shown."""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from confcontract.contract.artifact import Contract
from confcontract.host.sourcefile import PATIENCE
from confcontract.manifests.data_lookup import DataObjects
from confcontract.manifests.read_manifests import read_manifests
from confcontract.manifests.workload import DataObject, FilePlace, Manifests
from tests.manifests.shop import CANARY, DATA, GOOD, POD, deployment, judged

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def read(folder: Path, text: str | bytes, name: str = "x.yaml") -> Manifests:
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_manifests([file])


@pytest.mark.parametrize(
    ("text", "code", "words", "line"),
    [
        ("a: [1", "manifest-malformed", "is not valid YAML", 2),
        ("a: 1\n---\nb: {\n", "manifest-malformed", "is not valid YAML", 4),
        ("- 1\n", "manifest-malformed", "is not a Kubernetes object", 1),
        ("text\n", "manifest-malformed", "is not a Kubernetes object", 1),
        ("a: !!python/object:os.system x\n", "manifest-malformed", "has a tag of a custom type", 1),
        ("a: *nowhere\n", "manifest-malformed", "has an alias without an anchor", 1),
        ("a: &a {b: *a}\n", "manifest-malformed", "aliases that expand to more than", 1),
        (BOMB, "manifest-malformed", "aliases that expand to more than", 1),
        ("{" * 2000, "manifest-malformed", "", 0),
        (b"a: \xff\n", "manifest-unreadable", "is not UTF-8 text", 1),
        ("a: \x01\n", "manifest-malformed", "has a character that YAML does not allow", 1),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {A: x}\ndata: {A: y}\n",
            "manifest-malformed",
            "has the key 'data' twice",
            5,
        ),
        (
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  A: '%%'\n",
            "manifest-malformed",
            "data.A is not base64",
            5,
        ),
        ("kind: Pod\napiVersion: v1\nspec: 3\n", "manifest-malformed", "spec must be a mapping", 3),
        ("kind: Pod\napiVersion: v1\nspec: {containers: {}}\n", "manifest-malformed", "must be a list", 3),
        ("kind: Pod\napiVersion: v1\n", "manifest-malformed", "has no spec", 1),
        ("kind: Deployment\napiVersion: v1\nspec: {}\n", "manifest-malformed", "has no spec", 3),
        (
            "kind: Pod\napiVersion: v1\nspec: {containers: [{name: a, env: [{name: 'A=B', value: x}]}]}\n",
            "manifest-malformed",
            "'A…' can't be the name of an environment variable",
            3,
        ),
        (
            "kind: Pod\napiVersion: v1\nspec: {containers: [{name: a, env: [{name: 'A B', value: x}]}]}\n",
            "manifest-malformed",
            "'A…' is a name that Kubernetes refuses before 1.32, and is not checked",
            3,
        ),
        (
            "replicas: {{ .Values.replicas }}\n",
            "manifest-not-rendered",
            "is a Helm template that was not rendered",
            1,
        ),
        ('a: 1\nb: {{- include "shop.labels" . }}\n', "manifest-not-rendered", "Helm template", 2),
        ("kind: Pod\n{{- if .Values.x }}\na: 1\n{{- end }}\n", "manifest-not-rendered", "Helm template", 2),
        ("{{ range $x := .Values.y }}\nkind: Pod\n", "manifest-not-rendered", "Helm template", 1),
        ("a: 1\n", "manifest-ignored", "neither a Kubernetes object (it has no apiVersion or kind)", 1),
        ("kind: Ingress\napiVersion: v1\n", "manifest-ignored", "Ingress is not a known kind of workload", 1),
        ("kind: Kustomization\napiVersion: v1\n", "manifest-ignored", "is a kustomization", 1),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, text: str | bytes, code: str, words: str, line: int
) -> None:
    began = time.process_time()
    problems = read(tmp_path, text).problems
    fitting = [each for each in problems if each.problem.code == code and words in each.problem.message]
    assert fitting, problems
    assert not line or fitting[0].place.line == line
    assert time.process_time() - began < 10


def test_a_template_in_a_value_is_not_helms(tmp_path: Path) -> None:
    alert = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n    {{ if gt $v 1 }}x{{ end }}\n"
    manifests = read(tmp_path, deployment(GOOD) + alert)
    assert (len(manifests.workloads), manifests.problems) == (1, ())


def test_nothing_is_in_an_empty_file(tmp_path: Path) -> None:
    for text in ("", "# only words\n", "---\n---\n", "\ufeff"):
        assert read(tmp_path, text) == Manifests(())


def test_what_is_before_a_broken_document_counts(tmp_path: Path) -> None:
    manifests = read(tmp_path, deployment(GOOD) + "---\na: [\n")
    assert (len(manifests.workloads), len(manifests.problems)) == (1, 1)


def test_anchors_and_merges_are_followed(tmp_path: Path) -> None:
    text = (
        POD + "        env: &env\n        - &one {name: A, value: x}\n      - {name: b, env: [{<<: *one, name: B}]}\n"
    )
    [workload] = read(tmp_path, text).workloads
    assert [each.values for each in workload.containers] == [{"A": "x"}, {"B": "x"}]


def test_binary_data_is_no_text_and_no_problem_until_somebody_wants_it(tmp_path: Path) -> None:
    binary = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\ndata: {K: /w==}\n"
    assert read(tmp_path, deployment(GOOD) + binary).problems == ()
    wanted = "env: [{name: A, valueFrom: {secretKeyRef: {name: b, key: K}}}]\n"
    [workload] = read(tmp_path, deployment(GOOD + wanted) + binary).workloads
    [found] = workload.containers[0].found
    assert "is not UTF-8 text" in found.problem.message


def test_the_same_configmap_twice_is_told(tmp_path: Path) -> None:
    [problem] = read(tmp_path, DATA + DATA.partition("---\napiVersion: v1\nkind: Secret")[0]).problems
    assert (problem.problem.severity, problem.place.line) == ("warning", 21)


def test_ten_megabytes_are_read(tmp_path: Path) -> None:
    lines = "".join(f'  K{number}: "value number {number} of a map that is not small"\n' for number in range(20_000))
    began = time.process_time()
    manifests = read(tmp_path, f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n{lines}")
    small = time.process_time() - began
    assert len(manifests.config_maps[0].keys) == 20_000
    assert small < 10  # of 1 MB; it grows with the size
    too_large = tmp_path / "huge.yaml"
    with too_large.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    [problem] = read_manifests([too_large]).problems
    assert (problem.problem.code, "is larger than" in problem.problem.message) == ("manifest-unreadable", True)


def test_thousands_of_names_that_are_not_there_are_looked_for_in_linear_time() -> None:
    place = FilePlace("x")
    data = DataObjects([DataObject("ConfigMap", f"shop-{number}", None, {}, {}, place) for number in range(2000)])
    began = time.process_time()
    said = [data.why_absent("ConfigMap", f"shp-{number}") for number in range(2000)]
    assert time.process_time() - began < 3  # ten seconds where each time all names are made ready
    assert said[7].endswith("did you mean shop-7?")


def test_thousands_of_faults_are_told_in_linear_time(tmp_path: Path) -> None:
    one = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a%s}\ndata: {A: 1, B: 2}\n"
    began = time.process_time()
    problems = read(tmp_path, "---\n".join(one % number for number in range(1000))).problems
    assert time.process_time() - began < 3  # six seconds where each is looked for among all
    assert len(problems) == 2000


@pytest.mark.parametrize("name", ["nothing.yaml", "empty"])
def test_what_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    [problem] = read_manifests([tmp_path / name]).problems
    assert problem.problem.code == "manifest-unreadable"


def test_a_key_that_kubernetes_refuses_is_told_and_not_taken(tmp_path: Path) -> None:
    keys = (
        f'{{"../up": x, "..": x, ".": x, "a/b": x, "n\\0": x, "": x, "A={CANARY}": x, {"k" * 254}: x, fine.toml_-: x}}'
    )
    manifests = read(tmp_path, f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata: {keys}\n")
    assert [*manifests.config_maps[0].keys] == ["fine.toml_-"]
    assert len(manifests.problems) == 8
    assert CANARY not in repr([each.problem.as_dict() for each in manifests.problems])


@pytest.mark.parametrize(
    "mounts",
    [
        "[{name: v, mountPath: /a}, {name: v, mountPath: /a/SHOP_HOST/in}]",
        "[{name: v, mountPath: /, subPath: SHOP_HOST}]",
        f'[{{name: v, mountPath: "/a\\0"}}, {{name: v, mountPath: /{"long" * 64}}}, {{name: v, mountPath: /{"a/" * 2000}}}]',
    ],
)
def test_files_that_no_container_can_have_are_told(shop: Contract, tmp_path: Path, mounts: str) -> None:
    text = deployment(f"{GOOD}volumeMounts: {mounts}\n", pod="volumes: [{name: v, configMap: {name: shop}}]\n")
    notes = [
        each for each in judged(shop, tmp_path, text).problems if "no container has a file" in each.problem.message
    ]
    assert notes
    assert not any(each.verifiable for each in notes)


def test_no_message_has_a_value_in_it(tmp_path: Path) -> None:
    for text in (
        f"a: !{CANARY} x\n",
        f"a: *{CANARY}\n",
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata: {{A: '%{CANARY}'}}\n",
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData: {{A: [{CANARY}]}}\n",
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\nstringData:\n  A: '{CANARY}\n",
        f'apiVersion: v1\nkind: Secret\nstringData: {{A: "{CANARY}" {CANARY}}}\n',
        f"apiVersion: v1\nkind: Pod\nspec: {{containers: [{{name: a, env: [{{name: SHOP_KEY={CANARY}}}]}}]}}\n",
    ):
        problems = read(tmp_path, text).problems
        assert problems
        assert CANARY not in repr([each.problem.as_dict() for each in problems])


def test_a_pipe_that_was_not_named_is_refused_at_once_and_one_that_was_is_read(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    pipes = [tmp_path / name for name in (".env", "x.env", "folder/x.yaml")]
    for pipe in pipes:
        os.mkfifo(pipe)
    (tmp_path / "compose.yaml").write_text("services: {shop: {image: shop, env_file: x.env}}\n")
    began = time.monotonic()
    for environ in ({**os.environ}, {"PATH": "/nowhere"}):
        [workload] = read_manifests([tmp_path / "compose.yaml"], environ).workloads
        [unseen] = workload.containers[0].unseen_sources
        assert unseen.why == "the env file x.env is a pipe, which is not read here"
    [problem] = read_manifests([tmp_path / "folder"]).problems
    assert problem.problem.message.endswith("x.yaml is a pipe, which is not read here")
    assert time.monotonic() - began < PATIENCE
    twice = read_manifests([tmp_path, tmp_path / "compose.yaml"], {"PATH": "/nowhere"})
    assert len(twice.workloads) == 1
    writer = threading.Thread(target=pipes[2].write_text, args=(deployment(GOOD),))
    writer.start()
    assert len(read_manifests([pipes[2]]).workloads) == 1
    writer.join()


def test_without_pyyaml_one_problem_names_it_and_no_file_is_called_malformed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    for name in ("a.yaml", "b.yaml", "c.json"):
        (tmp_path / name).write_text("{}")
    [problem] = [each.problem for each in read_manifests([tmp_path]).problems]
    assert problem.code == "release-unsupported"
    assert "PyYAML" in problem.message
    assert problem.hint == "pip install 'confcontract[yaml]'"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("resources: [a.yaml]\n", False),
        ("resources: [a.yaml, gone.yaml]\n", True),
        ("resources: [a.yaml]\nnamePrefix: x-\n", True),
        ("resources: [{}]\n", True),
    ],
)
def test_a_kustomization_that_only_lists_what_was_read_is_not_reported(tmp_path: Path, text: str, told: bool) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {}\n")
    (tmp_path / "kustomization.yaml").write_text(f"apiVersion: kustomize.config.k8s.io/v1beta1\n{text}")
    assert bool(read_manifests([tmp_path]).problems) is told
