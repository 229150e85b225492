"""A repository with a pull request, and its workflow run by act: without GitHub, and without Docker."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.integrations.github_api import TOKEN, GitHub
from tests.integrations.tools import run_tool
from tests.support.pages import ROOT
from tests.support.repositories import git, repository

BEFORE = b"""from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    port: int = 8000
"""
BROKEN = BEFORE + b"    region: str\n"
MENDED = BEFORE + b'    region: str = "eu"\n'
REPORTING = """\
      - if: always()
        run: echo "told $RESULT, $BUMP, $(head -1 "$REPORT")"
        env:
          RESULT: ${{ steps.configuration.outputs.result }}
          BUMP: ${{ steps.configuration.outputs.bump }}
          REPORT: ${{ steps.configuration.outputs.report }}
"""


def event(base: str, *, fork: bool = False) -> dict[str, object]:
    repo = {"full_name": "shop/shop"}
    head = {"full_name": "stranger/shop"} if fork else repo
    return {"pull_request": {"number": 7, "base": {"sha": base, "repo": repo}, "head": {"repo": head}}}


@dataclass(frozen=True)
class Run:
    code: int
    said: str


@dataclass(frozen=True)
class Project:
    """A repository whose branch main is the base of the pull request that is checked out."""

    folder: Path
    beside: Path

    def commit(self, files: dict[str, bytes]) -> None:
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-q", "-m", "Change")

    def run(self, github: GitHub) -> Run:
        action = self.beside / "action"
        if not action.exists():
            shutil.copytree(
                ROOT / "github_action", action / "github_action", ignore=shutil.ignore_patterns("__pycache__")
            )
            shutil.copy(ROOT / "action.yml", action)
        (self.beside / "event.json").write_text(json.dumps(event(git(self.folder, "rev-parse", "main"))))
        (self.beside / "secrets").write_text(f"GITHUB_TOKEN={TOKEN}\n")
        done = run_tool(
            "act", "pull_request", "--eventpath", str(self.beside / "event.json"), "--platform",
            "ubuntu-latest=-self-hosted", "--action-offline-mode", "--no-cache-server",
            "--local-repository", f"OWNER/confcontract@v0.1.0={action}",
            "--action-cache-path", str(self.beside / "cache"), "--env", f"GITHUB_API_URL={github.url}",
            "--env", "GITHUB_REPOSITORY=shop/shop", "--secret-file", str(self.beside / "secrets"),
            cwd=self.folder, HOME=str(self.beside),
        )  # fmt: skip
        return Run(done.returncode, done.stdout + done.stderr)


def project(folder: Path, workflow: str, files: dict[str, bytes]) -> Project:
    """workflow: its only action is confcontract's, and the last that is used; what it says is printed behind it."""
    place = ".github/workflows/configuration.yml"
    made = repository(folder / "shop", {place: (workflow + REPORTING).encode(), **files})
    git(made, "remote", "add", "origin", "https://github.com/shop/shop")
    git(made, "checkout", "-q", "-b", "change")
    return Project(made, folder)
