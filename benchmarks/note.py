"""Measure, and write what was measured into docs/explanation/performance.md, between its markers.

`python benchmarks/note.py`, on an idle machine: it takes two minutes. Review the difference before committing it.
"""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path

if __name__ == "__main__":  # started as a script, the repository isn't on the path
    sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks import memory, phases, run

NOTE = Path(__file__).parent.parent / "docs" / "explanation" / "performance.md"


def replaced(text: str, name: str, block: str) -> str:
    """The text with `block`, as preformatted text, between the markers of that name. Raises ValueError without them."""
    begin, end = f"<!-- measured: {name} -->\n", "<!-- end -->"
    start = text.index(begin) + len(begin)
    stop = text.index(end, start)
    return f"{text[:start]}\n```text\n{block.rstrip()}\n```\n\n{text[stop:]}"


def main() -> int:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = run.main([])
    if code:
        return code
    setting = ", ".join(f"{name} {value}" for name, value in run.machine().items() if name != "system")
    text = NOTE.read_text()
    text = replaced(text, "bench", f"{output.getvalue()}\n{setting}")
    text = replaced(text, "phases", phases.table(phases.measure(30)))
    text = replaced(text, "memory", memory.table(memory.measure(9)))
    NOTE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
