"""What pydantic does not promise stands in one folder of ours, so that another release is the work of one folder."""

from __future__ import annotations

import ast
import inspect
import sysconfig
from collections import defaultdict
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cache
from importlib import import_module
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from pathlib import Path
from re import Pattern
from typing import Annotated, Any

import pytest
from pydantic import (
    AnyUrl,
    ByteSize,
    ConfigDict,
    Field,
    FilePath,
    ImportString,
    IPvAnyAddress,
    IPvAnyInterface,
    IPvAnyNetwork,
    PostgresDsn,
    Secret,
    SecretBytes,
    SecretStr,
    TypeAdapter,
)
from pydantic_core import core_schema
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    JsonConfigSettingsSource,
    NestedSecretsSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
    YamlConfigSettingsSource,
)

from confcontract.author import pydantic_private
from confcontract.author.pydantic_private.core_functions import OWN_FUNCTIONS, Does, own_function
from confcontract.author.pydantic_private.private_names import (
    _RAW_UNION,
    _TAGS,
    OF_CLASSES,
    OF_SOURCES,
    REPLACED,
    look_at,
)
from confcontract.report.errors import BakeRefused
from tests.support.pages import ROOT

PACKAGES = ("pydantic", "pydantic_core", "pydantic_settings")
AUTHOR = ROOT / "confcontract/author"
PRIVATE = AUTHOR / "pydantic_private"
OF_BOOT = ROOT / "confcontract/contract/engine.py"  # boot imports nothing of the author's side
EXTENSION = "pydantic_core._pydantic_core"
FILES = sorted(path for path in (ROOT / "confcontract").rglob("*.py") if PRIVATE not in path.parents)


def is_underscored(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


@cache
def private_names() -> tuple[frozenset[str], frozenset[str]]:
    """What the packages call with an underscore, and the functions in their private modules."""
    found: tuple[set[str], set[str]] = set(), set()
    for package in PACKAGES:
        folder = Path(sysconfig.get_path("purelib")) / package
        for path in folder.rglob("*.py"):
            inside = path.relative_to(folder).with_suffix("").parts
            if inside[0] == "v1":
                continue
            internal = any(is_underscored(part) for part in inside)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    if is_underscored(node.name):
                        found[0].add(node.name)
                    elif internal and "_" in node.name and not node.name.startswith("__"):
                        found[1].add(node.name)
                elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and is_underscored(node.attr):
                    found[0].add(node.attr)
    makers = [maker for name, maker in vars(core_schema).items() if name.endswith("_schema") and callable(maker)]
    documented = {word for maker in makers for word in inspect.signature(maker).parameters}
    return frozenset(found[0]), frozenset(found[1] - documented)


@cache
def names_of_sources() -> frozenset[str]:
    """The attributes of pydantic-settings' sources, none of which its documentation names."""

    class Settings(BaseSettings):
        pass

    sources: Sequence[Any] = (
        InitSettingsSource(Settings, {}),
        EnvSettingsSource(Settings),
        DotEnvSettingsSource(Settings, env_file=None),
        SecretsSettingsSource(Settings, secrets_dir=None),
    )
    return frozenset(name for source in sources for name in vars(source))


def docstrings(tree: ast.AST) -> set[ast.AST]:
    owners = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    return {owner.body[0].value for owner in owners if owner.body and isinstance(owner.body[0], ast.Expr)}


def is_ours(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def used(tree: ast.AST, *, has_objects: bool = True) -> Iterator[tuple[int, str]]:
    """Line and name of each thing in a module that pydantic does not promise.

    has_objects: whether it handles classes and sources of pydantic's. Only the author's side does: the rest may not
    import pydantic, which import-linter holds, and has attributes of its own that are called the same.
    """
    words = docstrings(tree)
    underscored, internal = private_names()
    attributes = underscored | names_of_sources() if has_objects else frozenset()
    named = underscored | internal if has_objects else frozenset()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                name = f"{module}.{alias.name}".strip(".")
                if name.partition(".")[0] in PACKAGES and any(map(is_underscored, name.split("."))):
                    yield node.lineno, name
        elif isinstance(node, ast.Attribute):
            if is_dunder(node.attr) or (node.attr in attributes and not is_ours(node.value)):
                yield node.lineno, node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in words:
            parts = node.value.split(".")
            path = parts[0] in PACKAGES and any(map(is_underscored, parts))
            if path or any(part in named or is_dunder(part) for part in parts):
                yield node.lineno, node.value


def is_dunder(name: str) -> bool:
    return name.startswith("__pydantic_") or name == "__private_attributes__"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "confcontract")))
def test_what_pydantic_does_not_promise_is_used_in_one_folder(path: Path) -> None:
    found = set(used(ast.parse(path.read_text(encoding="utf-8")), has_objects=AUTHOR in path.parents))
    if path == OF_BOOT:
        assert {name for _, name in found} == {EXTENSION}
    else:
        assert not found, f"ask for it in a function of {PRIVATE.name}, and call that"


