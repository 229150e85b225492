"""Only the environment that was passed in counts, and nothing is loaded that is not needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.ports import refusing_port
from tests.support.vault import faulty
from tests.support.vault.faulty import Faulty
from tests.support.vault.fetching import Fetch
from tests.support.vault.openbao import PATIENCE, OpenBao

ONE = {"A": "vault:secret/shop#password"}


def test_the_environment_of_the_process_is_never_read(
    proxy: Faulty, environ: dict[str, str], canary: str, tmp_path: Path
) -> None:
    """hvac and requests would read a token, certificates, a proxy, a bundle and ~/.netrc from there."""
    (tmp_path / ".vault-token").write_text("from-home")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login netrc password from-netrc\n")
    (tmp_path / ".netrc").chmod(0o600)
    refused = f"http://127.0.0.1:{refusing_port()}"
    hostile = {
        "HOME": str(tmp_path),
        "VAULT_ADDR": refused,
        "VAULT_TOKEN": "from-process",
        "VAULT_NAMESPACE": "from-process",
        "VAULT_CACERT": "/nowhere",
        "VAULT_CLIENT_CERT": "/nowhere",
        "VAULT_CLIENT_KEY": "/nowhere",
        "HTTP_PROXY": refused,
        "http_proxy": refused,
        "ALL_PROXY": refused,
        "REQUESTS_CA_BUNDLE": "/nowhere",
        "CURL_CA_BUNDLE": "/nowhere",
    }
    headers: list[dict[str, str]] = []

    def look(exchange: faulty.Exchange) -> None:
        headers.append(dict(exchange.headers.items()))
        faulty.forward(exchange)

    proxy.fault(look)
    program = (
        "from confcontract.secrets.vault.reader import VaultReader\n"
        f"fetched = VaultReader({environ!r}, deadline_seconds=20).read({ONE!r})\n"
        "print(fetched.problems, fetched.values)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | hostile, capture_output=True, text=True, timeout=PATIENCE
    )
    assert canary in done.stdout, done.stdout + done.stderr
    assert done.stderr == ""
    for sent in headers:
        assert "Authorization" not in sent
        assert "X-Vault-Namespace" not in sent
        assert sent["X-Vault-Request"] == "true"


def test_a_proxy_is_used_and_named_and_its_password_is_not_shown(
    bao: OpenBao, proxy: Faulty, fetch: Fetch, canary: str
) -> None:
    through = proxy.address.replace("http://", f"http://user:{canary}@")
    environ = {"VAULT_ADDR": bao.address, "VAULT_TOKEN": bao.token, "VAULT_PROXY_ADDR": through}
    assert fetch(environ, ONE).values == {"A": canary}
    assert len(proxy.requests) == 2
    proxy.fault(faulty.says(503))
    visit = fetch(environ, ONE, deadline=0.5)
    assert visit.codes == {"A": "vault-unavailable"}
    assert f"through the proxy 127.0.0.1:{proxy.server_address[1]}" in visit.message


def test_a_proxy_of_a_kind_that_can_not_be_used(bao: OpenBao, fetch: Fetch) -> None:
    environ = {"VAULT_ADDR": bao.address, "VAULT_TOKEN": bao.token, "VAULT_PROXY_ADDR": "socks5://127.0.0.1:1"}
    visit = fetch(environ, ONE)
    assert visit.codes == {"A": "vault-not-configured"}
    assert "VAULT_PROXY_ADDR is not the URL of an HTTP proxy" in visit.message


@pytest.mark.parametrize(
    "program",
    [
        "import confcontract.secrets.vault, confcontract.secrets.vault.reader",
        "from confcontract.secrets.vault.reader import VaultReader; VaultReader({'VAULT_ADDR': 'http://x'}).read({})",
        "from confcontract.secrets.vault.reader import VaultReader; VaultReader({}).read({'A': 'vault:secret/shop#password'})",
        "from confcontract.secrets.vault.reader import VaultReader; VaultReader({}).read({'A': 'vault:nonsense'})",
    ],
)
def test_nothing_is_imported_that_fetches_when_there_is_nothing_to_fetch(program: str) -> None:
    heavy = "{'hvac', 'requests', 'urllib3', 'ssl', 'threading', 'json', 're', 'typing', 'logging'}"
    code = f"{program}\nimport sys\nprint(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _with_path(code)], capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize("method", ["token", "approle", "kubernetes"])
def test_what_most_boots_ask_is_sent_without_hvac_and_requests(
    proxy: Faulty, environ: dict[str, str], approle: dict[str, str], canary: str, tmp_path: Path, method: str
) -> None:
    """Their import takes longer than the rest of a boot."""
    (tmp_path / "jwt").write_text("a.b.c")
    given = {"VAULT_ROLE": "shop", "CONFCONTRACT_VAULT_AUTH": "kubernetes", "VAULT_JWT_FILE": str(tmp_path / "jwt")}
    if method == "kubernetes":
        granted = json.dumps({"auth": {"client_token": environ["VAULT_TOKEN"]}})
        proxy.fault(faulty.status(200, granted), where="auth/kubernetes/login")
    who = {"token": environ, "approle": approle, "kubernetes": {"VAULT_ADDR": proxy.address, **given}}[method]
    program = (
        "import sys\n"
        "from confcontract.secrets.vault.reader import VaultReader\n"
        f"reader = VaultReader({who!r}, deadline_seconds={PATIENCE})\n"
        f"print(reader.read({ONE!r}).values['A'])\n"
        "print(sorted({'hvac', 'requests', 'urllib3', 'idna', 'certifi'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENCE)
    assert done.stdout.splitlines() == [canary, "[]"], done.stderr


def _with_path(code: str) -> str:
    import confcontract

    return f"import sys; sys.path.insert(0, {str(Path(confcontract.__file__).parent.parent)!r})\n{code}"
