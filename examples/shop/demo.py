"""The guided tour: `make demo`, or `python examples/shop/demo.py [PASSWORD]` from anywhere.

A real service boots with secrets from a real OpenBao, then refuses a broken environment. Everything that is started is
stopped, whatever happens; everything that is written goes to a temporary folder. PASSWORD is the one that is put into
OpenBao, a random one unless given: look for it in the output.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType

from tour import Tour, TourFailed

HERE = Path(__file__).resolve().parent
FILES = ("production.env", "broken.env", "vault-policy.hcl")


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, _stopped)
    signal.signal(signal.SIGHUP, _stopped)
    password = arguments[0] if arguments else secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="shop-tour-") as name, _database() as database:
        folder = Path(name)
        tour = Tour(folder, _environ(folder), steps=7)
        try:
            _guide(tour, password, database)
        except (TourFailed, OSError) as failure:
            print(f"\nThe tour went wrong: {failure}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print("\nThe tour was interrupted.", file=sys.stderr)
            return 130
        finally:
            tour.end()
    tour.say(
        """This is the end of the tour. All processes are stopped, the folder is deleted, and neither the password nor
        the key was shown on this screen. Next: docs/tutorial/first-image.md, with your own program."""
    )
    return 0


def _guide(tour: Tour, password: str, database: socket.socket) -> None:
    signing_key = secrets.token_hex(16)
    vault, shop = _free_port(), _free_port()
    _lay_out(tour.folder, password, signing_key, database)

    tour.say(
        """You are in a temporary folder that holds a copy of examples/shop: a small web service, and two env files.
        Every command below is really run."""
    )
    tour.step(
        "A Vault-compatible server",
        """OpenBao starts in memory. secrets.json contains a database URL with a password, and a key. Both go into
        OpenBao, and the file is deleted. The shop gets a token that may only read its own secret.""",
    )
    tour.export("VAULT_ADDR", f"http://127.0.0.1:{vault}")
    server = tour.start(
        f"bao server -dev -dev-no-store-token \\\n    -dev-listen-address=127.0.0.1:{vault}",
        "bao.log",
        ready=f"http://127.0.0.1:{vault}/v1/sys/health",
    )
    tour.run("bao kv put -mount=secret shop @secrets.json && rm secrets.json", shows=["secret/data/shop"])
    tour.run("bao policy write shop vault-policy.hcl", shows=["Uploaded policy: shop"])
    tour.export("VAULT_TOKEN", '"$(bao token create -policy=shop -ttl=5m -field=token)"')
    del tour.environ["BAO_TOKEN"]  # from here on nobody is root

    tour.step(
        "Bake",
        """When the image is built, the settings class is compiled into one file, the contract. It is an ordinary
        pydantic-settings class; this is its section for the database:""",
    )
    tour.run("sed -n '/^class Database(/,/pool_size/p' shop/settings.py", shows=['Vault("secret/shop#database_url")'])
    tour.run("confcontract bake shop.settings:shop -o contract", shows=["wrote contract/contract.json", "sha256:"])
    tour.say(
        """Baking needs no environment, and these files contain no secrets. One of them lists the defaults, as an
        operator would write them:"""
    )
    tour.run("cat contract/defaults.env", shows=["SHOP_DATABASE__POOL_SIZE=5", "SHOP_SIGNING_KEY is required"])

    tour.step(
        "Explain",
        """In production, settings come from an env file, the environment and Vault. explain shows the source of each
        value, before anything is started and without contacting Vault.""",
    )
    tour.run("cat production.env")
    tour.export("CONFCONTRACT_PATH", "contract/contract.json")
    tour.export("SHOP_PORT", str(shop))
    tour.run(
        "confcontract explain --env-file production.env",
        shows=["secret/shop#database_url", "production.env", "environment"],
    )

    tour.step(
        "Boot",
        f"""boot merges all sources, fetches the two secrets, validates everything, waits for the database, and then
        replaces itself with the shop. Port {database.getsockname()[1]} of this machine takes the place of the database:
        the check only needs something that listens there.""",
    )
    address = f"http://127.0.0.1:{shop}"
    pid = tour.start("confcontract boot --env-file production.env --role web", "shop.log", ready=f"{address}/healthz")
    tour.run("grep -v HTTP/1.1 shop.log", shows=["shop 1.4.0: the configuration is valid", "Uvicorn running on"])
    tour.say("""boot has ended: its process is the shop now, which gets signals directly and sets the exit code.""")
    tour.run(rf"tr '\0' ' ' < /proc/{pid}/cmdline", shows=["python -m shop"])
    tour.say("""The shop has its settings, but neither Vault's token nor its address. These are its variables:""")
    names = tour.run(
        f"tr '\\0' '\\n' < /proc/{pid}/environ | cut -d = -f 1 |\n    sort | paste -s -d ' ' | fold -s -w 78",
        shows=["SHOP_DATABASE__URL", "SHOP_SIGNING_KEY"],
    )
    if "VAULT" in names or "CONFCONTRACT" in names:
        raise TourFailed("what was boot's own went to the shop")

    tour.step("Call it", """A real HTTP service answers, as production.env says:""")
    tour.get(f"{address}/", shows=["Welcome to the corner shop", "EUR, CHF", "We wrap gifts"])
    tour.say("""The settings that it uses, without the secrets:""")
    config = json.loads(tour.get(f"{address}/config", shows=["corner shop"]))
    if config["database"]["pool_size"] != 10 or config["port"] != shop:
        raise TourFailed("the shop was told something else")
    tour.say("""A receipt, signed with the key from OpenBao. The tour computes the same signature:""")
    answer = json.loads(tour.get(f"{address}/receipts/42"))
    if answer["mac"] != hmac.new(signing_key.encode(), b"42", "sha256").hexdigest():
        raise TourFailed("the shop signed with another key")

    tour.step(
        "Boot with a broken environment",
        """broken.env has several mistakes. boot does not start the shop. One report lists every problem, with the
        variable, the source of its value, and what to do, and without a traceback.""",
    )
    tour.run("cat -n broken.env")
    tour.run(
        "confcontract boot --env-file broken.env --role web 2> report",
        code=78,
    )
    tour.run(
        "head -n -1 report",
        shows=[
            "SHOP_LOG_LEVEL",
            "SHOP_CURRENCIES",
            "SHOP_REQUEST_TIMEOUT",
            "SHOP_DATABASE__POOL_SIZE",
            "broken.env:6 | ",
            "did you mean SHOP_FEATURES__GIFT_WRAP?",
            "set SHOP_GREETING instead",
            "4 errors, 2 warnings",
        ],
    )
    tour.say("""The last line is for machines: one JSON object, also in /dev/termination-log where that exists.""")
    tour.run("tail -n 1 report | cut -c -78", shows=['{"confcontract": "boot-failed", "exitCode": 78'])

    tour.step("Stop", """TERM goes directly to the shop, which ends with its usual exit code, 128 + 15.""")
    if tour.stop(pid) != 143:
        raise TourFailed("the shop did not end by TERM")
    tour.stop(server)
    leaked = [text for text in (password, signing_key) if text in tour.told]
    if leaked:
        raise TourFailed("a secret was shown")


def _lay_out(folder: Path, password: str, signing_key: str, database: socket.socket) -> None:
    shutil.copytree(HERE / "shop", folder / "shop", ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(HERE / name, folder / name)
    url = f"postgresql://shop:{password}@127.0.0.1:{database.getsockname()[1]}/shop"
    file = folder / "secrets.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps({"database_url": url, "signing_key": signing_key}), encoding="utf-8")


def _environ(folder: Path) -> dict[str, str]:
    """Little of the caller's environment: the tour is the same for everybody, and meets nobody's Vault."""
    root_token = f"root-{secrets.token_hex(8)}"
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TERM": os.environ.get("TERM", "dumb"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "CONFCONTRACT_RUNTIME_DIR": str(folder),  # what probes ask would stay in /run otherwise
        "BAO_DEV_ROOT_TOKEN_ID": root_token,
        "BAO_TOKEN": root_token,
    }


def _database() -> socket.socket:
    """Something that listens, and closes what it accepts."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                listener.accept()[0].close()
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    return listener


def _free_port() -> int:
    """None of those that the kernel gives to any client: it stays free until a server is started there."""
    while True:
        port = 20_000 + secrets.randbelow(10_000)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _stopped(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
