"""A site's sources put together: the verdict, and what the application reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from confcontract.verdict.explain import rows
from tests.support.booting import Site


class Resolved:
    """The verdict of a site, and what the application reads."""

    def __init__(
        self,
        here: Site,
        environ: Mapping[str, str],
        env_file: str = "",
        files: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        here.conf_dir.mkdir()
        pointers = {name: str(here.file(name, text)) for name, text in (files or {}).items()}
        env_files = [here.file("given.env", env_file)] if env_file else []
        self.result = here.resolve({**environ, **pointers}, env_files, **more)
        self.rows = {row.name: row for row in rows(self.result)}
        self.codes = [(problem.code, problem.variable) for problem in self.result.problems]
        self.read = here.settings_in(self.result.environ) if self.result.ok else None
