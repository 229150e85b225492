"""Sources of configuration files in any order and number, and files for them: right, nearly right and wrong."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from .moods import NEAR, RIGHT, WRONG, Draw, chance, odd, pick
from .shapes import merge
from .spec import Environment, SettingsSpec
from .strategies import dotenv_line, environments, settings_specs

STANDARD = ("init_settings", "env_settings", "dotenv_settings", "file_secret_settings")
HOOK = """@classmethod
def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
    from functools import partial
    from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource, JsonConfigSettingsSource, NestedSecretsSettingsSource
    from pydantic_settings import PyprojectTomlConfigSettingsSource, SecretsSettingsSource
    from pydantic_settings import TomlConfigSettingsSource, YamlConfigSettingsSource
    class Own(TomlConfigSettingsSource):
        def hello(self):
            return 1
    return {order}
"""


@dataclass(frozen=True)
class Source:
    """text: as the hook has it. config: of the class. kind: of its files, with what leads to the settings in them."""

    text: str
    kind: str
    files: tuple[str, ...] = ()
    config: tuple[str, ...] = ()
    under: tuple[str, ...] = ()


SOURCES = (
    Source("TomlConfigSettingsSource(settings_cls)", "toml", ("c.toml",), ('toml_file="c.toml"',)),
    Source("TomlConfigSettingsSource(settings_cls)", "toml", ("c.toml", "d.toml"), ('toml_file=["c.toml", "d.toml"]',)),
    Source("TomlConfigSettingsSource(settings_cls, toml_file='own.toml')", "toml", ("own.toml",)),
    Source("Own(settings_cls, toml_file=Path('own.toml'))", "toml", ("own.toml",)),
    Source("partial(TomlConfigSettingsSource, toml_file='p.toml')(settings_cls)", "toml", ("p.toml",)),
    Source("TomlConfigSettingsSource(settings_cls, ['c.toml', 'd.toml'], deep_merge=True)", "toml", ("c.toml", "d.toml")),
    Source("TomlConfigSettingsSource(settings_cls, 'h.toml', ('tool', 'app'))", "toml", ("h.toml",), (), ("tool", "app")),
    Source("YamlConfigSettingsSource(settings_cls)", "yaml", ("c.yaml",), ('yaml_file="c.yaml"',)),
    Source("YamlConfigSettingsSource(settings_cls, ['c.yaml', 'd.yaml'], deep_merge=True)", "yaml", ("c.yaml", "d.yaml")),
    Source("YamlConfigSettingsSource(settings_cls, ('c.yaml', 'd.yaml'))", "yaml", ("c.yaml", "d.yaml")),
    Source("YamlConfigSettingsSource(settings_cls, 's.yaml', yaml_config_section='app.web')", "yaml", ("s.yaml",), (), ("app", "web")),
    Source("YamlConfigSettingsSource(settings_cls, 'l.yaml', 'latin-1')", "yaml", ("l.yaml",)),
    Source("JsonConfigSettingsSource(settings_cls)", "json", ("c.json",), ('json_file="c.json"',)),
    Source("JsonConfigSettingsSource(settings_cls, ['c.json', 'd.json'], deep_merge=True)", "json", ("c.json", "d.json")),
    Source("JsonConfigSettingsSource(settings_cls, 'w.json', 'utf-16')", "json", ("w.json",)),
    Source("PyprojectTomlConfigSettingsSource(settings_cls)", "toml", ("pyproject.toml",), (), ("tool", "pydantic-settings")),
    Source("PyprojectTomlConfigSettingsSource(settings_cls, Path('in/p.toml'))", "toml", ("in/p.toml",), ('pyproject_toml_table_header=("app",)',), ("app",)),
    Source("EnvSettingsSource(settings_cls, env_prefix='B_')", "variables"),
    Source("EnvSettingsSource(settings_cls, env_prefix='B_', env_ignore_empty=True)", "variables"),
    Source("DotEnvSettingsSource(settings_cls, env_file='a.env')", "env", ("a.env",)),
    Source("DotEnvSettingsSource(settings_cls, env_file='b.env', env_prefix='B_')", "env", ("b.env",)),
    Source("SecretsSettingsSource(settings_cls, secrets_dir='own')", "secrets", ("own",)),
    Source("NestedSecretsSettingsSource(settings_cls, secrets_dir='tree', secrets_nested_subdir=True)", "tree", ("tree",)),
    Source("NestedSecretsSettingsSource(file_secret_settings, secrets_dir=['tree', 'more'], secrets_prefix='', secrets_nested_delimiter='__')", "tree", ("tree", "more")),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    spec: SettingsSpec
    sources: tuple[Source, ...]
    environments: tuple[Environment, ...]

    def __repr__(self) -> str:
        return repr(self.spec)


@st.composite
def file_cases(draw: Draw, each: int) -> Case:
    spec = draw(settings_specs())
    chosen = draw(st.lists(st.sampled_from(SOURCES), min_size=1, max_size=3))
    standard = [name for name in STANDARD if not chance(draw, 4)]
    order: list[Source | str] = [*chosen, *standard]
    order = [order[at] for at in draw(st.permutations(range(len(order))))] if chance(draw, 2) else [*standard, *chosen]
    text = ", ".join(source if isinstance(source, str) else source.text for source in order)
    config: dict[str, str] = {}
    for said in (*spec.config, *(said for source in chosen for said in source.config)):
        config.setdefault(said.split("=")[0], said)
    hook = ("hook:files", HOOK.replace("{order}", f"({text},)"))
    spec = replace(spec, config=tuple(config.values()), hooks=(hook,))
    return Case(spec, tuple(chosen), tuple(_environment(draw, spec, chosen) for _ in range(each)))


def _environment(draw: Draw, spec: SettingsSpec, sources: list[Source]) -> Environment:
    around = draw(environments(spec))
    files = dict(around.files)
    variables = dict(around.variables)
    if any(source.kind == "variables" for source in sources):
        for _ in range(draw(st.integers(0, 3))):
            each = pick(draw, spec.fields)
            mood = pick(draw, (RIGHT, RIGHT, NEAR))
            name, value = f"B_{each.key(draw, mood)[0]}", each.shape.spelled(draw, mood)
            members = each.shape.members()
            if members and spec.delimiter and chance(draw, 2):
                member = pick(draw, members)
                name += spec.delimiter + str(member.key(draw, mood)[0])
                value = member.shape.spelled(draw, mood)
            variables[pick(draw, (name, name.upper()))] = value.replace("\0", "")
    for source in sources:
        for name in source.files:
            mood = pick(draw, (RIGHT, RIGHT, RIGHT, NEAR, WRONG))
            if chance(draw, 6) or name in files or f"{name}/inside" in files:
                continue
            if source.kind == "env":
                files[name] = "".join(f"{_line(draw, spec, mood)}\n" for _ in range(draw(st.integers(0, 3))))
            elif source.kind in ("secrets", "tree"):
                _secrets(draw, spec, name, mood, files)
            elif mood != RIGHT and chance(draw, 4):
                files[name] = pick(draw, GARBAGE[source.kind])
            else:
                _config(draw, spec, source, name, mood, files)
    return Environment(tuple(variables.items()), tuple(files.items()))


def _config(draw: Draw, spec: SettingsSpec, source: Source, name: str, mood: str, files: dict[str, str]) -> None:
    data = _data(draw, spec, mood)
    for key in reversed(source.under):
        if odd(draw, mood) and chance(draw, 3):
            key = pick(draw, ("nope", key.upper(), "x"))
            data = pick(draw, (data, [data], "x", None))
        data = {key: data}
    text = {"toml": as_toml, "yaml": as_yaml, "json": as_json}[source.kind](draw, data)
    if chance(draw, 12) and mood != RIGHT:
        text = "\ufeff" + text
    if name == "w.json":
        text = text.encode("utf-16", "surrogatepass").decode("utf-8", "surrogateescape")
    elif name == "l.yaml":
        text = text.encode("latin-1", "replace").decode("utf-8", "surrogateescape")
    if chance(draw, 15):
        text = text.replace("\n", "\r\n")
    files[name if not (mood == WRONG and chance(draw, 10)) else f"{name}/inside"] = text


def _data(draw: Draw, spec: SettingsSpec, mood: str) -> Any:
    document: dict[str, Any] = {}
    for each in spec.fields:
        if not chance(draw, 3 if each.default is not None else 8):
            head, *rest = each.key(draw, mood)
            name = str(head)
            if chance(draw, 12):
                name = pick(draw, (name.upper(), name.lower(), name.swapcase()))
            key = (name, *rest)
            value = each.shape.data(draw, mood)
            if chance(draw, 8):
                value = each.shape.spelled(draw, mood).replace("\0", "")
            merge(document, key, value)
    if odd(draw, mood):
        document[pick(draw, ("nope", "", "a.b", "PORT", "1"))] = pick(draw, (1, "x", None, {}, [], {"a": 1}))
    return document


def _line(draw: Draw, spec: SettingsSpec, mood: str) -> str:
    each = pick(draw, spec.fields)
    name = pick(draw, ("", spec.prefix, "B_")) + str(each.key(draw, mood)[0])
    return dotenv_line(draw, name, each.shape.spelled(draw, mood).replace("\0", "").replace("\n", " "))


def _secrets(draw: Draw, spec: SettingsSpec, folder: str, mood: str, files: dict[str, str]) -> None:
    for _ in range(draw(st.integers(0, 3))):
        each = pick(draw, spec.fields)
        name = pick(draw, ("", spec.prefix)) + str(each.key(draw, mood)[0])
        members = each.shape.members()
        value = each.shape.spelled(draw, mood)
        if members and chance(draw, 2):
            member = pick(draw, members)
            name += pick(draw, ("/", "__")) + str(member.key(draw, mood)[0])
            value = member.shape.spelled(draw, mood)
        path = f"{folder}/{name}"
        free = all(not path.startswith(f"{other}/") and not other.startswith(f"{path}/") for other in files)
        if "//" not in path and len(name) < 100 and path.count("/") < 3 and name and free and not name.startswith("."):
            files[path] = value + pick(draw, ("", "\n"))


def as_json(draw: Draw, data: Any) -> str:
    text = json.dumps(data, ensure_ascii=chance(draw, 2), indent=pick(draw, (None, 2)))
    return text.replace(": 1", ": NaN", 1) if chance(draw, 40) else text


def as_yaml(draw: Draw, data: Any) -> str:
    import yaml  # type: ignore[import-untyped]

    if chance(draw, 6):
        return as_json(draw, data)
    text: str = yaml.safe_dump(data, allow_unicode=True, default_flow_style=pick(draw, (None, False, True)))
    if chance(draw, 10):  # Norway, dates, octals, sexagesimals, binary
        text = text.replace("'", "", 2)
    return text


def as_toml(draw: Draw, data: Any) -> str:
    if not isinstance(data, dict):
        return "x = 1\n"
    lines: list[str] = []
    _table(draw, data, (), lines)
    return "\n".join(lines) + "\n"


def _table(draw: Draw, data: dict[str, Any], path: tuple[str, ...], lines: list[str]) -> None:
    tables = {key: value for key, value in data.items() if isinstance(value, dict) and not chance(draw, 3)}
    for key, value in data.items():
        if key not in tables and value is not None:
            lines.append(f"{_key(draw, key)} = {_value(draw, value)}" + pick(draw, ("", "", " # comment")))
    for key, value in tables.items():
        lines.append(f"[{'.'.join(_key(draw, part) for part in (*path, key))}]")
        _table(draw, value, (*path, key), lines)


def _key(draw: Draw, key: str) -> str:
    bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if bare and not chance(draw, 6) else json.dumps(str(key)).replace("\x7f", "\\u007f")


def _value(draw: Draw, value: Any) -> str:
    if isinstance(value, dict):
        inner = (f"{_key(draw, key)} = {_value(draw, item)}" for key, item in value.items() if item is not None)
        return "{ " + ", ".join(inner) + " }"
    if isinstance(value, list):
        return "[" + pick(draw, (", ", ",\n  ")).join(_value(draw, item) for item in value if item is not None) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value) or math.isinf(value):
            return str(value)
        return repr(value) if any(mark in repr(value) for mark in ".e") else f"{value!r}.0"
    if isinstance(value, int):
        return f"{value:_}" if chance(draw, 6) else str(value)
    text = str(value)
    if len(text) in (10, 19, 20) and text[4:5] == "-" and chance(draw, 2):
        return text  # a date of TOML's own, where it is one
    if "'" not in text and text.isprintable() and chance(draw, 2):
        return f"'{text}'"
    return json.dumps(text).replace("\x7f", "\\u007f")


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(  # what Settings() makes of it has to fit into memory
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcde", "bcdef", strict=True)
)
GARBAGE = {
    "toml": (
        "", "\n", "# only\n", "port = 1\nport = 2\n", "[a]\n[a]\n", "port =", "port = 01", "[db]\nhost = 1\n[db.host]\nx = 1\n",
        "db = {a = 1}\n[db]\nb = 1\n", "port = 1979-05-27T07:32:00Z\nhost = 07:32:00\ndb = 1979-05-27\n", "a.b.c = 1\n",
        "port = 0x1F\nhost = 'x'\n", 'host = """\nlong"""\n', "[[tags]]\na = 1\n[[tags]]\n", "port = inf\n", "= 1", "\xff",
        b"\xff\xfe".decode("utf-8", "surrogateescape"), "host = \"\\u00e9\\n\"\n", "port = 1\r\nhost = \"x\"\r\n", "port = 1\rhost = 2",
        "tags = [1, 'x', [2]]\n", "tags = [\n 1, # one\n 2,\n]\n", "port = 9" + "9" * 5000, "tags = " + "[" * 3000, "\x00",
    ),
    "yaml": (
        "", "---\n", "# only\n", "null", "[]", "0", "false", "- 1\n- 2\n", "- [port, 5]\n", "text", "5", "port: no\nhost: on\n",
        "port: 010\nhost: 1:30\ndb: 0x1f\n", "port: 2024-01-02\nhost: 2024-01-02T03:04:05Z\n", "port: 1\nport: 2\n",
        "host: !!python/object:os.system x\n", "host: !secret x\n", "port: !!int '5'\ntags: !!set {a, b}\nhost: !!binary aGk=\n",
        "base: &base {port: 1}\ndb:\n  <<: *base\n  host: x\n", "tags: &t [1]\ndb: *t\n", "host: *nowhere\n", "a: &a\n  b: *a\n",
        BOMB, "port: 1\n---\nport: 2\n", "\tport: 1\n", "port: [1\n", "1: x\n", "null: x\n", "? [a]\n: x\n", "host: 'x\n", "%YAML 9\n---\n{}",
        "port: 1.0\nhost: ~\n", "port: .nan\nhost: .inf\n", "host: |\n  long\n  text\n", b"port: \xe9\n".decode("utf-8", "surrogateescape"),
        "port: 1\nhost: \x07\n", "tags: !!omap [a: 1]\n", "tags: !!pairs [a: 1]\n", "\ufeffport: 1\n", "port: 1_000\n", "tags:\n- a\n-\n", "host: =\n", "<<: {port: 1}\n",
        "app: {web: }\n", "app: {web: 5}\n", "app.web: {port: 1}\n", "app: [1]\n", "app: web\n", "app:\n", "{" * 400,
    ),
    "json": (
        "", " \n", "null", "[]", "0", '""', "[1]", '[["port", 5]]', '"ab"', '["ab"]', "{", '{"port": 1, "port": 2}', '{"port": NaN}',
        '{"port": Infinity, "host": -Infinity}', '{"port": 1,}', "{'port': 1}", "\ufeff{}", '{"port": 1} x', '{"host": "a\\ud800b"}',
        '{"host": "a\tb"}', '{"port": ' + "9" * 5000 + "}", "[" * 3000, b"\xff{}".decode("utf-8", "surrogateescape"), "\u00a0", '{"port": 1e400}', "// x\n{}",
    ),
}  # fmt: skip
