"""`python -I -m confcontract.install_command`: write the command `confcontract` so that it starts with `python -I`.

Installers write `#!/path/to/python` as the first line of a command, without flags. Python has then read PYTHONHOME,
PYTHONUTF8 and the like before the first line of ours, and some values end it there. Run this where confcontract is
installed, in a Dockerfile after `pip install`.
"""

from __future__ import annotations

import os
import sys

from confcontract.host.writing import write_whole

LONGEST = 250  # bytes of a first line that Linux reads, and a few less

TEXT = """\
#!{python} -I
import sys

try:
    from confcontract.__main__ import start
except ModuleNotFoundError:  # PYTHONEXECUTABLE counts even with -I, and leads Python away from its packages
    sys.path.append({folder!r})
    from confcontract.__main__ import start

if __name__ == "__main__":
    sys.exit(start())
"""


def main() -> int:
    """Write it beside the interpreter, where installers put it. Returns the exit code: 1 if it can't be written."""
    import sysconfig

    path = os.path.join(sysconfig.get_path("scripts"), "confcontract")
    text = command()
    if text is None:
        sys.stderr.write(
            f"{path} was left as is: the path of {sys.executable} has blanks in it or is too long for a first line. "
            "Start it with python -I -m confcontract.\n"
        )
        return 0
    try:
        write_whole(path, text.encode(), 0o755)
    except OSError as error:
        sys.stderr.write(
            f"{path} can't be written: {error.strerror}. Run this as the user who installed confcontract.\n"
        )
        return 1
    return 0


def command() -> str | None:
    """The text of the command for this interpreter; None if no first line can name it."""
    python = sys.executable
    if not python.startswith("/") or any(character.isspace() for character in python):
        return None
    if len(os.fsencode(f"#!{python} -I\n")) > LONGEST:
        return None
    return TEXT.format(python=python, folder=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


if __name__ == "__main__":
    sys.exit(main())
