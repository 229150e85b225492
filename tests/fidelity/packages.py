"""Settings classes of published packages: baked as they are, and boot's verdicts held against their own.

    python -m tests.fidelity.packages --folder /tmp/packages prefect chromadb …

Each package is downloaded without what it depends on, unpacked into a folder of its own and looked at in a process of
its own; nothing of it is kept in the repository. What is not installed is stood in for (absent.py). Without names, the
packages of packages.txt.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import json
import os
import random
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings

from confcontract.author.settings_made_on_import import lenient_settings
from confcontract.contract.artifact import Contract

from . import absent
from .boot import Baked, baked, boot_verdict
from .comparison import disagreement
from .oracle import settings_verdict
from .spec import Environment

_NAMES = Path(__file__).with_name("packages.txt")
_REPOSITORY = Path(__file__).parents[2]
_SECONDS = 240  # for one package
_DRAWN = 8  # environments for each class
_OF_ITS_OWN = (("a-file", ""),)  # a folder for each environment: some classes write when they are made
_TEXTS = ("", "1", "x", "true", "-5", "0.5", "[]", "{}", "null", '["a"]', '{"a": 1}', "https://host/path", "30s")


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--folder", type=Path, required=True, help="where packages are downloaded and unpacked")
    given.add_argument("--beside", type=Path, help="a folder with packages that these want (pip install --target)")
    given.add_argument("--inside", type=Path, help="look at one unpacked package, here")
    given.add_argument("names", nargs="*")
    options = given.parse_args()
    if options.inside is not None:
        return _look_at(options.inside, options.beside)
    found: list[dict[str, Any]] = []
    for name in options.names or _NAMES.read_text().split():
        found += _of_package(name, options.folder, options.beside)
    return _report(found)


def _of_package(name: str, folder: Path, beside: Path | None) -> list[dict[str, Any]]:
    """What became of each settings class of a package."""
    unpacked = folder / "unpacked" / name
    if not unpacked.is_dir() and not _unpack(name, folder / "wheels", unpacked):
        print(f"{name}: can't be downloaded", flush=True)
        return []
    command = [sys.executable, "-m", __package__ + ".packages", "--folder", str(folder), "--inside", str(unpacked)]
    command += ["--beside", str(beside)] if beside is not None else []
    try:
        done = subprocess.run(
            command, cwd=_REPOSITORY, env=_bare(folder), capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        told = done.stdout
        print(done.stderr, end="")
    except subprocess.TimeoutExpired as late:
        told = (late.stdout or b"").decode()
        print(f"{name}: not finished after {_SECONDS} s", flush=True)
    found = [json.loads(line) for line in told.splitlines() if line.startswith('{"class"')]
    if not found:
        print(f"{name}: no settings class", flush=True)
    for each in found:
        each["package"] = name
        if each["state"] != "nothing deferred" or each["wrong"]:
            print(f"{name}: {each['class']}: {each['state']}{each['why'] and ': ' + each['why']}", flush=True)
            for wrong in each["wrong"][:2]:
                print(f"    {wrong}", flush=True)
    return found


def _bare(folder: Path) -> dict[str, str]:
    """An environment without settings, and with a home of its own: some write into it when they are imported."""
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    return {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}


def _unpack(name: str, wheels: Path, unpacked: Path) -> bool:
    wheels.mkdir(parents=True, exist_ok=True)
    pattern = re.sub(r"[-_.]+", "_", name).lower() + "-*.whl"
    if not any(wheels.glob(pattern)):
        quiet = ["--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "-q", "-d", str(wheels)]
        subprocess.run([sys.executable, "-m", "pip", "download", *quiet, name], capture_output=True, check=False)
    found = sorted(
        each for each in wheels.iterdir() if each.match(pattern) or each.name.lower().startswith(pattern[:-5])
    )
    if not found:
        return False
    with zipfile.ZipFile(found[-1]) as wheel:
        wheel.extractall(unpacked)
    return True


def _report(found: list[dict[str, Any]]) -> int:
    states = Counter(each["state"] for each in found)
    wrong = [each for each in found if each["wrong"]]
    stood_in = sum(each["stoodIn"] for each in found)
    packages = len({each["package"] for each in found})
    print(f"{len(found)} classes of {packages} packages, {stood_in} of them with types that are not installed")
    for state in ("refused", "nothing deferred", "in part", "wholly", "not checked"):
        print(f"  {state}: {states[state]}")
    print(f"{sum(each['pairs'] for each in found)} pairs of a class and an environment, {len(wrong)} classes disagree")
    return 1 if wrong or states["refused"] else 0


def _look_at(folder: Path, beside: Path | None) -> int:
    """In a process of its own: import what mentions settings classes, bake each, compare."""
    importlib.import_module("confcontract.author.bake")  # first: for what that needs itself nothing stands in
    sys.path.insert(0, str(folder))
    sys.path += [str(beside)] if beside is not None else []
    sys.argv = sys.argv[:1]
    absent.stand_in({file.relative_to(folder).parts[0] for file in folder.rglob("*.py")})
    with _silence(), lenient_settings():
        classes = _classes(folder)
    for cls in classes:
        with _silence():
            line = json.dumps(_judge(cls))
        print(line, flush=True)
    os._exit(0)  # whatever threads the package has begun


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


def _classes(folder: Path) -> list[type[BaseSettings]]:
    """The settings classes of a package; their modules are found by the names of the classes so far."""
    sources = {file: file.read_text(encoding="utf-8", errors="replace") for file in folder.rglob("*.py")}
    renamed = {name for text in sources.values() for name in re.findall(r"\bBaseSettings as (\w+)", text)}
    names, imported, found = {"BaseSettings", *renamed}, set[Path](), dict[type[BaseSettings], None]()
    while True:
        declared = re.compile(r"class\s+\w+\s*\([^)]*\b(" + "|".join(sorted(map(re.escape, names))) + r")\b")
        fresh = [file for file, text in sources.items() if file not in imported and declared.search(text)]
        for file in fresh:
            imported.add(file)
            try:
                importlib.import_module(_module_of(file, folder))
            except (Exception, SystemExit) as error:
                told = f"{_module_of(file, folder)}: {type(error).__name__}: {error}"
                print(f"not imported: {' '.join(told.split())[:200]}", file=sys.__stderr__)
        found.update(dict.fromkeys(_subclasses(BaseSettings, folder)))
        if not fresh:
            return sorted(found, key=lambda cls: (cls.__module__, cls.__qualname__))
        names |= {cls.__name__ for cls in found}


def _module_of(file: Path, folder: Path) -> str:
    parts = file.relative_to(folder).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _subclasses(cls: type[Any], folder: Path) -> Iterator[type[Any]]:
    for each in cls.__subclasses__():
        file = getattr(sys.modules.get(each.__module__), "__file__", None)
        made = not getattr(each, "__abstractmethods__", ())
        if file is not None and Path(file).is_relative_to(folder) and each.model_fields and made:
            yield each
        yield from _subclasses(each, folder)


def _judge(cls: type[BaseSettings]) -> dict[str, Any]:
    made = baked(cls)
    state, why = _state(made)
    wrong, pairs = [], 0
    if made.contract is not None:
        for environment in _environments(made):
            try:
                theirs = settings_verdict(cls, environment)
            except (Exception, AssertionError):  # a value that stands in for another has no form as data
                continue
            pairs += 1
            told = disagreement(cls, theirs, boot_verdict(made.contract, environment), secret_defaults=True)
            if told and not _of_a_stranger(theirs.reason, made):
                wrong.append(f"{dict(environment.variables)!r}: {' '.join(told.split())[:400]}")
    return {
        "class": f"{cls.__module__}:{cls.__qualname__}",
        "state": state,
        "why": why,
        "stoodIn": absent.stands_in(cls),
        "pairs": pairs,
        "wrong": wrong,
    }


def _of_a_stranger(reason: str, made: Baked) -> bool:
    """Whether the class ends with an error of Python's in code that is deferred: it met something that stands in."""
    deferred = made.contract is not None and made.contract.deferred
    return bool(deferred and reason.startswith(("TypeError: ", "AttributeError: ")))


