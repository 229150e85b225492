"""Every place in which an operator may put a secret: variables, and the files that go with them.

WORD, DIGITS and UUID stand for a secret of the run; `{folder}` for the test's directory.
"""

from __future__ import annotations

from dataclasses import dataclass, field

WORD, DIGITS, UUID = "<word>", "<digits>", "<uuid>"


@dataclass(frozen=True)
class Place:
    name: str
    variables: dict[str, str] = field(default_factory=dict)
    env_file: str = ""
    conf_file: str = ""
    config_file: tuple[str, str] = ("", "")  # the ending of its name, and what stands in it
    secret_file: str | None = None
    secret_name: str = "secret"
    binding: str = ""  # the type of a service binding, of which the secret file is an entry
    settings: str = "Settings"


def variable(name: str, value: str, **more: str) -> Place:
    return Place(f"{name}={value}", {f"SHOP_{name}": value, **{f"SHOP_{key}": text for key, text in more.items()}})


URL = f"postgres://app:{WORD}@db:5432/shop"

TYPES = [
    "PASSWORD",
    "SHORT",
    "PATTERNED",
    "API_KEY",
    "OLD_KEY",
    "VAULTED",
    "RAW",
    "WRAPPED_INT",
    "WRAPPED_DATE",
    "NUMBER",
    "REAL",
    "FLAG",
    "AMOUNT",
    "IDENT",
    "DAY",
    "SPAN",
    "ADDRESS",
    "SIZE",
    "PLACE",
    "PACKED",
    "EITHER",
    "CHECKED",
]


def together(names: list[str], value: str) -> Place:
    """Several variables of one value: the line that shows it names the one that leaks."""
    return Place(f"{' '.join(names)}={value}", {f"SHOP_{name}": value for name in names})


OF_EVERY_TYPE = [
    *(
        together(TYPES, value)
        for value in (
            WORD,
            DIGITS,
            UUID,
            f"{WORD}\\n",
            f" {WORD} ",
            f'["{WORD}"]',
            f'{{"{WORD}": "{WORD}"}}',
            f"-{DIGITS}.5",
        )
    ),
    variable("IDENT", f"{UUID}x"),
    variable("SPAN", f"PT{DIGITS}{WORD}"),
    variable("DAY", f"2026-01-{WORD}"),
    variable("CHECKED", WORD),
]

CREDENTIALS = [
    *(
        together(["DSN", "QUEUE", "BROKER"] if value != WORD else ["DSN"], value)
        for value in (
            URL,
            WORD,
            f"postgres://app:{WORD}@",
            f"postgres://app:{WORD}",
            f"postgres://:{WORD}@db:99999999/x",
            f"mongodb://app:{WORD}@a,b,c/x",
            f"postgres//app:{WORD}@db",
            f"postgres://app:a/{WORD}@db/x",
            f"postgres://app:a#{WORD}@db/x",
            f"postgres://app:a@{WORD}@db/x",
            f"amqp://app:{WORD} @db/x",
            f"postgres://db/x?password={WORD}",
            f"host=db password={WORD}",
            f"host=db password='a {WORD}'",
            f"Server=db;Pwd={WORD};",
        )
    ),
    variable("HOSTS", f'["{URL}"]'),
    variable("HOSTS", f'["{URL}'),
    variable("HOSTS", f'["x://app:{WORD}@[", 5]'),
    variable("HOSTS", URL),
    variable("REFUSED", "true", API_KEY=WORD),
]

