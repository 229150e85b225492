"""The application: tells what it was given, and what its own Settings() makes of it. `python app.py CLASS`."""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    with open("/proc/self/environ", "rb") as file:
        entries = [entry for entry in file.read().split(b"\0") if entry]
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    from tests.support import classes

    settings = getattr(classes, sys.argv[1])()
    told = {
        "environ": dict(os.fsdecode(entry).split("=", 1) for entry in entries),
        "settings": classes.revealed(settings),
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