def _state(made: Baked) -> tuple[str, str]:
    """How much of a class is left to the application, and what of it."""
    if made.contract is None:
        return "refused", made.refusal or made.crash.strip().splitlines()[-1]
    deferred = made.contract.deferred
    if not deferred:
        return "nothing deferred", ""
    why = "; ".join(sorted({f"{each['kind']} {each['name']}" for each in deferred}))[:300]
    everything = {variable["name"] for variable in made.contract.variables}
    if any(each["kind"] == "source" and everything <= {*each["variables"]} for each in deferred):
        return "not checked", why
    return ("wholly" if _root_of(made.contract)["type"] == "any" else "in part"), why


def _root_of(contract: Contract) -> dict[str, Any]:
    """What validates the document: anything will do where a function of the application comes before."""
    node: dict[str, Any] = contract.compiled["validator"]
    return node["schema"] if node["type"] == "definitions" else node


def _environments(made: Baked) -> Iterator[Environment]:
    assert made.contract is not None
    draw = random.Random(made.contract.digest)
    variables = [each for each in made.contract.variables if "=" not in each["name"]]
    needed = {each["name"]: _good(each, draw) for each in variables if each["required"]}
    yield Environment(files=_OF_ITS_OWN)
    if made.contract.compiled.get("instances"):
        return  # defaults that are settings objects: made on import, they have read the environment of this process
    yield Environment(tuple(needed.items()), _OF_ITS_OWN)
    for _ in range(_DRAWN):
        chosen = draw.sample(variables, min(len(variables), draw.randint(1, 4)))
        drawn = {each["name"]: draw.choice([_good(each, draw), draw.choice(_TEXTS)]) for each in chosen}
        yield Environment(tuple((needed | drawn).items()), _OF_ITS_OWN)


def _good(variable: dict[str, Any], draw: random.Random) -> str:
    """A text that the variable is likely to take."""
    kind = variable["type"]
    if kind.get("choices"):
        return str(draw.choice(kind["choices"]))
    if "defaultText" in variable:
        return str(variable["defaultText"])
    by_kind = {"integer": "7", "number": "1.5", "boolean": "true", "array": "[]", "object": "{}", "url": "https://h/p"}
    return by_kind.get(kind["kind"], "text")


if __name__ == "__main__":
    sys.exit(main())