@pytest.mark.parametrize(
    "line",
    [
        "import pydantic._internal._utils",
        "from pydantic._internal import _utils",
        "from pydantic.types import _SecretBase",
        "from pydantic_settings.sources.utils import _get_alias_names",
        "from pydantic_core import _pydantic_core",
        "cls.__pydantic_fields__",
        "getattr(cls, '__pydantic_decorators__', None)",
        "settings.__private_attributes__",
        "source._extract_field_info(field, name)",
        "self.source._field_is_complex(field)",
        "self.source.maxsplit",
        "source.env_vars",
        "module == 'pydantic._internal._validators'",
        "name == 'ByteSize._validate'",
        "name in ('sequence_validator',)",
        "getattr(base, '_load_env_vars')",
    ],
)
def test_a_use_elsewhere_would_be_found(line: str) -> None:
    assert len(list(used(ast.parse(line)))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "from pydantic_core import __version__",
        "from pydantic_settings import BaseSettings",
        "cls.model_fields",
        "schema['on_error']",
        "self._names",
        "typing_objects.is_annotated(origin)",
        "def __get_pydantic_core_schema__(self): ...",
        "def f():\n    'As ByteSize._validate'",
    ],
)
def test_what_is_documented_may_be_used_anywhere(line: str) -> None:
    assert not list(used(ast.parse(line)))


LOOKED_AT = frozenset(
    name for table in (OF_CLASSES, OF_SOURCES, REPLACED) for names in table.values() for name in names
)
# What is looked at by trying: `_look_at_sections`; and what a release may lack, where it lacks what it is for: `unless`.
TRIED = {"toml_table_header", "_any_file_exists", "_traverse_nested_section", "_iter_secret_files", _RAW_UNION, _TAGS}
OTHERS = {"config", "model_config", "_abc_impl"}  # of core schemas, of the class itself, of Python


def test_every_private_name_that_is_used_of_a_class_or_of_a_source_is_looked_at_first() -> None:
    """Methods without an underscore as well, which no documentation promises either: `EnvSettingsSource.next_field`."""
    methods = {name for source in METHODS_OF for name in vars(source) if not name.startswith("__")}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in [*PRIVATE.glob("*.py"), *AUTHOR.glob("*.py")]]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    used = {node.attr for node in nodes if isinstance(node, ast.Attribute) and not is_ours(node.value)}
    used |= {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    of_models = {name for name in used if is_dunder(name) and name != "__pydantic_config__"}  # which is documented
    assert {name for name in of_models if name.isidentifier()} <= LOOKED_AT | {"__pydantic_"}
    assert used & (methods | names_of_sources()) - CONFIGURED - LOOKED_AT - TRIED - OTHERS == set()


# What is called the same as the options of a class's configuration, in which it is looked up.
CONFIGURED = frozenset(SettingsConfigDict.__annotations__) - LOOKED_AT
METHODS_OF: tuple[type, ...] = (
    *(BaseSettings, InitSettingsSource, EnvSettingsSource, DotEnvSettingsSource, SecretsSettingsSource),
    *(TomlConfigSettingsSource, YamlConfigSettingsSource, JsonConfigSettingsSource, PyprojectTomlConfigSettingsSource),
    NestedSecretsSettingsSource,
)


@pytest.mark.parametrize("name", sorted(LOOKED_AT))
def test_a_name_that_is_gone_is_a_refusal_with_the_release(name: str) -> None:
    class Without:
        pass

    with pytest.raises(BakeRefused, match=rf"pydantic.* \d\S* lacks what bake needs: Source\.{name}"):
        look_at(Without(), (name,), called="Source")


def test_each_way_in_says_what_it_gives() -> None:
    modules = [import_module(f"{pydantic_private.__name__}.{path.stem}") for path in PRIVATE.glob("[a-z]*.py")]
    public = [(module, thing) for module in modules for name, thing in vars(module).items() if not name.startswith("_")]
    own = [thing for module, thing in public if getattr(thing, "__module__", None) == module.__name__]
    assert len(own) > 30
    assert not [thing.__name__ for thing in own if not thing.__doc__]


class Color(Enum):
    RED = "red"


BOUNDS = [Field(gt=1), Field(ge=1), Field(lt=9), Field(le=9), Field(multiple_of=2), Field(allow_inf_nan=False)]
TYPES: list[Any] = [
    *(SecretStr, SecretBytes, Secret[int], AnyUrl, PostgresDsn, Sequence[int], defaultdict[str, int], Path, ByteSize),
    *(Pattern, Pattern[str], ImportString, FilePath, IPvAnyAddress, IPvAnyInterface, IPvAnyNetwork),
    *(IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network),
    *(Annotated[ByteSize, bound] for bound in BOUNDS),
    *(Annotated[SecretStr, length] for length in (Field(min_length=1), Field(max_length=9))),
]


def functions(core: Any) -> Iterator[Any]:
    if isinstance(core, list | tuple):
        for item in core:
            yield from functions(item)
    elif isinstance(core, dict):
        if str(core.get("type")).startswith("function-"):
            yield core["function"]["function"]
        for key, inner in core.items():
            if key not in ("serialization", "metadata", "function"):
                yield from functions(inner)


@pytest.mark.parametrize("annotation", TYPES, ids=str)
def test_the_functions_of_pydantic_in_a_core_schema_are_recognised(annotation: Any) -> None:
    found = list(functions(TypeAdapter(annotation).core_schema))
    assert found
    assert all(map(own_function, found)), found


def test_every_function_that_is_recognised_is_one_of_this_release() -> None:
    seen = {own_function(each) for annotation in TYPES for each in functions(TypeAdapter(annotation).core_schema)}
    assert set(OWN_FUNCTIONS.values()) <= seen


def test_the_value_of_a_member_and_the_applications_own_functions_are_told_apart() -> None:
    adapter = TypeAdapter(Color, config=ConfigDict(use_enum_values=True))
    (taken,) = functions(adapter.core_schema)
    own = own_function(taken)
    assert own is not None
    assert own.does is Does.TAKES_VALUE
    assert own_function(functions) is None
    assert own_function(str) is None
