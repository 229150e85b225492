"""Markers for `Annotated`: facts about a variable that its type can't express.

They are data. pydantic ignores all of them but `Separated`, which also takes part in validation.
"""

from __future__ import annotations

from confcontract.contract.schemes import OF_VAULT, SCHEMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


class _Marker:
    __slots__: tuple[str, ...] = ()

    def __repr__(self) -> str:
        arguments = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({arguments})"


def _scheme_of(reference: str) -> str:
    """The scheme with its colon; "" if the reference has none."""
    head, colon, _ = reference.partition(":")
    return head + colon if head + colon in SCHEMES else ""


class Vault(_Marker):
    """Where the value is stored in Vault or OpenBao: "MOUNT/PATH#KEY", or "MOUNT/PATH#KEY@VERSION" (KV v2).

    The process environment overrides it. Implies `Secret()`.

    fallback: further references, tried in order if the previous one is absent (no such path or key, or a deleted
    version). optional: if all are absent, a lower source or the default is used. A denial or an unreachable server is
    always an error: it never counts as absence.
    """

    __slots__ = ("fallback", "optional", "reference")

    def __init__(self, reference: str, *, fallback: str | Sequence[str] = (), optional: bool = False) -> None:
        given: list[Any] = [reference, *((fallback,) if isinstance(fallback, str) else fallback)]
        if not all(isinstance(text, str) for text in given):
            raise TypeError('Vault() takes references as text, such as "secret/shop#password"')
        if any(_scheme_of(text) not in ("", *OF_VAULT) for text in given):
            raise ValueError("Vault() takes references to Vault; use FromStore() for another store")
        self.reference = reference
        self.fallback = (fallback,) if isinstance(fallback, str) else tuple(fallback)
        self.optional = optional


class FromStore(_Marker):
    """Where the value is stored in any secret store, as a reference with its scheme: "aws-sm:NAME#KEY" (AWS Secrets
    Manager), "aws-ssm:/PATH/NAME" (AWS Parameter Store), "vault:MOUNT/PATH#KEY".

    Otherwise like `Vault`. A fallback may be in another store. Raises ValueError for a reference without a known
    scheme.
    """

    __slots__ = ("fallback", "optional", "reference")

    def __init__(self, reference: str, *, fallback: str | Sequence[str] = (), optional: bool = False) -> None:
        given: list[Any] = [reference, *((fallback,) if isinstance(fallback, str) else fallback)]
        if not all(isinstance(text, str) for text in given):
            raise TypeError('FromStore() takes references as text, such as "aws-sm:shop/database#password"')
        if not all(map(_scheme_of, given)):
            raise ValueError(f"FromStore() takes references that begin with one of {', '.join(SCHEMES)}")
        self.reference = reference
        self.fallback = (fallback,) if isinstance(fallback, str) else tuple(fallback)
        self.optional = optional


class Generate(_Marker):
    """How `confcontract secrets apply` generates a secret that is not in any store yet. Implies `Secret()`.

    length: of the text, in characters, 8 or more. alphabet: the characters to choose from, at least two different
    printable ones; letters and digits by default. Raises ValueError for anything else.
    """

    __slots__ = ("alphabet", "length")

    def __init__(self, length: int = 32, *, alphabet: str = "") -> None:
        if not 8 <= length <= 4096:
            raise ValueError("Generate() takes a length between 8 and 4096")
        if alphabet and (len(set(alphabet)) < 2 or not alphabet.isprintable()):
            raise ValueError("Generate() takes an alphabet of at least two different printable characters")
        self.length = length
        self.alphabet = alphabet


class Secret(_Marker):
    """A plain `str` that must be treated as a secret: never baked, never shown.

    `Secret(False)`: the variable is not a secret and is shown, although its name sounds like one or its type is opaque
    (`Any`). A part of it that is declared as a secret is still hidden.
    """

    __slots__ = ("is_secret",)

    def __init__(self, is_secret: bool = True) -> None:
        self.is_secret = is_secret


class Deprecated(_Marker):
    """The variable still works; boot warns and names the spelling that was used.

    message: why, or since when. replaced_by: the environment variable to use instead.
    """

    __slots__ = ("message", "replaced_by")

    def __init__(self, message: str, *, replaced_by: str | None = None) -> None:
        self.message = message
        self.replaced_by = replaced_by


