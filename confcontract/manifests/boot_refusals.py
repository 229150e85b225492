"""Reports the options that boot would refuse, on the command line and in the variables that replace them.

Messages show no value, since a manifest may have a credential in the wrong place. A test compares this with boot
itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from confcontract.manifests.boot_settings import FLAGS, WITH_VALUE
from confcontract.manifests.shown_name import shown_name
from confcontract.report.did_you_mean import closest
from confcontract.report.problem import ERROR, WARNING, Problem

SECONDS = frozenset(("grace", "poll", "timeout"))
CHOICES = {"log-format": ("text", "json"), "deliver": ("env", "files", "memfd")}
SUPERVISE = "--supervise"
NEEDS = {"health-addr": SUPERVISE, "secrets-dir": "--deliver files", "grace": SUPERVISE, "poll": SUPERVISE}
TRUTHS = ("CONFCONTRACT_STRICT", "CONFCONTRACT_SUPERVISE")
_TRUE = ("1", "true")
_LISTED = "conf-file"  # the only option whose variable has several values, separated by ":"
_REFERENCE = "$("  # Kubernetes expands this to something that is not known here


def boot_refusals(words: Sequence[str] | None, given: Mapping[str, str], deliver: str) -> Iterator[Problem]:
    """words: boot's arguments; None if they are not known. given: the visible variables. deliver: as in the contract.
    Boot ends with the first error, but this reports all."""
    by_variable = {name: value for name, variable in WITH_VALUE.items() if (value := given.get(variable or ""))}
    by_variable.pop("contract", None)
    for name, value in by_variable.items():
        for part in value.split(":") if name == _LISTED else (value,):
            yield from _of_value(name, part, WITH_VALUE[name])
    for variable in TRUTHS:
        if given.get(variable, "").lower() not in ("", "0", "false", *_TRUE):
            yield _refusal("is neither true nor false", "set it to 1, or unset it", variable)
    if words is None:
        return
    found: dict[str, str] = {}
    yield from _of_words(words, found)
    unmet = set() if "supervise" in found or given.get(TRUTHS[1], "").lower() in _TRUE else {SUPERVISE}
    if (found.get("deliver") or by_variable.get("deliver") or deliver) != "files":
        unmet.add(NEEDS["secrets-dir"])
    for name, needed in NEEDS.items():
        if needed not in unmet:
            continue
        if name in found:
            yield _refusal(f"--{name} has no effect without {needed}", f"add {needed}, or leave --{name} out")
        elif name in by_variable:
            said = WITH_VALUE[name]
            hint = f"add {needed}, or unset it"
            yield _refusal(f"{said} has no effect without {needed}", hint, said, severity=WARNING)


def _of_words(words: Sequence[str], found: dict[str, str]) -> Iterator[Problem]:
    """found: receives the options with their values."""
    rest = [*words]
    while rest:
        word = rest.pop(0)
        if _REFERENCE in word.partition("=")[0]:
            return
        if word == "--":
            if rest and rest[0].startswith("-"):
                hint = "write it before --: confcontract boot OPTION -- COMMAND"
                if variable := WITH_VALUE.get(rest[0][2:].partition("=")[0]):
                    hint += f", or set {variable}"
                yield _refusal("an option stands after --, where the command begins", hint)
            return
        if not word.startswith("--"):
            yield _refusal("a word before -- is not understood", "write -- before the command")
            return
        name, equals, value = word[2:].partition("=")
        if name in FLAGS:
            if equals:
                yield _refusal(f"--{name} takes no value", f"write --{name}, or leave it out")
            found[name] = ""
        elif name not in WITH_VALUE:
            guess = closest(name, [*FLAGS, *WITH_VALUE])
            hint = f"did you mean --{guess}?" if guess else "see confcontract boot --help"
            yield _refusal(f"there is no option --{shown_name(name)}", hint)
            return
        elif not equals and (not rest or rest[0].startswith("--")):
            yield _refusal(f"--{name} needs a value", f"write --{name}=VALUE")
            return
        else:
            found[name] = value if equals else rest.pop(0)
            yield from _of_value(name, found[name], None)


def _of_value(name: str, value: str, variable: str | None) -> Iterator[Problem]:
    if _REFERENCE in value:
        return
    if name in SECONDS:
        if not _is_seconds(value):
            what = f"the value of --{name} is not a number of seconds above 0"
            yield _refusal(what, f"for example --{name} 60", variable)
    elif name in CHOICES:
        if value not in CHOICES[name]:
            yield _refusal(f"the value of --{name} is not known", " or ".join(CHOICES[name]), variable)
    elif not value:
        yield _refusal(f"--{name} is empty", "give it a value, or leave it out", variable)


def _is_seconds(text: str) -> bool:
    try:
        return 0 < float(text) < 1e9
    except ValueError:
        return False


def _refusal(message: str, hint: str, variable: str | None = None, severity: str = ERROR) -> Problem:
    return Problem("usage", message, hint=hint, variable=variable, severity=severity)
