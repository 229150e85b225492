"""A registry as a company runs it, with TLS by an authority of its own and a password: Debian's docker-registry."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from confcontract.contract import anywhere
from confcontract.image import registry_trust
from tests.image.test_registry import IN, refused
from tests.support.images import Layout, files
from tests.support.registry import PASSWORD, USER, Registry, docker_registry, issued, needs_registry

pytestmark = needs_registry


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory, baked: bytes) -> Iterator[Registry]:
    folder = tmp_path_factory.mktemp("secured")
    made = Layout(folder / "layout")
    made.tag(made.image([files(**{IN: baked})]), "1")
    with docker_registry(folder, secured=True) as served:
        served.push(made.folder, "team/shop:1", "1")
        yield served


@pytest.fixture
def home(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory without credentials, and an authority that the whole system trusts."""
    for name in ("REGISTRY_AUTH_FILE", "DOCKER_CONFIG", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", str(registry.authority))
    return tmp_path


def entry(host: str, password: str = PASSWORD) -> str:
    return json.dumps({"auths": {host: {"auth": base64.b64encode(f"{USER}:{password}".encode()).decode()}}})


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("file", ["run/containers/auth.json", ".config/containers/auth.json", ".docker/config.json"])
@pytest.mark.parametrize("named", ["host", "repository"])
def test_the_password_is_in_one_of_the_usual_files(
    file: str, named: str, registry: Registry, home: Path, baked: bytes
) -> None:
    write(home / file, entry(registry.host if named == "host" else f"{registry.host}/team/shop"))
    assert anywhere.load(f"docker://{registry.host}/team/shop:1").to_bytes() == baked


def test_the_password_is_in_the_file_that_a_variable_names(
    registry: Registry, home: Path, baked: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home / "ci.json", entry(registry.host))
    write(home / ".docker/config.json", entry(registry.host, "wrong"))
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(home / "ci.json"))
    assert anywhere.load(f"docker://{registry.host}/team/shop:1").to_bytes() == baked


@pytest.mark.parametrize("asked", ["credHelpers", "credsStore"])
def test_a_credential_helper_has_the_password(
    asked: str, registry: Registry, home: Path, baked: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = home / "bin/docker-credential-test"
    write(program, f'#!/bin/sh\nread host\n[ "$host" = {registry.host} ] || {{ echo not found; exit 1; }}\n')
    with program.open("a", encoding="utf-8") as file:
        file.write(f"echo '{json.dumps({'Username': USER, 'Secret': PASSWORD})}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    helper = {"credHelpers": {registry.host: "test"}} if asked == "credHelpers" else {"credsStore": "test"}
    write(home / ".docker/config.json", json.dumps(helper))
    assert anywhere.load(f"docker://{registry.host}/team/shop:1").to_bytes() == baked


@pytest.mark.parametrize("password", ["", "wrong"])
def test_without_the_right_password_access_is_refused(password: str, registry: Registry, home: Path) -> None:
    if password:
        write(home / ".docker/config.json", entry(registry.host, password))
    problem = refused(f"docker://{registry.host}/team/shop:1")
    assert problem.code == "registry-denied"
    assert f"skopeo login {registry.host}" in str(problem.hint)


@pytest.mark.parametrize("where", ["home", "system"])
def test_an_authority_may_be_installed_for_one_registry(
    where: str, registry: Registry, home: Path, baked: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert registry.authority is not None
    monkeypatch.delenv("SSL_CERT_FILE")
    monkeypatch.setattr(registry_trust, "FOLDERS", (str(home / "certs.d"),))
    write(home / ".docker/config.json", entry(registry.host))
    folder = home / ("certs.d" if where == "system" else ".config/containers/certs.d") / registry.host
    write(folder / "ca.crt", registry.authority.read_text())
    assert anywhere.load(f"docker://{registry.host}/team/shop:1").to_bytes() == baked
    write(folder / "ca.crt", "no certificate")
    assert f"{folder}/ca.crt is not a certificate" in refused(f"docker://{registry.host}/team/shop:1").message


@pytest.mark.parametrize("other", ["none", "another"])
def test_an_unknown_authority_is_refused_and_never_asked_without_tls(
    other: str, registry: Registry, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    write(home / ".docker/config.json", entry(registry.host))
    if other == "another":
        (home / "another").mkdir()
        monkeypatch.setenv("SSL_CERT_FILE", str(issued(home / "another")[0]))
    problem = refused(f"docker://{registry.host}/team/shop:1")
    assert problem.code == "registry-unavailable"
    assert "its certificate is not trusted" in problem.message
    assert f"/etc/containers/certs.d/{registry.host}/ca.crt" in str(problem.hint)
    assert "HTTP request to an HTTPS server" not in (registry.folder / "log").read_text(encoding="utf-8")
