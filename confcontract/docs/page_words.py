"""Constraints, kinds and the exit codes of boot in words."""

from __future__ import annotations

from confcontract.docs.model import DeliveryEntry, ExitCode, HowTo, Page
from confcontract.report.exit_codes import EXITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

EXIT_CODES = (
    ExitCode("0", "the configuration is valid; once the application runs, every code is its own", ""),
    *(ExitCode(str(each.number), each.reason, each.remedy) for each in sorted(EXITS, key=lambda each: each.number)),
    ExitCode("128+n", "ended by signal n before the application ran, such as 143 for TERM", ""),
)


def problems(page: Page) -> list[tuple[str, str, str]]:
    """Code, meaning and remedy of the problems that can occur when this application starts."""
    from confcontract.report.codes import CODES

    kinds = ["value", "secret", "name", "source", "policy"]
    kinds += ["binding"] if any(entry.binding for entry in page.entries) else []
    kinds += ["check"] if page.checks or page.deferred or any(entry.deferred for entry in page.entries) else []
    kinds += ["vault", "store"] if any(entry.vault for entry in page.entries) else []
    return [
        (code, *words) for code, words in CODES.items() if code.partition("-")[0] in kinds and code not in _ELSEWHERE
    ]


_ELSEWHERE = ("value-unverifiable", "secret-in-plain")  # reported for manifests, before a start

PROVENANCE = (
    ("imageTag", "image"),
    ("sourceCommit", "source commit"),
    ("buildTime", "built"),
    ("confcontract", "confcontract"),
    ("python", "Python"),
    ("pydantic", "pydantic"),
    ("pydanticCore", "pydantic_core"),
    ("pydanticSettings", "pydantic-settings"),
)

DEFERRALS = {
    "argument": "the argument that the application gives,",
    "constraint": "a constraint",
    "constructor": "the constructor",
    "default": "the default",
    "default-factory": "the default, computed by",
    "discriminator": "the choice by",
    "enum": "the choices of",
    "model-validator": "the model's validator",
    "post-init": "what runs after the model is made,",
    "source": "values from a custom source (not checked),",
    "type": "the type",
    "validator": "the validator",
}


_DELIVERIES = {
    "files": "The application finds its secrets not in its environment but in files in memory, unless boot is "
    "configured otherwise (--deliver): CONFCONTRACT_SECRETS_DIR names the directory with a file for each, "
    "CONFCONTRACT_SECRETS_FILE a dotenv file with all of them.",
    "memfd": "The application finds its secrets not in its environment but in one dotenv file in memory, unless boot "
    "is configured otherwise (--deliver): CONFCONTRACT_SECRETS_FILE is the path by which it is read.",
}


def delivery(kind: str) -> DeliveryEntry:
    """How the application gets its secrets: the contract's "deliver"."""
    return DeliveryEntry(kind, _DELIVERIES.get(kind, ""))


def reading(variable: Mapping[str, Any]) -> tuple[str, ...]:
    """What names provide that do not hold the value itself."""
    import json

    held = [
        f"{name} holds JSON, and the value is in it at {json.dumps(way, ensure_ascii=False)}"
        for name, way in variable.get("within", {}).items()
    ]
    return (*held, *(f"{head}... gives a part of it, whatever follows" for head in variable.get("open", ())))


_ON_CHANGE = {"": "", "ignore": "nothing", "files": "its file is rewritten"}


def on_change(variable: Mapping[str, Any]) -> str:
    """What happens when the value changes at run time; empty for a restart."""
    kind = str(variable.get("onChange", ""))
    return _ON_CHANGE.get(kind, kind)


def binding(variable: Mapping[str, Any]) -> str:
    """The service binding that provides it; empty if there is none."""
    wanted = variable.get("binding")
    if wanted is None:
        return ""
    provider = f" of {wanted['provider']}" if "provider" in wanted else ""
    name = f" that is called {wanted['name']}" if "name" in wanted else ""
    return f"the service binding of type {wanted['type']}{provider}{name}"


def choices(constraints: Mapping[str, Any]) -> tuple[str, ...]:
    """The only values, as an operator would write them."""
    return tuple(map(_as_written, constraints.get("enum", ())))


def _as_written(value: Any) -> str:
    if isinstance(value, str):
        return value
    import json

    return json.dumps(value, ensure_ascii=False)


_NOT_IN_TYPE = ("maxDigits", "decimalPlaces")  # the constraints that the type in words does not mention


