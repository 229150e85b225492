"""Draw the pictures of README.md and of the site: `python docs/pictures.py`.

The report is what README.md says that boot prints, to which tests/test_readme.py holds boot: the same text gives the
same file. The settings page is that of README.md's class, as chromium shows it, and drawn where there is one.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs/images"
README = ROOT / "README.md"

_CELL, _LINE, _SIDE = 8.43, 20, 20  # pixels: a character of 14 pixels, a line, the margin
_NO_BREAK = "\N{NO-BREAK SPACE}"  # viewers fold other spaces
_COLOURS = {"ERROR": "#ff8a80", "WARNING": "#ffd180", "do:": "#80d8a0", "from:": "#9aa5b8", "$": "#8fb4ff"}


def report_svg(readme: str) -> str:
    """The boot that fails, as README.md has it, up to the line for machines."""
    found = re.search(r"^\$ (?:\w+=\S+ )+confcontract boot -- python -m shop\n.*?(?=^\{)", readme, re.M | re.S)
    if found is None:
        raise ValueError("README.md shows no boot that fails")
    lines = found[0].rstrip("\n").split("\n")
    width = round(max(map(len, lines)) * _CELL) + 2 * _SIDE
    height = len(lines) * _LINE + 2 * _SIDE
    drawn = "".join(
        f'<text x="{_SIDE}" y="{_SIDE + 15 + at * _LINE}" fill="{_colour(line)}">{_text(line)}</text>\n'
        for at, line in enumerate(lines)
        if line
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14">\n'
        "<title>A boot that fails: every problem in one report</title>\n"
        f'<rect width="{width}" height="{height}" rx="8" fill="#1b1f2a"/>\n{drawn}</svg>\n'
    )


def _text(line: str) -> str:
    return escape(line).replace(" ", _NO_BREAK)


def _colour(line: str) -> str:
    return _COLOURS.get(line.split(maxsplit=1)[0], "#e4e7ee")


def draw_settings_page() -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        print("no chromium: settings-page.png stays as it is", file=sys.stderr)
        return
    (settings,) = re.findall(r"^```python\n(# shop/settings.py\n.*?)^```", README.read_text("utf-8"), re.M | re.S)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "shop").mkdir()
        (folder / "shop/settings.py").write_text(settings, encoding="utf-8")
        command = [sys.executable, "-m", "confcontract"]
        bake = [*command, "bake", "shop.settings:Settings", "--name", "shop", "--version", "1.4.0", "-o", "contract"]
        page = [*command, "docs", "--contract", "contract/contract.json", "--format", "html", "-o", "page.html"]
        for each in (bake, page):
            subprocess.run(each, cwd=folder, check=True, capture_output=True)
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1000,720"]
        picture = f"--screenshot={IMAGES / 'settings-page.png'}"
        subprocess.run(
            [chromium, *options, picture, (folder / "page.html").as_uri()], check=True, stderr=subprocess.DEVNULL
        )


if __name__ == "__main__":
    (IMAGES / "report.svg").write_text(report_svg(README.read_text("utf-8")), encoding="utf-8")
    draw_settings_page()