IN_JSON = [
    variable("DATABASE", f'{{"password": "{WORD}"}}'),
    variable("DATABASE", f'{{"password": "{WORD}", "port": "x"}}'),
    variable("DATABASE", f'{{"password": "{WORD}"'),
    variable("DATABASE", f'{{"password": {WORD}}}'),
    variable("DATABASE", f'{{"url": "{URL}", "port": "{WORD}"}}'),
    variable("DATABASE", f'{{"url": "postgres://app:{WORD}"}}'),
    variable("DATABASE", f'["{WORD}"]'),
    variable("DATABASE", WORD),
    variable("DATABASE", f'{{"{WORD}": 1}}'),
    variable("DATABASE__PASSWORD", WORD, DATABASE='{"port": 1}'),
    variable("DATABASE__PASSWORD", WORD, DATABASE='{"port": '),
    variable("DATABASE__URL", URL),
    variable("DATABASE__URL", f"postgres://app:{WORD}"),
    *(
        variable(name, value.replace("@", f'{{"key": "{WORD}"}}'))
        for name, value in (
            ("MARKED", "@"),
            ("MARKED_CLASS", "@"),
            ("MARKED_KEYS", "@"),
            ("MANY", "[@]"),
            ("TABLE", '{"a": @}'),
        )
    ),
    *(
        variable(name, value.replace("@", f'{{"key": "{WORD}", "count": "x"}}'))
        for name, value in (
            ("MARKED", "@"),
            ("MARKED_CLASS", "@"),
            ("MARKED_KEYS", "@"),
            ("MANY", "[@]"),
            ("TABLE", '{"a": @}'),
        )
    ),
    variable("MARKED__KEY", WORD),
    variable("MANY", f'[{{"key": "{WORD}"'),
    variable("TREE", f'{{"hidden": "{WORD}"}}'),
    variable("TREE", f'{{"marked": "{WORD}", "count": "x"}}'),
    variable("TREE", f'{{"children": [{{"hidden": "{WORD}", "count": "x"}}]}}'),
    variable("TREE__HIDDEN", WORD, TREE__COUNT="x"),
    variable("TREES", f'[{{"marked": "{WORD}"}}]'),
    variable("TOKENS", f'["{WORD}"]'),
    variable("TOKENS", f'["{WORD}", 5]'),
    variable("TOKENS", f"{WORD},b"),
    variable("BY_NAME", f'{{"a": "{WORD}"}}'),
    variable("BY_NAME", f'{{"{WORD}": 5}}'),
    variable("BY_NAME__A", WORD),
    variable("NUMBERS", f'{{"a": "{WORD}"}}'),
    variable("NUMBERS", f'{{"{WORD}": "x"}}'),
    variable("NUMBERS__A", WORD),
    variable("PARTS", f"a,{WORD}"),
    variable("PARTS", f'["{WORD}", 5]'),
    variable("LOGINS", f'[{{"kind": "{WORD}"}}]'),
    variable("LOGINS", f'[{{"kind": "key", "key": "{WORD}"}}]'),
    variable("LOGINS", f'[{{"kind": "key", "key": ["{WORD}"]}}]'),
    variable("WAY", f'{{"kind": "key", "key": "{WORD}"}}'),
    variable("WAY", f'{{"kind": "key", "key": ["{WORD}"]}}'),
    variable("WAY", f'{{"kind": "{WORD}", "key": "{WORD}"}}'),
    variable("WAY__KEY", WORD, WAY__KIND="key"),
]

MISTAKES = [
    variable("PASWORD", WORD),
    variable("API_KEY_", URL),
    variable("DATABASE__PASWORD", WORD),
    variable("DATABASE_PASSWORD", WORD),
    variable("PORT", f"{URL}"),
    variable("PORT", f"5432 password={WORD}"),
    variable("API_KEY", f"vault:v1:{WORD}=="),
    variable("API_KEY", f"vault:{WORD}"),
    variable("API_KEY", f"bao:secret/x#{WORD}@y"),
    variable("PASSWORD_FILE", WORD),
    variable("API_KEY", WORD, API_KEY_FILE="/nowhere"),
    Place("two spellings", {"SHOP_API_KEY": WORD, "shop_api_key": f"{WORD}2", "Shop_Port": "x"}),
    Place("a token of Vault", {"VAULT_ADDR": "http://127.0.0.1:9", "VAULT_TOKEN": WORD, "SHOP_VAULTED": ""}),
    Place(
        "an AppRole of Vault",
        {"VAULT_ADDR": f"http://u:{WORD}@127.0.0.1:9", "VAULT_ROLE_ID": WORD, "VAULT_SECRET_ID": WORD},
    ),
]

