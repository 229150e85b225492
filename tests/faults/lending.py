"""Where the cases about leases play: an application with a database user of its own, and all that it cost."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

from tests.faults.booted import Booted
from tests.faults.case import Seen
from tests.faults.place import Place
from tests.support.supervising import until
from tests.support.vault.faulty import Faulty
from tests.support.vault.openbao import OpenBao
from tests.support.vault.role import MakeRole, Role

_serial = count(1)

APPLICATION = """
import os, signal
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
with open(os.environ["STARTED"], "a") as started:
    started.write(f"{os.environ['SHOP_USER']} {os.environ['SHOP_PASSWORD']}\\n")
while True:
    signal.pause()
"""
# A machine that sleeps can't be had here, nor one whose clock is set: in this process clocks go by what a file says.
CLOCKS = """
import os, time
def moved(read, name):
    def clock(*which):
        found = read(*which)
        try:
            with open(os.environ["CLOCKS"]) as file:
                moved, seconds = file.read().split()
        except (OSError, ValueError):
            return found
        asked = {time.CLOCK_BOOTTIME: "boot", time.CLOCK_REALTIME: "wall"}.get(which[0], "") if which else name
        return found + (float(seconds) if asked == moved else 0.0)
    return clock
if "CLOCKS" in os.environ:
    time.clock_gettime, time.time = moved(time.clock_gettime, ""), moved(time.time, "wall")
"""


class Lending:
    """proxy: before `bao`. role: makes database roles that count what is made by them."""

    def __init__(self, place: Place, bao: OpenBao, proxy: Faulty, role: MakeRole) -> None:
        self.place = place
        self.bao = bao
        self.proxy = proxy
        self.make_role = role
        self.started_file = place.private / "started"
        self._told = 0  # how much of what was said of the secrets was waited for
        self.given = {"VAULT_ADDR": proxy.address, "VAULT_TOKEN": bao.token, "STARTED": str(self.started_file)}

    def role(self, ttl: str, most: str = "24h") -> Role:
        return self.make_role(ttl, most)

    def start(self, role: Role, *options: str, **environ: str) -> Booted:
        """The application, once it runs with a user of that role."""
        given = {**self.given, "SHOP_USER": role.user, "SHOP_PASSWORD": role.password, "SHOP_PASSWORD_FILE": ""}
        running = self.place.start(
            sys.executable, "-c", APPLICATION, options=options, supervise=True, environ={**given, **environ}
        )
        running.until(self.starts)
        return running

    def starts(self) -> list[str]:
        """The user of each start."""
        if not self.started_file.exists():
            return []
        return [line.split()[0] for line in self.started_file.read_text().splitlines()]

    def started(self, running: Booted, times: int) -> None:
        running.until(lambda: len(self.starts()) >= times)

    def renewed(self, running: Booted, times: int, where: str = "sys/leases/renew") -> None:
        """Wait until so many more renewals were asked for."""
        before = self.proxy.count(where)
        running.until(lambda: self.proxy.count(where) >= before + times)

    def told(self, running: Booted, status: str) -> None:
        """Wait until the secrets are said to be so, after what was waited for before."""
        running.until(lambda: status in self._statuses(running)[self._told :])
        self._told += 1 + self._statuses(running)[self._told :].index(status)

    def _statuses(self, running: Booted) -> list[str]:
        return [record["status"] for record in running.events("secrets")]

    def ended(self, running: Booted, role: Role) -> Seen:
        """End it, and tell what it was."""
        running.look()
        made, users = role.made, self.starts()
        assert running.end() == 0, running.err
        assert role.made == made
        until(lambda: not role.alive())
        restarts = len(users) - 1
        assert len(set(users)) == len(users)
        words = f"restarted, {restarts} times" if restarts > 1 else "restarted once" if restarts else "runs on"
        secrets = running.events("secrets")
        statuses = ["UP", *self._statuses(running)]  # that all is well at first is no news
        once = [status for at, status in enumerate(statuses) if at == 0 or statuses[at - 1] != status]
        worst = next((each for each in ("DOWN", "DEGRADED") if each in once), "")
        clauses = next((record["words"] for record in secrets if record["status"] == worst), "").split("; ")
        if worst == "DOWN":  # what was tried by then to help it depends on the moment
            clauses = [clause for clause in clauses if "is over" in clause or "token" in clause]
        message = self.place.neutral("; ".join(clauses).replace(role.path, "database/creds/shop"))
        return Seen(made, words, ", ".join(once), message)

    def login(self, **role: str) -> dict[str, str]:
        """An AppRole with tokens as the options say."""
        rules = [("database/creds/*", "read"), ("sys/leases/revoke", "update")]
        self.bao.policy("lending", *rules)
        path = f"auth/approle/role/lending{next(_serial)}"
        self.bao.do("POST", path, {"token_policies": "lending", **role})
        role_id, secret_id = self.bao.do("GET", f"{path}/role-id"), self.bao.do("POST", f"{path}/secret-id")
        self.place.secret("secret-id", secret_id["secret_id"])
        return {"VAULT_TOKEN": "", "VAULT_ROLE_ID": role_id["role_id"], "VAULT_SECRET_ID": secret_id["secret_id"]}

    def clocks(self) -> tuple[dict[str, str], Callable[[str], object]]:
        """An environment in which clocks can be moved, and what moves them: "boot 7200", "wall -7200"."""
        folder = self.place.private / "clocks"
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(CLOCKS)
        file = Path(folder / "moved")
        return {"PYTHONPATH": str(folder), "CLOCKS": str(file)}, file.write_text

    def search(self) -> None:
        self.place.search()
