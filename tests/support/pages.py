"""Pages of documentation as programs: the code blocks of one page, run in order in one folder.

A python block whose first line is a comment with a path, `# shop/settings.py`, is that file. The other python blocks of
a page belong together, and are run as one program. In a console block, lines that begin with `$ ` are typed into one
shell, and what follows them is what they must print; `…` stands for anything in a line.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PATIENCE = 300  # seconds until a hanging process is a failure
MARK = "\x1e"  # between what one command prints and what the next one prints

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# ([\w./-]+\.\w+)\n")


@dataclass(frozen=True)
class Block:
    language: str
    text: str

    @property
    def file(self) -> str | None:
        named = _FILE.match(self.text)
        return named[1] if named and self.language == "python" else None


@dataclass
class Typed:
    """A command of a console block, what the page says that it prints, and what it printed."""

    command: str
    promised: str
    said: str = field(default="")

    @property
    def as_promised(self) -> bool:
        pattern = ".*".join(re.escape(part) for part in self.promised.split("…"))
        return re.fullmatch(pattern, self.said) is not None


def blocks(page: Path) -> list[Block]:
    return [Block(language, text) for language, text in _BLOCK.findall(page.read_text(encoding="utf-8"))]


def typed(block: Block) -> Iterator[Typed]:
    """The commands of a console block. A line that ends with a backslash goes on in the next one."""
    lines = iter(block.text.splitlines(keepends=True))
    current: Typed | None = None
    for line in lines:
        if line.startswith("$ "):
            if current:
                yield current
            command = line[2:]
            while command.endswith("\\\n"):
                command += next(lines)
            current = Typed(command.rstrip("\n"), "")
        elif current:
            current.promised += line
    if current:
        yield current


def commands_of(page: Path) -> list[Typed]:
    """Of all console blocks of a page, in order."""
    return [each for block in blocks(page) if block.language == "console" for each in typed(block)]


def environ(**more: str) -> dict[str, str]:
    """A small environment in which the commands of the virtual environment are found."""
    return {"PATH": f"{BIN}:{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8", **more}


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """A process that is gone afterwards, also where a test fails half-way. TERM first: some have things to clean up."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def write_files(page: Path, folder: Path) -> None:
    for block in blocks(page):
        if block.file:
            path = folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")


def run_program(page: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """The page's python blocks that are not files."""
    program = folder / f"{page.stem.replace('-', '_')}_page.py"
    parts = [block.text for block in blocks(page) if block.language == "python" and not block.file]
    program.write_text("\n".join(parts), encoding="utf-8")
    return subprocess.run(
        [sys.executable, program.name], cwd=folder, env=environ(), capture_output=True, text=True, timeout=PATIENCE
    )


def run_console(commands: list[Typed], folder: Path, **more: str) -> None:
    """Type the commands into one shell; each gets what it printed, on both streams."""
    script = f"mark() {{ code=$?; printf '{MARK}'; return $code; }}\n"
    script += "".join(f"{each.command}\nmark\n" for each in commands)
    finished = subprocess.run(
        ["sh", "-c", script],
        stdin=subprocess.DEVNULL,
        cwd=folder,
        env=environ(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE,
    )
    outputs = finished.stdout.split(MARK)
    assert len(outputs) == len(commands) + 1, f"the shell stopped early:\n{finished.stdout}"
    for each, said in zip(commands, outputs, strict=False):
        each.said = said