NAMES = ("API_KEY", "PASSWORD", "IDENT", "NUMBER", "DSN", "DATABASE", "DATABASE__PASSWORD", "TOKENS", "PORT")
IN_FILES = [
    Place("env file", env_file=f"SHOP_API_KEY={WORD}\nSHOP_DSN={URL}\nSHOP_PORT=x\n"),
    Place("env file, overridden", {"SHOP_API_KEY": "y"}, env_file=f"SHOP_API_KEY={WORD}\n"),
    *(
        Place(f"{ending} that says {text[:24]!r}", config_file=(ending, text))
        for ending, text in (
            ("toml", f'api_key = "{WORD}"\npassword = "{WORD}"\nport = "x"\n[database]\npassword = "{WORD}"\n'),
            ("toml", f"api_key = {WORD}\n"),
            ("toml", f'apikey = "{WORD}"\n'),
            ("toml", f'api_key = ["{WORD}"]\nport = "x"\n'),
            ("toml", f'api_key = "\\{WORD}"\n'),
            ("yaml", f"api_key: {WORD}\ndsn: {URL}\nport: x\ndatabase: {{password: [{WORD}]}}\n"),
            ("yaml", f"api_key: !{WORD} x\n"),
            ("yaml", f"api_key: *{WORD}\n"),
            ("yaml", f"api_key: &{WORD} x\nport: &{WORD} x\n"),
            ("yaml", f"api_key: {WORD}: x\n"),
            ("yaml", f'api_key: "\\q{WORD}"\n'),
            ("yaml", f"- {WORD}\n"),
            ("yaml", WORD),
            ("json", f'{{"api_key": "{WORD}", "api_key": "{WORD}", "port": "x"}}'),
            ("json", f'{{"api_key": {WORD}}}'),
        )
    ),
    Place("conf.d", conf_file=f"SHOP_API_KEY={WORD}\nSHOP_PASSWORD={WORD}\n"),
    Place("conf.d, overridden", {"SHOP_API_KEY": "y"}, env_file="SHOP_API_KEY=z", conf_file=f"SHOP_API_KEY={WORD}\n"),
    *(
        Place(f"env file with the line {line!r}", env_file=f"SHOP_PORT=1\n{line}\nSHOP_HOST=x\n")
        for line in (
            WORD,
            f"SHOP_API_KEY {WORD}",
            f"SHOP_API_KEY: {WORD}",
            f"SHOP_API_KEY='{WORD}",
            f'SHOP_API_KEY="{WORD}',
            f"SHOP_API_KEY='a' {WORD}",
            f"export {WORD}",
            f"=b {WORD}",
            f"'{WORD}'",
            f"SHOP_API_KEY=\n{WORD}",
            f"SHOP_API_KEY==={WORD}",
            f"SHOP_API_KEY=${{{WORD}}}",
            f"SHOP_API_KEY=${{X:-{WORD}}}",
            f"SHOP_API_KEY=${{X:-{WORD}",
            f"SHOP_PASWORD={WORD}",
            f"-----BEGIN KEY-----\n{WORD}\n-----END KEY-----",
        )
    ),
    *(
        Place(f"in a file: {text!r}", {f"SHOP_{name}_FILE": "{folder}/secret" for name in NAMES}, secret_file=text)
        for text in (WORD, f"{WORD}\n", f"{WORD}\0", f"{WORD}\n{WORD}\n")
    ),
    Place("a URL in a file", {"SHOP_DSN_FILE": "{folder}/secret"}, secret_file=URL),
    Place("a broken URL in a file", {"SHOP_DSN_FILE": "{folder}/secret"}, secret_file=f"postgres://a:{WORD}"),
    *(
        Place(
            f"mounted as {name}: {text!r}",
            {"CONFCONTRACT_MOUNTED_SECRETS": "{folder}/in"},
            secret_file=text,
            secret_name=name,
        )
        for text in (WORD, f"{WORD}\0")
        for name in ("in/shop_api_key", "in/shop_ident", "in/shop_database")
    ),
    *(
        Place(
            f"bound to {kind}, as {entry}: {text!r}",
            {"SERVICE_BINDING_ROOT": "{folder}/bound"},
            secret_file=text,
            secret_name=f"bound/one/{entry}",
            binding=kind,
        )
        for kind, entry, text in (
            ("postgresql", "uri", URL),
            ("postgresql", "uri", WORD),
            ("postgresql", "host", WORD),
            ("postgresql", "password", WORD),
            ("database", "uri", WORD),
            ("database", "secret", WORD),
            ("database", "secret", f"{WORD}\0"),
        )
    ),
    Place("no UTF-8 in a file", {"SHOP_DSN_FILE": "{folder}/secret"}, secret_file=f"\udcff{WORD}"),
]

OTHER_CLASSES = [
    Place(
        f"{settings}: {name}={value}", {f"SHOP_{name}": value}, settings=settings,
    )
    for settings, name, value in (
        ("Strict", "API_KEY", WORD),
        ("Strict", "API_KE", WORD),
        ("Strict", "DATABASE", f'{{"{WORD}": 1}}'),
        ("Strict", "DATABASE", f'{{"password": "{WORD}"}}'),
        ("Strict", "DATABASE__PASWORD", WORD),
        ("Strict", "DATABASE__PASSWORD__X", WORD),
        ("Strict", "PORT", URL),
        ("Flat", "DATABASE", f'{{"password": "{WORD}"}}'),
        ("Flat", "DATABASE", f'{{"url": "{URL}"}}'),
        ("Flat", "DATABASE__PASSWORD", WORD),
        ("Flat", "MARKED", f'{{"key": "{WORD}"}}'),
        ("Flat", "MARKED", f'{{"key": "ok", "count": "{WORD}"}}'),
        ("Flat", "MANY", f'[{{"key": "{WORD}"}}]'),
        ("Flat", "MANY", f'[{{"key": "{WORD}", "count": []}}]'),
        ("Flat", "ANYTHING", f'{{"password": "{WORD}"}}'),
        ("Flat", "ANYTHING", f'{{"url": "{URL}"}}'),
        ("CHECKED", "DSN", f"postgres://app:{WORD}@127.0.0.1:9/shop"),
        ("CHECKED", "DSN", f"postgres://app:{WORD}@nowhere.invalid/shop"),
        ("CHECKED", "BROKER", f"http://app:{WORD}@127.0.0.1:9/x"),
        ("CHECKED", "BROKER", f"http://127.0.0.1:9/x?token={WORD}"),
        ("CHECKED", "BROKER", f"app:{WORD}@127.0.0.1"),
        ("CHECKED", "PLACE", f"/nowhere/{WORD}"),
    )
]  # fmt: skip

PLACES = {place.name: place for place in (*OF_EVERY_TYPE, *CREDENTIALS, *IN_JSON, *MISTAKES, *IN_FILES, *OTHER_CLASSES)}
