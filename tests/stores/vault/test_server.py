"""Which server the environment names, and how it is reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from confcontract.secrets.vault import configured
from confcontract.secrets.vault.server import NotConfigured, VaultServer, lookup

ADDR = {"VAULT_ADDR": "https://vault.example.com:8200"}


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("https://vault.example.com:8200", "https://vault.example.com:8200"),
        ("https://vault.example.com:8200/", "https://vault.example.com:8200"),
        ("http://127.0.0.1:8200", "http://127.0.0.1:8200"),
        ("http://[::1]:8200", "http://[::1]:8200"),
        ("https://example.com/vault/", "https://example.com/vault"),
    ],
)
def test_an_address_is_read(given: str, address: str) -> None:
    assert VaultServer({"VAULT_ADDR": given}).address == address
    assert VaultServer({"BAO_ADDR": given}).address == address


@pytest.mark.parametrize(
    "given",
    [
        "vault.example.com:8200",
        "vault",
        "unix:///run/vault.sock",
        "ftp://vault",
        "https://",
        "https://vault:port",
        "https://vault:0",
        "https://[::1",
        "https://vault:8200/v1",
        "https://vault:8200?x=1",
        "https://vault..example.com:8200",
        "https://vault.example.com:8200\n",
        "https://va ult:8200",
        "https://vault:8200\r\nX-Injected: yes",
    ],
)
def test_an_address_that_can_not_be_used_is_refused_by_its_variable(given: str) -> None:
    with pytest.raises(NotConfigured, match="BAO_ADDR"):
        VaultServer({"BAO_ADDR": given})


def test_a_password_in_the_address_is_refused_and_not_shown() -> None:
    with pytest.raises(NotConfigured) as refused:
        VaultServer({"VAULT_ADDR": "https://user:hunter2@vault:8200"})
    assert "hunter2" not in str(refused.value)


def test_twins_that_differ_are_refused_rather_than_guessed() -> None:
    with pytest.raises(NotConfigured, match="VAULT_TOKEN and BAO_TOKEN are both set") as refused:
        lookup({"VAULT_TOKEN": "hunter2", "BAO_TOKEN": "hunter3"}, "TOKEN")
    assert "hunter" not in str(refused.value)


def test_twins_that_agree_and_empty_ones_are_fine() -> None:
    assert lookup({"VAULT_TOKEN": "a", "BAO_TOKEN": "a"}, "TOKEN") == ("VAULT_TOKEN", "a")
    assert lookup({"VAULT_TOKEN": "", "BAO_TOKEN": "a"}, "TOKEN") == ("BAO_TOKEN", "a")
    assert lookup({"VAULT_TOKEN": ""}, "TOKEN") is None


@pytest.mark.parametrize(
    ("environ", "expected"),
    [({}, False), ({"VAULT_ADDR": ""}, False), (ADDR, True), ({"BAO_ADDR": "x"}, True)],
)
def test_configured_means_that_an_address_is_set(environ: dict[str, str], expected: bool) -> None:
    assert configured(environ) is expected


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5", 5), ("2.5", 2.5), ("30s", 30), ("1m30s", 90), ("500ms", 0.5), ("1h", 3600)],
)
def test_the_timeout_is_seconds_or_a_duration(text: str, seconds: float) -> None:
    assert VaultServer(ADDR | {"VAULT_CLIENT_TIMEOUT": text}).attempt_seconds == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["0", "-1", "soon", "5 s", "1d", "1m30", "s", "0s", "1..5s"])
def test_a_timeout_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(NotConfigured, match="VAULT_CLIENT_TIMEOUT"):
        VaultServer(ADDR | {"VAULT_CLIENT_TIMEOUT": text})


@pytest.mark.parametrize(("text", "verify"), [("", True), ("false", True), ("0", True), ("true", False), ("1", False)])
def test_verification_is_skipped_only_when_asked(text: str, verify: bool) -> None:
    assert VaultServer(ADDR | {"VAULT_SKIP_VERIFY": text}).verify is verify


def test_a_switch_that_is_neither_true_nor_false_is_refused() -> None:
    with pytest.raises(NotConfigured, match="VAULT_SKIP_VERIFY"):
        VaultServer(ADDR | {"VAULT_SKIP_VERIFY": "yes please"})


@pytest.mark.parametrize("name", ["VAULT_CACERT", "VAULT_CAPATH", "VAULT_CLIENT_CERT", "VAULT_CLIENT_KEY"])
def test_a_file_that_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(NotConfigured, match=f"{name} names a file in {tmp_path} that does not exist"):
        VaultServer(ADDR | {name: f"{tmp_path}/gone"})


def test_a_certificate_without_its_key_is_refused(tmp_path: Path) -> None:
    certificate = tmp_path / "cert.pem"
    certificate.touch()
    with pytest.raises(NotConfigured, match="belong together"):
        VaultServer(ADDR | {"VAULT_CLIENT_CERT": str(certificate)})


@pytest.mark.parametrize("namespace", ["team/ä", "a b", "a\r\nX: y"])
def test_a_namespace_that_would_break_its_header_is_refused(namespace: str) -> None:
    with pytest.raises(NotConfigured, match="VAULT_NAMESPACE"):
        VaultServer(ADDR | {"VAULT_NAMESPACE": namespace})


PROXY = "http://proxy:3128"


@pytest.mark.parametrize(
    ("environ", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": PROXY}, PROXY),
        ({"https_proxy": PROXY}, PROXY),
        ({"HTTP_PROXY": PROXY}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "example.com"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": ".example.com"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "ample.com, other"}, PROXY),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "Vault.Example.COM"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": ".example.com:8200"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "example.com:443"}, PROXY),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "example.com:443", "VAULT_ADDR": "https://vault.example.com"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "fd00::/8", "VAULT_ADDR": "https://[fd00::1]:8200"}, None),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "[fd00::1]:8200", "VAULT_ADDR": "https://[fd00::1]:8200"}, None),
        ({"HTTPS_PROXY": "proxy.example.com:3128"}, "http://proxy.example.com:3128"),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "vault.example.com:8200"}, None),
        ({"VAULT_PROXY_ADDR": "http://own:1", "HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, "http://own:1"),
        ({"HTTPS_PROXY": PROXY, "VAULT_ADDR": "https://10.1.2.3:8200", "NO_PROXY": "10.0.0.0/8"}, None),
        ({"HTTPS_PROXY": PROXY, "VAULT_ADDR": "https://11.1.2.3:8200", "NO_PROXY": "10.0.0.0/8"}, PROXY),
        ({"HTTP_PROXY": PROXY, "VAULT_ADDR": "http://vault:8200"}, PROXY),
        ({"HTTP_PROXY": PROXY, "VAULT_ADDR": "http://vault:8200", "REQUEST_METHOD": "GET"}, None),
        ({"HTTP_PROXY": PROXY, "VAULT_ADDR": "http://127.0.0.1:8200"}, None),
        ({"HTTP_PROXY": PROXY, "VAULT_ADDR": "http://localhost:8200"}, None),
    ],
)
def test_the_proxy_is_the_one_that_the_environment_gives_for_this_address(
    environ: dict[str, str], proxy: str | None
) -> None:
    assert VaultServer(ADDR | environ).proxy == proxy
