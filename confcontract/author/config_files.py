"""The configuration of a source of configuration files, as data: which files, which part of them, and how they are
merged.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from confcontract.author.pydantic_private.file_sources import Picked, files_of, reading_of_files, walks_trees
from confcontract.author.pydantic_private.variable_sources import knows_option, option_of, settings_class_of
from confcontract.author.release_questions import takes_empty_encoding

TOML, YAML, JSON, PYPROJECT, SECRET_TREE = "toml", "yaml", "json", "pyproject", "secretTree"


def as_plan(source: Any, kind: str) -> dict[str, Any] | None:
    """The plan of a source in the form of the contract; None if only the application can read the files that it names.

    The source was instantiated inside `pydantic_private.unread_files`.
    """
    if kind == SECRET_TREE:
        paths = _paths(option_of(source, "secrets_dir"))
        plan = {
            "missing": option_of(source, "secrets_dir_missing"),
            "maxSize": option_of(source, "secrets_dir_max_size"),
        }
        return None if paths is None or not walks_trees() else {"kind": kind, "files": paths, **plan}
    files = files_of(source)
    if files is None:
        return None
    found: dict[str, Any] = _picked(source, files.paths) if kind == PYPROJECT else {"files": _paths(files.paths)}
    header = _texts(vars(source).get("toml_table_header", ())) if kind in (TOML, PYPROJECT) else []
    if found["files"] is None or header is None:
        return None
    if files.deep_merge:
        found["deepMerge"] = True
    if header:
        found["header"] = header
    encoding, empty_refused, section_refused = reading_of_files()
    if kind in (YAML, JSON):
        found["encoding"] = option_of(source, f"{kind}_file_encoding") or encoding
    if (kind == JSON and empty_refused) or (kind == YAML and section_refused):
        found["refusesEmpty"] = True
    if kind == YAML and option_of(source, "yaml_config_section") is not None:
        found["section"] = str(option_of(source, "yaml_config_section"))
    return {"kind": kind, **found}


def _picked(source: Any, path: Any) -> dict[str, Any]:
    """The pyproject.toml: the named one, or the one found by searching from the working directory upwards."""
    if not isinstance(path, Picked):
        return {"files": None}
    if path.named is not None:
        return {"files": [os.fspath(path.named)]}
    return {"files": [], "depth": int(settings_class_of(source).model_config.get("pyproject_toml_depth", 0))}


def _paths(given: Any) -> list[str] | None:
    """Paths of files that any program can open; None if there are others, such as paths in a Python archive."""
    if given is None:
        return []
    if isinstance(given, (str, os.PathLike)):
        given = [given]
    paths = list(given) if isinstance(given, Iterable) else [given]
    return [os.fspath(path) for path in paths] if all(isinstance(path, (str, Path)) for path in paths) else None


def _texts(given: Any) -> list[str] | None:
    texts: list[Any] = list(given) if isinstance(given, Sequence) else [None]
    return texts if all(isinstance(text, str) for text in texts) else None


def dotenv_plan(options: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of a source of env files, by the names of its options."""
    return {
        "files": paths_of(options["env_file"]),
        "encoding": _encoding(options["env_file_encoding"]),
        "depth": (options["env_file_depth"] or 0) if knows_option("env_file_depth") else 0,
        "filtering": options["dotenv_filtering"],
    }


def _encoding(said: Any) -> str:
    if said is None or (said == "" and takes_empty_encoding()):
        return "utf-8"
    return str(said)


def paths_of(value: Any) -> list[str]:
    """The paths given for an env file or a secrets directory: one, or several."""
    values = [value] if isinstance(value, (str, os.PathLike)) else list(value)
    return [os.fspath(each) for each in values]