class OnChange(_Marker):
    """What the application needs when the value changes while it runs under `boot --supervise`.

    "restart" (the default): it reads its environment only when it starts. A signal, such as "SIGHUP": on that signal it
    reloads the values that are delivered as files. "files": it notices changed files without a signal. "ignore":
    nothing; it gets the new value at its next start.

    If several variables change at once, the strongest action wins: a restart, then signals, then files. Raises
    ValueError for anything else.
    """

    __slots__ = ("action",)

    def __init__(self, action: str) -> None:
        if action not in ("restart", "ignore", "files") and not _may_be_sent(action):
            raise ValueError(
                'OnChange() takes "restart", "ignore", "files" or the name of a signal that a process can handle, '
                'such as "SIGHUP"'
            )
        self.action = action


def _may_be_sent(name: str) -> bool:
    import signal

    return name in signal.Signals.__members__ and name not in ("SIGKILL", "SIGSTOP")


class Unit(_Marker):
    """The unit of a number, for the reader: Unit("seconds")."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Example(_Marker):
    """A value as an operator would write it in an env file. May be given several times."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value if isinstance(value, str) else _as_written(value)


def _as_written(value: object) -> str:
    import json

    return json.dumps(value, default=str, ensure_ascii=False)


class Separated(_Marker):
    """A list, set or tuple written without JSON: `SHOP_TAGS=a,b,c`.

    White space around items is dropped; the empty string is the empty list; a JSON array is still understood. The
    application's own `Settings()` reads it the same way as boot.
    """

    __slots__ = ("delimiter",)

    def __init__(self, delimiter: str = ",") -> None:
        if not delimiter or delimiter.isspace():
            raise ValueError("Separated() takes a delimiter that is not white space")
        self.delimiter = delimiter

    def __eq__(self, other: object) -> bool:
        # pydantic-settings decodes a list as JSON unless its `NoDecode` is *in* the field's metadata, which it tests by
        # equality: this marker equals `NoDecode`, so that one marker is enough.
        if isinstance(other, Separated):
            return self.delimiter == other.delimiter
        return getattr(other, "__name__", None) == "NoDecode" and getattr(other, "__module__", "").startswith(
            "pydantic_settings"
        )

    def __hash__(self) -> int:
        return hash((Separated, self.delimiter))

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        from confcontract.contract.coercions import separated

        return core_schema.no_info_before_validator_function(
            separated(self.delimiter), handler(source), metadata={"confcontract_separated": self.delimiter}
        )


class Binding(_Marker):
    """The field gets its value from a service that the platform binds to the application (servicebinding.io), if one of
    this type is bound.

    On a section: each member takes the entry of the same name. On any other field: the entry `uri`, or a URL made of
    `host`, `port`, `username`, `password` and `database`. The environment and secret files override it.

    provider, name: choose among several bindings of one type; name is the name of the binding's directory. key: the one
    entry that is the value. keys: for different names, a mapping from member, or part of the URL, to entry. scheme: of
    the URL, if it differs from the one that the type or the entry `uri` gives: "postgresql+asyncpg". Raises ValueError
    for a text that can't be the name of an entry.
    """

    __slots__ = ("key", "keys", "name", "provider", "scheme", "type")

    def __init__(
        self,
        type: str,
        *,
        provider: str | None = None,
        name: str | None = None,
        key: str | None = None,
        keys: Mapping[str, str] | None = None,
        scheme: str | None = None,
    ) -> None:
        given = dict(keys or {})
        for text in (type, provider, name, scheme):
            if text is not None and not (text.isprintable() and text.strip() == text != ""):
                raise ValueError('Binding() takes names on one line, such as Binding("postgresql")')
        for entry in (key, name, *given.values()):
            if entry is not None and not _may_be_entry(entry):
                raise ValueError(f"Binding() takes names of files in a binding, and {entry!r} is none")
        if key is not None and (given or scheme):
            raise ValueError("Binding() takes key for one entry that is the whole value, without keys and scheme")
        self.type = type
        self.provider = provider
        self.name = name
        self.key = key
        self.keys = given
        self.scheme = scheme


def _may_be_entry(name: str) -> bool:
    """Whether a file in a binding may have this name: not a path, and not hidden."""
    return name[:1].isalnum() and name.isascii() and name.replace("-", "").replace("_", "").replace(".", "").isalnum()


MARKERS = (Binding, Vault, FromStore, Generate, Secret, Deprecated, OnChange, Unit, Example, Separated)