def allowed(constraints: Mapping[str, Any]) -> str:
    """The constraints in words: "1 to 100, a multiple of 5". Empty if an enumeration is the only constraint."""
    if not constraints:
        return ""
    spans = constraints.get("minimum") is not None and constraints.get("maximum") is not None
    words = [
        *(_span(constraints, "minimum", "maximum", "{}") if spans else _one(constraints, "minimum", "at least {}")),
        *_one(constraints, "exclusiveMinimum", "more than {}"),
        *([] if spans else _one(constraints, "maximum", "at most {}")),
        *_one(constraints, "exclusiveMaximum", "less than {}"),
        *_one(constraints, "multipleOf", "a multiple of {}"),
        *_span(constraints, "minLength", "maxLength", "{} characters"),
        *_span(constraints, "minItems", "maxItems", "{} of them"),
        *_span(constraints, "minProperties", "maxProperties", "{} of them"),
        *_one(constraints, "maxDigits", "at most {} digits"),
        *_one(constraints, "decimalPlaces", "at most {} digits after the point"),
        *_one(constraints, "pattern", "matching {}"),
    ]
    return ", ".join(words)


def _span(constraints: Mapping[str, Any], least: str, most: str, form: str) -> list[str]:
    low, high = constraints.get(least), constraints.get(most)
    if low is not None and high is not None:
        return [form.format(f"{low} to {high}" if low != high else f"exactly {low}")]
    if low is not None:
        return [form.format(f"at least {low}").replace("at least 1 characters", "at least 1 character")]
    return [form.format(f"at most {high}")] if high is not None else []


def _one(constraints: Mapping[str, Any], key: str, form: str) -> list[str]:
    return [form.format(constraints[key])] if key in constraints else []


def base_type(variable: Mapping[str, Any]) -> str:
    """The type in words without the part that `allowed` returns: "integer" for "integer, 1 to 65535"."""
    text = str(variable["type"]["text"])
    kind = variable["type"]["kind"]
    constraints = variable.get("constraints")
    if not constraints:
        return text
    if kind == "enum" and constraints.get("enum"):
        return "choice" if len(constraints["enum"]) > 1 else "fixed text"
    limits = allowed({key: value for key, value in constraints.items() if key not in _NOT_IN_TYPE})
    return text.removesuffix(f", {limits}") if limits else text


MANY_SCHEMES = 3  # if there are more, one is named and the others are counted


def usual_scheme(schemes: Sequence[str]) -> str:
    """The longest scheme without a driver: postgresql for postgres, postgresql, postgresql+psycopg."""
    plain = [scheme for scheme in schemes if "+" not in scheme] or schemes
    return max(plain, key=len)


def how_to_kinds(variable: Mapping[str, Any]) -> tuple[str, ...]:
    """The explanations of `how_to` that a variable needs."""
    kind, encoding = variable["type"]["kind"], variable["encoding"]
    found = []
    if kind in ("boolean", "duration", "size"):
        found.append(str(kind))
    if encoding == "separated":
        found.append(f"list:{variable['separator']}")
    elif encoding == "json" or kind == "json":
        found.append("json")
    return tuple(found)


_HOW_TO = {
    "boolean": HowTo(
        "boolean",
        "True or false",
        "true or false; 1 and 0, yes and no, on and off, t and f, y and n mean the same. Case does not matter.",
        ("true", "false"),
    ),
    "duration": HowTo(
        "duration",
        "Durations",
        "ISO 8601: P, days (D), then T and hours (H), minutes (M), seconds (S). Or [DAYS days,] HH:MM:SS. "
        "A number alone is not a duration.",
        ("PT30S", "PT1H30M", "P1D", "00:00:30", "2 days, 01:00:00"),
    ),
    "size": HowTo(
        "size",
        "Sizes",
        "A number of bytes, or a number with a unit: kB, MB, GB are powers of 1000; KiB, MiB, GiB are powers of 1024.",
        ("1024", "512MiB", "1.5GB"),
    ),
    "json": HowTo(
        "json",
        "JSON",
        "Lists, mappings and whole sections are JSON in one value. Quote it for the shell.",
        ('["a","b"]', '{"key":1}'),
    ),
}


def how_to(kind: str) -> HowTo:
    """The explanation for one of the kinds that `how_to_kinds` returns."""
    if kind in _HOW_TO:
        return _HOW_TO[kind]
    separator = kind.partition(":")[2]
    name = {",": "commas", ";": "semicolons", "|": "bars", ":": "colons", " ": "blanks", "\n": "line ends"}
    between = name.get(separator) or f"{separator!r}"
    text = f"The items one after another, with {between} between them; an empty value is an empty list."
    return HowTo(kind, f"Lists with {between}", text, (f"a{separator}b{separator}c",))


def checks_further(page: Page) -> str:
    """What only the application can check on the whole document, such as the values of a source of its own."""
    told = [
        f"{deferral.words} ({deferral.declared_at})" if deferral.declared_at else deferral.words
        for deferral in page.deferred
    ]
    return f"The application checks further: {'; '.join(told)}." if told else ""
