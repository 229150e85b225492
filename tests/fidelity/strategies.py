"""What hypothesis draws: a settings class, then environments that are right, nearly right and wrong for it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from .aliases import names_of
from .makers import some_default, some_shape
from .moods import NEAR, RIGHT, WRONG, Draw, Namer, chance, odd, pick
from .shapes import Default, Field, as_json, merge
from .spec import Environment, SettingsSpec

FIELD_NAMES = ("port", "host", "db", "a", "A_b", "tags", "MAX", "db_x")
PREFIXES = ("", "APP_", "APP_", "app_", "App_", "A__")
DELIMITERS = ("", "__", "__", "__", "__", "_", ".")

# Arguments of Field that change neither names nor values.
WORDS = (
    'description="what it is for"',
    "deprecated=True",
    "exclude=True",
    "repr=False",
    'examples=["x"]',
    "frozen=True",
    'title="T"',
    'json_schema_extra={"x": 1}',
)

STRICTABLE = ("int", "bool", "date", "uuid", "decimal", "list", "set", "enum-str", "datetime")

# Configuration of the settings class; each costs a draw only when it is chosen.
FEATURES = (
    "case_sensitive=True",
    "case_sensitive=True",
    "populate_by_name=True",
    "validate_by_name=True",
    "validate_by_name=True, validate_by_alias=False",
    "alias_generator=to_camel",
    "alias_generator=to_shouting",
    'env_prefix_target="alias"',
    'env_prefix_target="all"',
    "env_nested_max_split=1",
    "env_nested_max_split=2",
    "nested_model_default_partial_update=True",
    "nested_model_default_partial_update=True",
    "env_ignore_empty=True",
    'env_parse_none_str="null"',
    'env_parse_none_str="None"',
    'env_parse_none_str=""',
    "env_parse_enums=True",
    "strict=True",
    "strict=True",
    'extra="ignore"',
    'extra="allow"',
    'extra="forbid"',
    "enable_decoding=False",
    "str_strip_whitespace=True",
    "str_to_lower=True",
    "validate_default=False",
    "use_enum_values=True",
    "coerce_numbers_to_str=True",
    "allow_inf_nan=False",
    "str_min_length=1",
    'regex_engine="python-re"',
    "frozen=True",
    'env_file=".env"',
    'env_file=".env"',
    'env_file=[".env", ".env.local"]',
    'secrets_dir="secrets"',
    'secrets_dir="secrets"',
    'secrets_dir=["secrets", "more"]',
    'dotenv_filtering="only_existing"',
    'dotenv_filtering="match_prefix"',
)


def _field(draw: Draw, names: Namer, name: str, features: tuple[str, ...]) -> Field:
    shape = some_shape(draw, names)
    arguments, keys, strangers, tag = names_of(draw, name, features, aliases=True)
    default: Default | None = None
    factory = False
    if chance(draw, 2):
        if chance(draw, 40):
            takes_none = "None" in shape.text
            default = Default(
                "None", "secret default" if shape.tag == "secret-of" else "" if takes_none else "invalid default"
            )
        else:
            default = some_default(draw, shape)
        factory = default is not None and not default.flaw and chance(draw, 8)
    metadata: tuple[str, ...] = ()
    if chance(draw, 25):
        metadata = (pick(draw, ("NoDecode", "ForceDecode", "Strict()")),)
        if metadata == ("Strict()",) and (shape.tag not in STRICTABLE or "Sequence" in shape.text):
            metadata = ()
    if chance(draw, 20):
        arguments = (*arguments, pick(draw, WORDS))
    return Field(name, shape, keys, strangers, default, arguments, metadata, factory, tag)


# Members of the settings class beside its fields; `{first}` is its first field.
HOOKS = (
    ("hook:field-validator", '@field_validator("{first}")\ndef check(cls, value):\n    return refuse_long(value)\n'),
    (
        "hook:before-validator",
        '@field_validator("{first}", mode="before")\ndef check(cls, value):\n    return split_commas(value)\n',
    ),
    ("hook:every-field", '@field_validator("*", mode="after")\ndef check(cls, value):\n    return value\n'),
    ("hook:model-after", '@model_validator(mode="after")\ndef whole(self):\n    return self\n'),
    ("hook:model-before", '@model_validator(mode="before")\n@classmethod\ndef whole(cls, data):\n    return data\n'),
    ("hook:computed", "@computed_field\n@property\ndef more(self) -> int:\n    return 1\n"),
    ("hook:computed", "@computed_field\n@property\ndef more(self) -> int:\n    return 1\n"),
    ("hook:private", '_hidden: int = 5\nKIND: ClassVar[str] = "x"\n'),
    ("hook:private", "_hidden: int = PrivateAttr(default=5)\n"),
    (
        "hook:sources",
        "@classmethod\ndef settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):\n    return init_settings, dotenv_settings, env_settings, file_secret_settings\n",
    ),
    (
        "hook:sources",
        "@classmethod\ndef settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):\n    return file_secret_settings, env_settings\n",
    ),
    ("hook:post-init", "def model_post_init(self, context):\n    pass\n"),
)


@st.composite
def settings_specs(draw: Draw) -> SettingsSpec:
    """A settings class."""
    names = Namer()
    prefix = pick(draw, PREFIXES)
    delimiter = pick(draw, DELIMITERS)
    chosen: dict[str, str] = {}
    for feature in draw(st.lists(st.sampled_from(FEATURES), max_size=3)):
        for keyword in feature.split(", "):
            chosen.setdefault(keyword.split("=")[0], keyword) if "[" not in feature else chosen.setdefault(
                feature.split("=")[0], feature
            )
    if "validate_by_alias" in chosen and "validate_by_name" not in chosen:
        del chosen["validate_by_alias"]
    if "dotenv_filtering" in chosen:
        chosen.setdefault("env_file", 'env_file=".env"')
    features = tuple(chosen.values())
    fields = []
    for name in draw(st.lists(st.sampled_from(FIELD_NAMES), min_size=1, max_size=4, unique=True)):
        fields.append(_field(draw, names, name, features))
    config = [f'env_prefix="{prefix}"'] if prefix else []
    config += [f'env_nested_delimiter="{delimiter}"'] if delimiter else []
    config += features
    inherited = draw(st.integers(1, len(fields))) if chance(draw, 8) else 0
    first = fields[0]
    generic = not inherited and first.default is None and not first.arguments and not first.metadata and chance(draw, 6)
    hooks: tuple[tuple[str, str], ...] = ()
    if chance(draw, 8):
        tag, text = pick(draw, HOOKS)
        hooks = ((tag, text.replace("{first}", first.name)),)
    return SettingsSpec(tuple(fields), tuple(config), prefix, delimiter, inherited, generic, hooks)


def _cased(draw: Draw, name: str, sensitive: bool, mood: str) -> str:
    if sensitive and not odd(draw, mood):
        return name
    return pick(draw, (name.upper(), name, name.lower(), name.swapcase()))


class _Scene:
    """Where the drawn variables go."""

    def __init__(self, draw: Draw, spec: SettingsSpec, mood: str) -> None:
        self.draw, self.spec, self.mood = draw, spec, mood
        said = " ".join(spec.config)
        self.sensitive = "case_sensitive=True" in said
        self.target = "alias" if 'target="alias"' in said else "all" if 'target="all"' in said else "variable"
        self.dotenv = (
            []
            if "env_file=" not in said
            else [".env", ".env.local"]
            if "[" in said.split("env_file=")[1][:2]
            else [".env"]
        )
        self.secrets = (
            []
            if "secrets_dir=" not in said
            else ["secrets", "more"]
            if "[" in said.split("secrets_dir=")[1][:2]
            else ["secrets"]
        )
        self.variables: list[tuple[str, str]] = []
        self.lines: dict[str, list[str]] = {}
        self.files: dict[str, str] = {}
        self.nested = bool(spec.delimiter)

    def put(self, name: str, value: str) -> None:
        value = value.replace("\0", "")
        if not name or "=" in name:
            return
        place = self.draw(st.integers(0, 9)) if self.dotenv or self.secrets else 0
        if self.dotenv and (place in (5, 6, 7) or (place > 7 and not self.secrets)):
            self.lines.setdefault(pick(self.draw, self.dotenv), []).append(dotenv_line(self.draw, name, value))
        elif self.secrets and place >= 5:
            directory = pick(self.draw, self.secrets)
            if "/" not in name and len(name) < 100:
                self.files[f"{directory}/{name}"] = value + pick(self.draw, ("", "\n", " \n"))
        else:
            self.variables.append((name, value))

    def name_of(self, each: Field, key: str) -> str:
        aliased = key != each.name or (bool(each.arguments) and "serialization" not in each.tag)
        prefix = self.spec.prefix
        if (self.target == "variable" and aliased) or (self.target == "alias" and not aliased):
            prefix = ""
        if odd(self.draw, self.mood) and chance(self.draw, 5):
            prefix = pick(self.draw, ("", self.spec.prefix, self.spec.prefix.swapcase(), "APP", "X_"))
        return _cased(self.draw, prefix + key, self.sensitive, self.mood)

    def set(self, each: Field) -> None:
        key = each.key(self.draw, self.mood)
        name = self.name_of(each, str(key[0]))
        members = each.shape.members()
        exploding = self.nested and members and self.draw(st.integers(0, 3))
        if exploding:
            if exploding == 3:
                self.put(name, each.shape.spelled(self.draw, self.mood))
            self.explode(name, members, 3)
            return
        if len(key) > 1:
            document: dict[str, object] = {}
            merge(document, key, each.shape.data(self.draw, self.mood))
            self.put(
                name,
                as_json(document[str(key[0])])
                if not odd(self.draw, self.mood)
                else each.shape.spelled(self.draw, self.mood),
            )
            return
        if odd(self.draw, self.mood) and chance(self.draw, 8):
            self.put(name, pick(self.draw, ("", "null", "None", " ")))
            return
        self.put(name, each.shape.spelled(self.draw, self.mood))
        if chance(self.draw, 25):  # two spellings of one name at once
            self.put(name.swapcase(), each.shape.spelled(self.draw, self.mood))

    def explode(self, stem: str, members: tuple[Field, ...], depth: int) -> None:
        delimiter = self.spec.delimiter
        for member in members:
            if member.default is not None and chance(self.draw, 2):
                continue
            if member.default is None and odd(self.draw, self.mood) and chance(self.draw, 2):
                continue
            key = member.key(self.draw, self.mood)
            name = stem + delimiter + _cased(self.draw, str(key[0]), self.sensitive, self.mood)
            if len(key) > 1:
                document: dict[str, object] = {}
                merge(document, key, member.shape.data(self.draw, self.mood))
                self.put(name, as_json(document[str(key[0])]))
            elif depth > 0 and member.shape.members() and chance(self.draw, 2):
                self.explode(name, member.shape.members(), depth - 1)
            else:
                self.put(name, member.shape.spelled(self.draw, self.mood))
        if odd(self.draw, self.mood) and chance(self.draw, 4):
            self.put(
                stem + delimiter + pick(self.draw, ("NOPE", "", "0", "kind", "a" + delimiter + "b")),
                pick(self.draw, ("1", "x", "")),
            )


def dotenv_line(draw: Draw, name: str, value: str) -> str:
    plain = value and value.strip() == value and not set(value) & set("\n'\"#\\$`")
    style = draw(st.integers(0, 3))
    if plain and style < 2:
        return f"{'export ' if style else ''}{name}={value}"
    if "'" not in value and "\\" not in value and style < 3:
        return f"{name}='{value}'"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{name} = "{escaped}" # comment'


NOISE = (
    ("PATH", "/bin"),
    ("HOME", "/root"),
    ("APP_", "x"),
    ("APP_NOPE", "1"),
    ("app_unknown", ""),
    ("NOPE", "x"),
    ("db", "x"),
    ("port", "9"),
)


@st.composite
def environments(draw: Draw, spec: SettingsSpec) -> Environment:
    """An environment for that class."""
    mood = pick(draw, (RIGHT, RIGHT, RIGHT, NEAR, NEAR, WRONG))
    scene = _Scene(draw, spec, mood)
    for each in spec.fields:
        if each.default is None:
            wanted = not (odd(draw, mood) and chance(draw, 3))
        else:
            wanted = chance(draw, 2)
        if wanted:
            scene.set(each)
    if chance(draw, 4):
        scene.put(*pick(draw, NOISE))
    if chance(draw, 12) and scene.dotenv:
        scene.lines.setdefault(".env", []).append(
            pick(
                draw,
                (
                    "# comment",
                    "BARE",
                    "bad line",
                    "X=${HOME}",
                    "APP_EXTRA=1",
                    "app_port",
                    "",
                    "NOPE='${A}$B'",
                    "A=x#c",
                    "A=x #c",
                ),
            )
        )
    for file, lines in scene.lines.items():
        scene.files[file] = "\n".join(lines) + "\n"
    seen = dict(scene.variables)
    return Environment(tuple(seen.items()), tuple(scene.files.items()))


@st.composite
def cases(draw: Draw, each: int = 8) -> tuple[SettingsSpec, tuple[Environment, ...]]:
    """A class with several environments."""
    spec = draw(settings_specs())
    return spec, tuple(draw(st.lists(environments(spec), min_size=each, max_size=each)))


def alone(spec: SettingsSpec, field: Field) -> SettingsSpec:
    """The class with that field only."""
    return replace(spec, fields=(field,), inherited=0, generic=False)
