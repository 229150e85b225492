"""Where a value came from."""

from __future__ import annotations

# Lowest to highest.
DEFAULT = "default"
COMPUTED = "computed"
SETTINGS_FILE = "settings-file"  # the settings class's own env_file or secrets_dir
CONF_FILE = "conf-file"
ENV_FILE = "env-file"
SECRET_FILE = "secret-file"
VAULT = "vault"
ENVIRONMENT = "environment"

_WORDS = {
    DEFAULT: "default in the image",
    COMPUTED: "computed at start",
    SETTINGS_FILE: "{}",
    CONF_FILE: "{}",
    ENV_FILE: "env file {}",
    SECRET_FILE: "secret file {}",
    VAULT: "Vault {}",
    ENVIRONMENT: "environment",
}


class Source:
    """One place that gave a value. `kind`: see above; `name`: the variable's name as it was used there;
    `detail`: file and line, or the reference in Vault; `overrides`: the sources that this one outranks."""

    __slots__ = ("detail", "kind", "name", "overrides")

    def __init__(self, kind: str, name: str = "", detail: str = "") -> None:
        self.kind = kind
        self.name = name
        self.detail = detail
        self.overrides: list[Source] = []

    def __str__(self) -> str:
        return _WORDS[self.kind].format(self.detail)

    def __repr__(self) -> str:
        return f"Source({self.kind!r}, {self.name!r}, {self.detail!r})"
