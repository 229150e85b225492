"""What each source says, written where that source has it."""

from __future__ import annotations

from typing import Any

from confcontract.contract.declared import Declared
from tests.support.booting import Site

# Lowest to highest. A file that NAME_FILE names in an env file is as high as that env file.
LEVELS = ("conf.d/10", "conf.d/20", "conf.d/30, NAME_FILE", "env file", "NAME_FILE", "environment")


class Written:
    """What two sources say, in a site of their own."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.environ: dict[str, str] = {}
        self.files: list[Any] = []

    def put(self, level: str, name: str, value: str) -> None:
        if level.endswith("NAME_FILE"):
            file = self.site.file(f"secrets/{level.replace('/', '-')}", value)
            name, value = f"{name}_FILE", str(file)
        quoted = f"{name}='{value}'\n"
        if level.startswith("conf.d"):
            self.site.file(level.partition(",")[0] + ".env", quoted)
        elif level == "env file":
            self.files = [self.site.file("given.env", quoted)]
        else:
            self.environ[name] = value

    def clear(self) -> None:
        self.site.conf_dir.mkdir(exist_ok=True)
        self.environ, self.files = {}, []
        for file in self.site.conf_dir.glob("*"):
            file.unlink()


def at(document: Any, way: tuple[str | int, ...]) -> Any:
    for part in way:
        document = document.get(part) if isinstance(document, dict) else document[part] if document else None
    return document


def can_point(site: Site, name: str) -> bool:
    return Declared(site.contract).knows(name)
