"""What a policy requires of a variable: an expression in CEL, and boot's message if it is false.

The judgement of a value examines the text `v`; that of a required variable examines which names are set. The names
around a value decide whether it is judged: a preferred name of the same variable, or JSON for its section, may replace
it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from confcontract.contract.declared import Declared
from confcontract.platforms.admission.cel_text import any_of
from confcontract.platforms.admission.necessary_forms import necessary
from confcontract.platforms.admission.set_by_image import set_by_image
from confcontract.platforms.admission.value_expressions import acceptable, looks_like_json, readable
from confcontract.platforms.comments import one_line
from confcontract.report.problem import ERROR
from confcontract.verdict.elsewhere.document_places import places_of
from confcontract.verdict.elsewhere.value_rules import Values
from confcontract.verdict.problems.expected import expected
from confcontract.verdict.resolve import resolve
from confcontract.verdict.sources.programs import files_outrank

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.verdict.elsewhere.document_places import DocumentPlace

    Variable = Mapping[str, Any]
    Path = tuple[str, ...]

VALUE = "v"  # the name of the text in an expression
_READ_AS_JSON = ("dict", "frozenset", "list", "set", "tuple", "typed-dict")


@dataclass(frozen=True, slots=True)
class ValueJudgement:
    """variable, code: of the problem. names: of the variable as they are compared, best first. around: names that set
    something around it. accepts: an expression of `v`; None if every text is valid, or none can be judged. untold: the
    part of such a value that is not judged, in words; None if all of it is. message: for a person.
    """

    variable: str
    code: str
    names: tuple[str, ...]
    around: tuple[str, ...]
    accepts: str | None
    untold: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """names: one of them has to be set, as they are compared; also names of what contains it, and of its parts. begins:
    prefixes of further such names. roles: those that need it; None for all, and if no role is named. linked: whether a
    Service of the namespace may set one, judged by its name alone. when: it is only required if one of these is set;
    empty if it is always required.
    """

    variable: str
    code: str
    names: tuple[str, ...]
    begins: tuple[str, ...]
    roles: frozenset[str] | None
    linked: bool
    when: tuple[str, ...]
    message: str


class Judgements:
    """All judgements of one contract, created together, since boot is asked about some."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.declared = Declared(contract)
        settings = contract.compiled["settings"]
        self._program = settings[0]
        self._values = Values(contract.compiled)
        foreign = any("foreign" in program["order"] for program in settings)
        self._sure = not foreign and not files_outrank(settings)
        self._complete = self._sure and not any(
            program.get("dotenv") or program.get("secretsDirs") or program.get("sources") for program in settings
        )
        self._places = places_of(contract.compiled) if self._sure else {}
        self._empty = resolve(contract, environ={})
        self.image = set_by_image(contract)
        self._set = frozenset(map(self.declared.normal, self.image.names))
        self.values = tuple(self._of_values())
        self.requirements = tuple(self._of_requirements())

    def _of_values(self) -> Iterator[ValueJudgement]:
        for variable in self.contract.variables:
            path = tuple(variable["path"])
            accepts, untold = self._accepts(variable, self._places.get(path))
            decodes = variable["encoding"] == "json"
            if decodes and accepts is not None:
                code = self._code_of_text(variable)
                accepts, decodes = None if code is None else accepts, code == "value-undecodable"
                if accepts is not None and len(path) > 1:
                    # boot doesn't decode an empty text of a member as JSON, and reports another problem
                    accepts = any_of((f"{VALUE} == ''", accepts))
            hint = expected(variable, self._empty.locator)
            around = tuple(name for depth in range(1, len(path)) for name in self._names_of(path[:depth]))
            yield ValueJudgement(
                variable["name"],
                "value-undecodable" if decodes else "value-invalid",
                self._until_set(self._names(variable)),
                around,
                accepts if self._set.isdisjoint(around) else None,
                untold,
                message(variable["name"], f"{'is not valid JSON' if decodes else 'is not valid'}; {hint}"),
            )

    def _of_requirements(self) -> Iterator[Requirement]:
        """A variable is only certain to be missing if neither the application nor the image reads files, and the image
        does not set it.
        """
        if not self._complete or self.image.has_files:
            return
        for each in self._all_requirements():
            if self._set.isdisjoint(each.names) and not any(name.startswith(each.begins) for name in self._set):
                yield each

    def _all_requirements(self) -> Iterator[Requirement]:
        told = {problem.variable: problem for problem in self._empty.problems if problem.rule == "missing"}
        for variable in self.contract.variables:
            path = tuple(variable["path"])
            is_required = self._is_required(variable, path)
            when = () if is_required else self._begun_by(variable, path)
            if not is_required and not when:
                continue
            problem = told.get(variable["name"])
            words = problem.message if problem is not None else "is required and has no value in any source"
            hint = problem.hint if problem is not None else f"set {variable['name']}: {variable['type']['text']}"
            parts = [each for each in self.contract.variables if tuple(each["path"][: len(path)]) == path]
            around = [name for depth in range(1, len(path)) for name in self._names_of(path[:depth])]
            names = [*around, *(name for each in parts for name in self._names(each))]
            delimiter = self._program["delimiter"]
            is_leaf = self._places[path].schema["type"] in (*_NUMBERS, "str")
            begins = [] if is_leaf or not delimiter else [name + delimiter for name in self._names(variable)]
            yield Requirement(
                variable["name"],
                "secret-missing" if variable.get("secret") else "value-missing",
                tuple(dict.fromkeys([*names, *(self.declared.normal(f"{name}_FILE") for name in names)])),
                tuple(begins),
                self._roles(variable["name"], [path[:depth] for depth in range(1, len(path))]),
                any(self._is_linked(name, path) for name in names),
                when,
                message(variable["name"], f"{words}; {hint}" if hint else words),
            )

    # -- values --------------------------------------------------------------------------------

    def _accepts(self, variable: Variable, place: DocumentPlace | None) -> tuple[str | None, str | None]:
        """An expression, and what it does not judge."""
        if place is None or not place.judged or not place.settled or self._is_within(variable):
            return None, "only boot can tell how it is read"
        rule = self._values.rule(place, variable)
        if rule is not None:
            untold = None
            if rule["kind"] == "list" and "separator" not in rule:
                untold = "the items"
            elif "pattern" in rule and not readable(rule["pattern"]):
                untold = "the pattern"
            return acceptable(rule, VALUE), untold
        kind = place.schema["type"]
        if variable["encoding"] == "json" and kind in _READ_AS_JSON:
            return looks_like_json(VALUE), "what is in the JSON"
        if variable["encoding"] != "plain":
            return None, "only boot reads it"
        found = self._of_part(place.schema)
        return found, "everything except its outer form" if found else "only boot reads it"

    def _until_set(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Without names that rank below one that the image sets, because the application uses that one."""
        at = next((at for at, name in enumerate(names, 1) if name in self._set), len(names))
        return names[:at]

    def _code_of_text(self, variable: Variable) -> str | None:
        """The code of boot's problem for a text that is not JSON, where JSON is expected; None if boot accepts it."""
        found = resolve(self.contract, environ={variable["name"]: _NO_JSON}).problems
        told = [each.code for each in found if each.variable == variable["name"] and each.severity == ERROR]
        return told[0] if told else None

    def _of_part(self, schema: Mapping[str, Any]) -> str | None:
        if schema["type"] == "str" and "pattern" in schema and not schema.keys() - {*_SIZES, "pattern", "regex_engine"}:
            sizes = {said: schema[key] for key, said in _SIZES.items() if said and schema.get(key) is not None}
            return acceptable({"kind": "text", **sizes}, VALUE)  # without the pattern, which RE2 may read differently
        return necessary(schema, VALUE)

    def _is_within(self, variable: Variable) -> bool:
        """Whether one of its names, or of its sections' names, holds it together with other values."""
        path = tuple(variable["path"])
        places = [self._places.get(path[:depth]) for depth in range(1, len(path) + 1)]
        return bool(variable.get("within")) or any(place is None or place.heads for place in places)

    def _names(self, variable: Variable) -> tuple[str, ...]:
        return tuple(map(self.declared.normal, self.declared.names[variable["name"]]))

    def _names_of(self, path: Path) -> Iterator[str]:
        for variable in self.contract.variables:
            if tuple(variable["path"]) == path:
                yield from self._names(variable)

    # -- what is required ----------------------------------------------------------------------

    def _is_required(self, variable: Variable, path: Path) -> bool:
        """Whether boot refuses every environment without it, as long as nothing around it is set as a whole."""
        above = [path[:depth] for depth in range(1, len(path))]
        places = [self._places.get(each) for each in (*above, path)]
        if not variable.get("required") or any(place is None or not place.required for place in places):
            return False
        return self._is_asked_for(variable, path)

    def _begun_by(self, variable: Variable, path: Path) -> tuple[str, ...]:
        """The names next to it, any of which makes it required, because with it the section exists."""
        place = self._places.get(path)
        if len(path) < 2 or place is None or not place.required or not self._is_asked_for(variable, path):
            return ()
        beside = [each for each in self.contract.variables if tuple(each["path"][:-1]) == path[:-1]]
        plain = [each for each in beside if each["encoding"] == "plain" and self._is_leaf(each)]
        return tuple(name for each in plain if each is not variable for name in self._names(each))

    def _is_leaf(self, variable: Variable) -> bool:
        place = self._places.get(tuple(variable["path"]))
        return place is not None and place.judged and place.schema["type"] in (*_NUMBERS, "str")

    def _is_asked_for(self, variable: Variable, path: Path) -> bool:
        """Whether only the environment, and what boot reads for it, can set it."""
        if "vault" in variable or "binding" in variable or variable.get("within"):
            return False
        places = [self._places.get(path[:depth]) for depth in range(1, len(path) + 1)]
        if any(place is None or not place.settled or place.heads for place in places):
            return False
        stored = [each for each in self.contract.variables if "vault" in each or "binding" in each]
        return not any(tuple(each["path"][: len(path)]) == path for each in stored)

    def _is_linked(self, name: str, path: Path) -> bool:
        """Whether a Service can set a value that boot accepts: a number, an address, tcp://ADDRESS:PORT."""
        is_number = self._places[path].schema["type"] in _NUMBERS
        return linked(name) and not (is_number and name.lower().endswith("_port"))

    def _roles(self, name: str, above: Sequence[Path]) -> frozenset[str] | None:
        """A section that is missing as a whole is reported by its own name, and not required if no role needs it."""
        roles = {role: said.get("needs") for role, said in self.contract.roles.items()}
        if all(needs is None for needs in roles.values()):
            return None
        wanted = {name, *(each["name"] for each in self.contract.variables if tuple(each["path"]) in above)}
        return frozenset(role for role, needs in roles.items() if needs is None or wanted <= set(needs))


_NO_JSON = "x"
_NUMBERS = ("bool", "decimal", "float", "int")  # tcp://ADDRESS:PORT is none of these types
_SIZES = {"type": "", "strict": "", "min_length": "min", "max_length": "max"}


# pkg/kubelet/envvars of Kubernetes, behind the name of a Service
_LINK = re.compile(
    r"[a-z](?:[a-z0-9_]*[a-z0-9])?_(?:service_host|service_port(?:_.*)?"
    r"|port(?:_[0-9]+_(?:tcp|udp|sctp)(?:_(?:proto|port|addr))?)?)"
)


def linked(name: str) -> bool:
    """Whether the kubelet sets names of this kind for Services."""
    return _LINK.fullmatch(name.lower()) is not None


def message(variable: str, words: str) -> str:
    """On one line, as the API server requires."""
    return one_line(f"{variable} {words}")
