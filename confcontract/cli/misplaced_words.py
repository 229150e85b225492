"""A word that a command does not take, and what was probably meant."""

from __future__ import annotations

import inspect
import itertools
from typing import Any, get_args, get_type_hints

_CONTRACT_SCHEMES = ("git:", "python:", "oci:", "docker://", "oci-archive:", "docker-archive:")


def misplaced(context: Any, words: list[str]) -> tuple[str, str] | None:
    """(message, hint) if a command was given more words than it takes; None if something else is wrong.

    context: click's or Typer's, of the command. words: of the command line, after `confcontract`.
    """
    path = context.command_path
    takes = [each for each in context.command.params if each.param_type_name == "argument"]
    if hasattr(context.command, "commands") or any(each.nargs == -1 for each in takes):
        return None
    options = {name: each for each in context.command.params if each.param_type_name == "option" for name in each.opts}
    after = words[len(path.split()) - 1 :]
    extra = _words(after, options)[len(takes) :]
    if not extra:
        return None
    if missing := _without_value(after, options):
        return f"{missing} has no value", f"write {missing} {options[missing].metavar or 'VALUE'}"
    word = extra[0]
    return f"{word!r} is not understood", _hint(word, path, options, context.command.callback)


def _words(words: list[str], options: dict[str, Any]) -> list[str]:
    """The words that are neither options nor values of options."""
    found: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            return found + rest
        if not word.startswith("-") or word == "-":
            found.append(word)
        elif "=" not in word and word in options and not getattr(options[word], "is_flag", False):
            rest[:1] = []
    return found


def _without_value(words: list[str], options: dict[str, Any]) -> str | None:
    """An option that has taken the next option as its value."""
    for word, following in itertools.pairwise(words):
        takes_value = word in options and not getattr(options[word], "is_flag", False)
        if takes_value and following.startswith("--") and following in options:
            return word
    return None


def _hint(word: str, path: str, options: dict[str, Any], callback: Any) -> str:
    # from the function: releases of Typer store the choices in different places
    kinds = get_type_hints(inspect.unwrap(callback))
    for name, option in options.items():
        if name.startswith("--") and word in get_args(kinds.get(option.name)):
            return f"write {path} {name} {word}"
    if word.endswith(".env") and "--env-file" in options:
        return f"name the env file with --env-file: {path} --env-file {word}"
    if word.endswith((".yaml", ".yml")) and "--manifest" in options:
        return f"name the manifest with --manifest: {path} --manifest {word}"
    is_name = word.replace("_", "").isalnum() and word.isupper()
    if path.endswith(" explain") and is_name:
        return f"confcontract describe {word} explains one variable; {path} shows all"
    import os

    is_contract = word.endswith(".json") or word.startswith(_CONTRACT_SCHEMES) or os.path.lexists(word)
    if "--contract" in options and is_contract:
        return f"name the contract with --contract: {path} --contract {word}"
    return f"see {path} --help"
