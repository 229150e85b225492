"""What the contestants work on: contracts, env files, and their command lines, in one temporary folder."""

from __future__ import annotations

import compileall
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks import many, openbao
from benchmarks.measure import Contestant
from benchmarks.settings import ENVIRON
from confcontract.bundle.bundle_folder import size

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
TRUE = shutil.which("true") or "/bin/true"
SLEEP = ("/bin/sleep", "1000")
# Nothing of the shell that started the benchmark: its variables cost time too.
BASE = {"PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8"}


WITH_FILE = """
from pydantic_settings import TomlConfigSettingsSource

from benchmarks.settings import Settings


class WithFile(Settings):
    @classmethod
    def settings_customise_sources(cls, settings_cls, env_settings, **others):
        return env_settings, TomlConfigSettingsSource(settings_cls, toml_file={file!r})
"""
TOML_FILE = """
# of this machine
host = "0.0.0.0"
workers = 4
log_level = "warning"
allowed_origins = ["https://shop.example", "https://admin.shop.example"]
sample_rate = 0.25

[database]
url = "postgresql://db/shop"
pool_size = 20
echo = false

[mail]
host = "mail.example"
port = 587
"""


class Scene:
    """Contestants by what they get. `folder` is the caller's, and removed by it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # An image has its byte code; without it every run would compile what was edited last.
        compileall.compile_dir(ROOT / "confcontract", quiet=1)
        compileall.compile_file(Path(__file__).with_name("settings.py"), quiet=1)
        self.contract = self._bake("benchmarks.settings:Settings", "thirty")
        self.schema = self.contract.with_name("schema.json")
        self.env_file = self._env_file("thirty.env", ENVIRON)
        self.empty = self._env_file("empty.env", {})

    def _bake(self, target: str, name: str) -> Path:
        folder = self.folder / name
        argv = [f"{BIN}/confcontract", "bake", target, "-o", str(folder), "--name", name, "--version", "1.0.0"]
        environ = {**BASE, "PYTHONPATH": f"{ROOT}:{self.folder}"}
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, env=environ)
        return folder / "contract.json"

    def _env_file(self, name: str, values: Mapping[str, str]) -> Path:
        path = self.folder / name
        path.write_text(
            "".join(f"{key}='{value}'\n" if '"' in value else f"{key}={value}\n" for key, value in values.items())
        )
        return path

    # -- the floor ----------------------------------------------------------------------------------

    def bare(self) -> Contestant:
        return Contestant("bare python", (sys.executable, "-c", "pass"), BASE)

    # -- thirty variables ---------------------------------------------------------------------------

    def boot(self) -> Contestant:
        return self._boot("boot", self.contract, BASE, self.env_file)

    def boot_bundle(self) -> Contestant:
        """The same boot as `boot_isolated`, from a bundle."""
        folder = self.folder / "bundle"
        subprocess.run([f"{BIN}/confcontract", "bundle", "-o", str(folder)], check=True, stdout=subprocess.DEVNULL)
        return self._boot("boot from a bundle", self.contract, BASE, self.env_file, (f"{folder}/bin/confcontract",))

    def bundle_sizes(self) -> dict[str, int]:
        """Bytes of a bundle as it comes, and with --strip where binutils is installed."""
        found = {}
        for options in ((), ("--strip",)) if shutil.which("strip") else ((),):
            folder = self.folder / "-".join(("measured", *options))
            command = [f"{BIN}/confcontract", "bundle", "-o", str(folder), *options]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            found[" ".join(("bundle", *options))] = size(folder)
        return found

    def boot_isolated(self) -> Contestant:
        """As it is started in an image that has Python."""
        program = (sys.executable, "-I", "-m", "confcontract")
        return self._boot("python -I -m confcontract", self.contract, BASE, self.env_file, program)

    def boot_environment(self) -> Contestant:
        return self._boot("boot", self.contract, {**BASE, **ENVIRON})

    def boot_with_file(self) -> Contestant:
        """The same class, with a TOML file below the environment."""
        file = self.folder / "shop.toml"
        file.write_text(TOML_FILE)
        (self.folder / "with_file.py").write_text(WITH_FILE.format(file=str(file)))
        contract = self._bake("with_file:WithFile", "with_file")
        return self._boot("boot with a TOML file", contract, {**BASE, **ENVIRON})

    def dotenv(self) -> Contestant:
        return Contestant("dotenv run", (f"{BIN}/dotenv", "-f", str(self.env_file), "run", "--", TRUE), BASE)

    def dotenv_environment(self) -> Contestant:
        argv = (f"{BIN}/dotenv", "-f", str(self.empty), "run", "--", TRUE)
        return Contestant("dotenv run", argv, {**BASE, **ENVIRON})

    def obvious(self) -> Contestant:
        return self._obvious("obvious.py", BASE, "--env-file", str(self.env_file))

    def obvious_environment(self) -> Contestant:
        return self._obvious("obvious.py", {**BASE, **ENVIRON})

    # -- one Vault path -----------------------------------------------------------------------------

    def boot_vault(self, address: str) -> Contestant:
        contract = self._bake("benchmarks.settings_vault:SettingsWithVault", "vault")
        environ = {**BASE, "VAULT_ADDR": address, "VAULT_TOKEN": openbao.TOKEN}
        return self._boot("boot", contract, environ, self._without_secret())

    def obvious_vault(self, address: str) -> Contestant:
        environ = {**BASE, "VAULT_ADDR": address, "VAULT_TOKEN": openbao.TOKEN}
        return self._obvious("obvious_vault.py", environ, "--env-file", str(self._without_secret()))

    # -- one secret of AWS --------------------------------------------------------------------------

    def boot_aws(self, aws: Mapping[str, str]) -> Contestant:
        contract = self._bake("benchmarks.settings_aws:SettingsWithAws", "aws")
        return self._boot("boot", contract, {**BASE, **aws}, self._without_secret())

    def obvious_aws(self, aws: Mapping[str, str]) -> Contestant:
        return self._obvious("obvious_aws.py", {**BASE, **aws}, "--env-file", str(self._without_secret()))

    def agent(self, address: str) -> Contestant:
        config = openbao.agent_config(self.folder, address, TRUE)
        return Contestant("OpenBao agent", (str(openbao.BAO), "agent", f"-config={config}"), BASE)

    def supervisor(self, address: str) -> Contestant:
        """Under which nothing happens."""
        boot = self.boot_vault(address)
        cut = boot.argv.index("--")
        environ = {**boot.environ, "CONFCONTRACT_RUNTIME_DIR": str(self.folder / "run")}
        return Contestant("supervisor", (*boot.argv[:cut], "--supervise", "--", *SLEEP), environ)

    def resting_agent(self, address: str) -> Contestant:
        config = openbao.agent_config(self.folder, address, *SLEEP)
        return Contestant("OpenBao agent", (str(openbao.BAO), "agent", f"-config={config}"), BASE)

    def _without_secret(self) -> Path:
        return self._env_file("vault.env", {name: ENVIRON[name] for name in ENVIRON if name != "SHOP_SECRET_KEY"})

    # -- many variables -----------------------------------------------------------------------------

    def boot_declared(self, size: int, *, in_file: bool) -> Contestant:
        """A contract with `size` variables, all of them set."""
        module = self.folder / f"many_{size}.py"
        if not module.exists():
            module.write_text(many.source(size))
            self._bake(f"many_{size}:Settings", f"contract_{size}")
        contract = self.folder / f"contract_{size}" / "contract.json"
        name = f"boot, {size} declared"
        if in_file:
            return self._boot(name, contract, BASE, self._env_file(f"many_{size}.env", many.environ(size)))
        return self._boot(name, contract, {**BASE, **many.environ(size)})

    def boot_unrelated(self, size: int) -> Contestant:
        """The contract of thirty, and `size` variables in the environment that it doesn't know."""
        environ = {**BASE, **many.unrelated(size)}
        return self._boot(f"boot, {size} unrelated", self.contract, environ, self.env_file)

    # -- command lines ------------------------------------------------------------------------------

    def _boot(
        self,
        name: str,
        contract: Path,
        environ: Mapping[str, str],
        env_file: Path | None = None,
        program: tuple[str, ...] = (f"{BIN}/confcontract",),
    ) -> Contestant:
        argv = [*program, "boot", "--contract", str(contract)]
        if env_file is not None:
            argv += ["--env-file", str(env_file)]
        return Contestant(name, (*argv, "--", TRUE), environ)

    def _obvious(self, script: str, environ: Mapping[str, str], *options: str) -> Contestant:
        path = Path(__file__).parent / "peers" / script
        argv = (sys.executable, str(path), "--schema", str(self.schema), *options, "--", TRUE)
        return Contestant("the obvious way", argv, {**environ, "PYTHONPATH": str(ROOT)})
