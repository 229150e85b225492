"""Images in a real registry, put there by skopeo: Debian's docker-registry, open and with passwords."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from confcontract.contract import anywhere
from confcontract.image.registry import RegistryReference, parsed
from confcontract.image.registry_credentials import credentials_for
from confcontract.report.errors import ImageUnusable, UsageError
from confcontract.report.problem import Problem
from tests.support.images import Layout, digest, files
from tests.support.programs import needs
from tests.support.registry import Registry, docker_registry
from tests.support.served import Answer, Asked, served
from tests.support.vault.openbao import free_port

IN = "etc__confcontract__contract.json"
judged = needs("skopeo", "docker-registry")
PASSWORD = "canary-4411"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory, baked: bytes) -> Iterator[Registry]:
    folder = tmp_path_factory.mktemp("registry")
    with docker_registry(folder) as found:
        made = Layout(folder / "layout")
        made.tag(made.image([files(etc__passwd=b"root"), files(**{IN: baked})]), "1")
        found.push(made.folder, "team/shop:1", "1")
        yield found


def refused(reference: str) -> Problem:
    with pytest.raises(ImageUnusable) as caught:
        anywhere.load(reference)
    (problem,) = caught.value.problems
    assert PASSWORD not in str(problem.as_dict())
    return problem


@judged
def test_a_contract_in_its_own_layer_costs_one_blob_beside_the_configuration(registry: Registry, baked: bytes) -> None:
    before = len(registry.asked)
    assert anywhere.load(f"docker://{registry.host}/team/shop:1").to_bytes() == baked
    assert len(registry.asked) - before == 2


@judged
def test_a_digest_outranks_the_tag(registry: Registry, baked: bytes) -> None:
    manifest = (registry.folder / "digest").read_text(encoding="utf-8").strip()
    for tag in ("", ":gone"):
        assert anywhere.load(f"docker://{registry.host}/team/shop{tag}@{manifest}").to_bytes() == baked


@judged
def test_what_the_registry_does_not_have(registry: Registry) -> None:
    for name in ("team/shop:2", "team/other:1", f"team/shop@sha256:{'0' * 64}"):
        assert refused(f"docker://{registry.host}/{name}").code == "image-not-found"


@judged
def test_a_registry_whose_disk_was_changed(registry: Registry) -> None:
    (blob,) = [
        path for path in (registry.folder / "data").rglob("blobs/sha256/*/*/data") if b'"rootfs"' in path.read_bytes()
    ]
    content = blob.read_bytes()
    try:
        blob.write_bytes(content.replace(b"linux", b"Linux"))
        assert refused(f"docker://{registry.host}/team/shop:1").code == "image-digest"
    finally:
        blob.write_bytes(content)


# -- registries that say what no real one does -------------------------------------------------------


@contextmanager
def serving(answers: dict[str, tuple[int, dict[str, str], bytes]], seen: list[tuple[str, str]]) -> Iterator[str]:
    """Its host. answers: by path; seen: paths and the header Authorization of what was asked."""

    def answer(asked: Asked) -> Answer:
        seen.append((asked.path, asked.login))
        status, headers, body = answers.get(f"{asked.path} {asked.login}".strip()) or answers.get(
            asked.path.partition("?")[0], (404, {}, b"")
        )
        return status, {name: value.replace("HOST", host) for name, value in headers.items()}, body

    with served(answer) as host:
        yield host


@pytest.fixture
def paths(tmp_path: Path, baked: bytes) -> dict[str, tuple[int, dict[str, str], bytes]]:
    """What a registry answers that has `shop:1`."""
    made = Layout(tmp_path / "layout")
    manifest = made.image([files(**{IN: baked})])
    blobs = {f"/v2/shop/blobs/sha256:{each.name}": each.read_bytes() for each in made.folder.glob("blobs/sha256/*")}
    content = blobs[f"/v2/shop/blobs/{manifest['digest']}"]
    everything = {**blobs, "/v2/shop/manifests/1": content, f"/v2/shop/manifests/{manifest['digest']}": content}
    return {path: (200, {}, body) for path, body in everything.items()}


@pytest.fixture
def login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "auth.json"
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(file))
    return file


def noted(host: str) -> str:
    return json.dumps({"auths": {host: {"auth": base64.b64encode(f"ada:{PASSWORD}".encode()).decode()}}})


def test_basic_login(paths: dict[str, tuple[int, dict[str, str], bytes]], login: Path, baked: bytes) -> None:
    header = "Basic " + base64.b64encode(f"ada:{PASSWORD}".encode()).decode()
    answers = {f"{path} {header}": answer for path, answer in paths.items()}
    answers |= dict.fromkeys(paths, (401, {"WWW-Authenticate": 'Basic realm="x"'}, b""))
    with serving(answers, []) as host:
        login.write_text(noted(host))
        assert anywhere.load(f"docker://{host}/shop:1").to_bytes() == baked
        login.write_text("{}")
        assert refused(f"docker://{host}/shop:1").code == "registry-denied"


@pytest.mark.parametrize("kind", ["anonymous", "password", "identity"])
def test_login_by_token(
    kind: str, paths: dict[str, tuple[int, dict[str, str], bytes]], login: Path, baked: bytes
) -> None:
    challenge = 'Bearer realm="http://HOST/token",service="r",scope="repository:shop:pull"'
    answers = {f"{path} Bearer t0k": answer for path, answer in paths.items()}
    answers |= dict.fromkeys(paths, (401, {"WWW-Authenticate": challenge}, b""))
    answers["/token"] = (200, {}, b'{"token":"t0k"}')
    seen: list[tuple[str, str]] = []
    with serving(answers, seen) as host:
        entry = json.dumps({"auths": {host: {"identitytoken": PASSWORD}}})
        login.write_text({"anonymous": "{}", "password": noted(host), "identity": entry}[kind])
        assert anywhere.load(f"docker://{host}/shop:1").to_bytes() == baked
    (asked,) = [each for each in seen if each[0].startswith("/token")]
    assert bool(asked[1]) == (kind == "password")
    assert ("repository%3Ashop%3Apull" in asked[0]) == (kind != "identity")


def test_a_redirect_to_another_host_gets_no_credentials(
    paths: dict[str, tuple[int, dict[str, str], bytes]], login: Path, baked: bytes
) -> None:
    header = "Basic " + base64.b64encode(f"ada:{PASSWORD}".encode()).decode()
    there: list[tuple[str, str]] = []
    blobs = {path: answer for path, answer in paths.items() if "/blobs/" in path}
    with serving(blobs, there) as other:
        moved = {path: (307, {"Location": f"http://{other}{path}"}, b"") for path in blobs}
        answers = {f"{path} {header}": answer for path, answer in {**paths, **moved}.items()}
        answers |= dict.fromkeys(paths, (401, {"WWW-Authenticate": 'Basic realm="x"'}, b""))
        with serving(answers, []) as host:
            login.write_text(noted(host))
            assert anywhere.load(f"docker://{host}/shop:1").to_bytes() == baked
    assert len(there) == 2
    assert {authorization for _, authorization in there} == {""}


def test_a_registry_that_lies(paths: dict[str, tuple[int, dict[str, str], bytes]]) -> None:
    with serving(paths, []) as host:
        for path in [path for path in paths if "/blobs/" in path]:
            whole = paths[path]
            paths[path] = (200, {}, whole[2][:-1] + b"~")
            named = digest(whole[2]) in json.loads(paths["/v2/shop/manifests/1"][2])["config"]["digest"]
            if named or len(whole[2]) > 5000:
                assert refused(f"docker://{host}/shop:1").code == "image-digest"
            paths[path] = whole
        manifest = digest(paths["/v2/shop/manifests/1"][2])
        paths[f"/v2/shop/manifests/{manifest}"] = (200, {}, b"{}")
        assert refused(f"docker://{host}/shop@{manifest}").code == "image-digest"
        paths["/v2/shop/manifests/1"] = (429, {}, b"")
        assert refused(f"docker://{host}/shop:1").code == "registry-unavailable"
        paths["/v2/shop/manifests/1"] = (302, {"Location": "file:///etc/passwd"}, b"")
        assert "without TLS" in refused(f"docker://{host}/shop:1").message


def test_another_host_has_no_say_in_where_the_credentials_go(
    paths: dict[str, tuple[int, dict[str, str], bytes]], login: Path
) -> None:
    there: list[tuple[str, str]] = []
    with serving({}, there) as thief:
        challenge = {"WWW-Authenticate": f'Bearer realm="http://{thief}/token"'}
        with serving({"/x": (401, challenge, b"")}, there) as other, serving(paths, []) as host:
            login.write_text(noted(host))
            paths["/v2/shop/manifests/1"] = (307, {"Location": f"http://{other}/x"}, b"")
            assert refused(f"docker://{host}/shop:1").code == "registry-denied"
    assert there == [("/x", "")]


@pytest.mark.parametrize("address", ["http://[", "https://[x]/", "http://h:99999999/", "//[", "http://192.0.2.1/x"])
@pytest.mark.parametrize("given", ["password", "identity"])
def test_a_registry_that_leads_to_no_address_or_to_one_without_tls(
    address: str, given: str, paths: dict[str, tuple[int, dict[str, str], bytes]], login: Path
) -> None:
    with serving(paths, []) as host:
        entry = json.dumps({"auths": {host: {"identitytoken": PASSWORD}}})
        login.write_text(noted(host) if given == "password" else entry)
        paths["/v2/shop/manifests/1"] = (307, {"Location": address}, b"")
        assert refused(f"docker://{host}/shop:1").code == "registry-unavailable"
        paths["/v2/shop/manifests/1"] = (401, {"WWW-Authenticate": f'Bearer realm="{address}"'}, b"")
        assert refused(f"docker://{host}/shop:1").code in ("registry-unavailable", "registry-denied")


def test_a_login_that_is_asked_for_again_and_again(
    paths: dict[str, tuple[int, dict[str, str], bytes]], login: Path
) -> None:
    seen: list[tuple[str, str]] = []
    answers: dict[str, tuple[int, dict[str, str], bytes]] = {
        "/v2/shop/manifests/1": (401, {"WWW-Authenticate": 'Bearer realm="http://HOST/token"'}, b""),
        "/token": (200, {}, b'{"token":"t0k"}'),
    }
    with serving(answers, seen) as host:
        login.write_text(noted(host))
        assert refused(f"docker://{host}/shop:1").code == "registry-denied"
        assert len(seen) == 3
        answers["/token"] = (200, {}, '{"token":"€"}'.encode())
        assert "issued no token" in refused(f"docker://{host}/shop:1").message


def test_a_registry_that_is_not_there() -> None:
    problem = refused(f"docker://127.0.0.1:{free_port()}/shop:1")
    assert problem.code == "registry-unavailable"
    assert "connection refused" in problem.message


@pytest.mark.parametrize(
    "name,meant",
    [
        ("busybox", ("docker.io", "library/busybox", "latest", "")),
        ("team/shop:1", ("docker.io", "team/shop", "1", "")),
        ("localhost/shop", ("localhost", "shop", "latest", "")),
        ("r.example:5000/a/b:c", ("r.example:5000", "a/b", "c", "")),
        (f"r.example/a:1@sha256:{'a' * 64}", ("r.example", "a", "1", f"sha256:{'a' * 64}")),
    ],
)
def test_names(name: str, meant: tuple[str, str, str, str]) -> None:
    assert parsed(name) == RegistryReference(*meant)


@pytest.mark.parametrize(
    "rest",
    [
        "shop",
        "//",
        "//R.example/Shop",
        "//ada:canary-4411@r.example/shop",
        "//r.example/a@sha256:1",
        "//r.example/../a",
    ],
)
def test_names_that_are_none(rest: str) -> None:
    with pytest.raises(UsageError) as caught:
        anywhere.load(f"docker:{rest}")
    assert PASSWORD not in str(caught.value.problems[0].as_dict())


def test_a_credential_helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helper = tmp_path / "docker-credential-try"
    helper.write_text(f'#!/bin/sh\nread name\necho "{{\\"Username\\":\\"$name\\",\\"Secret\\":\\"{PASSWORD}\\"}}"\n')
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    (tmp_path / "auth.json").write_text('{"credHelpers":{"r.example":"try"}}')
    found = credentials_for("r.example", "a/b", {"REGISTRY_AUTH_FILE": f"{tmp_path}/auth.json"})
    assert found is not None
    assert (found.user, found.password) == ("r.example", PASSWORD)
    assert PASSWORD not in repr(found)
    helper.write_text("#!/bin/sh\necho credentials not found in native keychain\nexit 1\n")
    assert credentials_for("r.example", "a/b", {"REGISTRY_AUTH_FILE": f"{tmp_path}/auth.json"}) is None
