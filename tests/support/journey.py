"""A program in the place of `confcontract`: it boots, and tells through which modules the environment has come to exec.

A line for each stay in a module, in the order of the calls. A call has the environment if an argument of it is a
mapping with the canary in it, whatever was laid over it since; so has a method of an object that keeps such a mapping,
and a function inside of one that has it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NoReturn

CANARY = "JOURNEY_CANARY"
OURS = f"{Path(__file__).parents[2] / 'confcontract'}/"

stays: list[str] = []


def follow(frame: FrameType, event: str, _: object) -> None:
    """As `sys.setprofile` calls it."""
    code = frame.f_code
    if event != "call" or not code.co_filename.startswith(OURS) or code.co_name == "<module>":
        return
    module = code.co_filename.removeprefix(OURS)
    if stays[-1:] == [module]:
        return
    given = frame.f_locals
    if any(has_it(given.get(name)) for name in names_of(code)) or keeps_it(given.get("self")):
        stays.append(module)


def names_of(code: CodeType) -> tuple[str, ...]:
    return (*code.co_varnames[: code.co_argcount + code.co_kwonlyargcount], *code.co_freevars)


def has_it(value: Any) -> bool:
    return type(value) is dict and CANARY in value


def keeps_it(value: Any) -> bool:
    """Looked at from outside: asking a property would be another call."""
    slots = [name for each in type(value).__mro__ for name in getattr(each, "__slots__", ())]
    kept = [getattr(value, name, None) for name in slots]
    return any(map(has_it, [*kept, *getattr(value, "__dict__", {}).values()]))


def arrive(*_: object) -> NoReturn:
    """In the place of exec."""
    sys.setprofile(None)
    print("\n".join(stays), flush=True)
    os._exit(0)


if __name__ == "__main__":
    from confcontract.__main__ import main

    setattr(os, "execve", arrive)  # noqa: B010 - of another type, since it never returns
    os.environ[CANARY] = "1"
    sys.setprofile(follow)
    sys.exit(main())
