"""Rules of `verdict.elsewhere` for a text, as CEL expressions that are true of everything that boot may accept.

If the rule can't decide, the expression is true: a policy never refuses what boot accepts. It is also true of long
texts, which cost too much to judge. RE2 matches strings; RE2 and CEL's conversions are only used for forms that all
engines read in the same way.
"""

from __future__ import annotations

import re

from confcontract.platforms.admission.cel_text import any_of, every, integer, number, text, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Rule = Mapping[str, Any]

PLAIN = "^[ -~]*$"  # printable ASCII, to which rules about forms are limited
_SHORT = "^[ -~]{0,200}$"  # longest number that is judged
_LONGEST_REPEAT = 1000  # RE2's limit for the count of a repeat, also of nested ones

_INTEGER = r"^ *[-+]?[0-9]+(?:\.0+)? *$"
_SMALL_INTEGER = r"^ *[-+]?0*[0-9]{1,18}(?:\.0+)? *$"  # fits in 64 bits
_NUMBER = r"^ *[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)? *$"
# with _SHORT: within the range of a double
_FINITE = r"^ *[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})? *$"
_BOOLEAN = "^(?:[01tTfFyYnN]|[oO][nN]|[oO][fF][fF]|[yY][eE][sS]|[nN][oO]|[tT][rR][uU][eE]|[fF][aA][lL][sS][eE])$"
_BLANK = r"[ \t\n\r]*"
_JSON_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?"
# Signs of JSON that Python reads: its first and last character, or one of its words.
_JSON = rf'^{_BLANK}(?:\[(?s:.*)\]|\{{(?s:.*)\}}|"(?s:.*)"|null|true|false|NaN|-?Infinity|{_JSON_NUMBER}){_BLANK}$'
_COMPARED = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
_WHOLE, _FRACTION = 9, 6  # digits that a double can represent exactly


def acceptable(rule: Rule, value: str) -> str | None:
    """An expression that is true of everything that boot accepts. value: an expression for the text. None: every text
    is accepted.
    """
    return _KINDS[rule["kind"]](rule, value)


def looks_like_json(value: str) -> str:
    """True of everything that Python's json module reads."""
    return matches(value, _JSON)


def matches(value: str, pattern: str) -> str:
    return f"{value}.matches({text(pattern)})"


def readable(pattern: str) -> bool:
    """Whether RE2 accepts a pattern of `plain_patterns` unchanged: it limits repeat counts."""
    counts = [
        max(int(number) for number in found.split(",") if number) for found in re.findall(r"\{([0-9,]+)\}", pattern)
    ]
    product = 1
    for count in counts:
        product *= max(count, 1)
    return product <= _LONGEST_REPEAT


def _text(rule: Rule, value: str) -> str | None:
    least, most = rule.get("min", 0), rule.get("max")
    found = []
    if max(least, most or 0) <= _LONGEST_REPEAT:  # matched by RE2, which counts characters in every engine
        if least or most is not None:
            found.append(matches(value, f"^(?s:.{{{least},{'' if most is None else most}}})$"))
    else:
        found += [f"{value}.size() >= {least}"] if least else []
        found += [f"{value}.size() <= {most}"] if most is not None else []
    if "pattern" in rule and readable(rule["pattern"]):
        found.append(f"(!{matches(value, PLAIN)} || {matches(value, rule['pattern'])})")
    return every(found) if found else None


def _choice(rule: Rule, value: str) -> str:
    return f"{value} in {texts(rule['among'])}"


def _boolean(_: Rule, value: str) -> str:
    return matches(value, _BOOLEAN)


def _integer(rule: Rule, value: str) -> str:
    no_number = every(
        (matches(value, "[0-9]"), f"!{matches(value, '[a-zA-Z]')}", f"!{matches(value, '^[0-9]+[.][0-9]*[1-9]$')}")
    )
    limits = _limits(rule, "n", integer)
    if "step" in rule:
        limits.append(f"n % {rule['step']} == 0")
    if "among" in rule:
        limits.append(f"n in [{', '.join(map(integer, rule['among']))}]")
    if not limits:
        return any_of((f"!{matches(value, _SHORT)}", matches(value, _INTEGER), f"({no_number})"))
    bounded = f"[int({value}.trim().split('.')[0])].all(n, {every(limits)})"
    up = "among" not in rule and not rule.keys() & {"le", "lt"}
    down = "among" not in rule and not rule.keys() & {"ge", "gt"}
    large = {(True, True): "true", (False, False): "false"}.get((up, down))
    if large is None:
        large = matches(value, "^ *-") if down else f"!{matches(value, '^ *-')}"
    return (
        f"!{matches(value, _SHORT)} || ({matches(value, _SMALL_INTEGER)} ? {bounded} : "
        f"{matches(value, _INTEGER)} ? {large} : {no_number})"
    )


def _number(rule: Rule, value: str) -> str:
    limits = _limits(rule, "n", number)
    other = any_of((matches(value, _NUMBER), matches(value, "(?i)inf|nan|_")))
    if not limits:
        return any_of((f"!{matches(value, _SHORT)}", other))
    bounded = f"[double({value}.trim())].all(n, {every(limits)})"
    return f"!{matches(value, _SHORT)} || ({matches(value, _FINITE)} ? {bounded} : ({other}))"


def _decimal(rule: Rule, value: str) -> str:
    limits = _limits(rule, "n", number)
    other = matches(value, "(?i)[0-9]|inf|nan")
    if not limits or (form := _decimal_form(rule)) is None:
        return any_of((f"!{matches(value, PLAIN)}", other))
    bounded = f"[double({value})].all(n, {every(limits)})"
    return f"!{matches(value, PLAIN)} || ({matches(value, form)} ? {bounded} : {other})"


def _decimal_form(rule: Rule) -> str | None:
    """The form of decimals with no more digits than the rule allows, and no more than a double represents exactly."""
    digits, places = rule.get("digits"), rule.get("places")
    forms = []
    for fraction in range(_FRACTION + 1):
        if places is not None and fraction > places:
            break
        kept = fraction if places is None else places
        whole = _WHOLE if digits is None else min(_WHOLE, digits - kept)
        if whole > 0:
            forms.append(f"[0-9]{{1,{whole}}}" + (f"[.][0-9]{{{fraction}}}" if fraction else ""))
    return f"^-?(?:{'|'.join(forms)})$" if forms else None


def _list(rule: Rule, value: str) -> str | None:
    separator = rule.get("separator")
    if separator is None:
        return looks_like_json(value)
    inner = acceptable(rule["items"], "i")
    parts = f"{value}.split({text(separator)})"
    found = []
    if inner is not None:
        found.append(f"{parts}.map(p, p.trim()).all(i, {inner})")
    found += [f"{parts}.size() >= {rule['min']}"] if rule.get("min") else []
    found += [f"{parts}.size() <= {rule['max']}"] if rule.get("max") is not None else []
    if not found:
        return None
    # an empty text is an empty list, and one that begins with a bracket may be JSON
    empty = "false" if rule.get("min") else "true"
    return (
        f"!{matches(value, PLAIN)} || {value}.trim().startsWith('[') || "
        f"({value}.trim() == '' ? {empty} : {every(found)})"
    )


def _limits(rule: Rule, name: str, written: Callable[[Any], str]) -> list[str]:
    return [f"{name} {sign} {written(rule[key])}" for key, sign in _COMPARED.items() if key in rule]


_KINDS: Mapping[str, Callable[[Rule, str], str | None]] = {
    "text": _text,
    "choice": _choice,
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "decimal": _decimal,
    "list": _list,
}
