"""From a contract to the page. All masking happens here, once, so that no format has to mask anything."""

from __future__ import annotations

from confcontract.contract.artifact import is_hidden
from confcontract.docs import page_words
from confcontract.docs.check_words import check_of
from confcontract.docs.clean_text import spoken
from confcontract.docs.model import DeferralEntry, Deprecation, Page, RoleEntry, Section, VariableEntry
from confcontract.docs.shown_defaults import Defaults
from confcontract.verdict.mask import mask_of_defaults
from confcontract.verdict.sources.filekeys import FileKeys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from confcontract.contract.artifact import Contract
    from confcontract.docs.model import CheckEntry

    Variable = Mapping[str, Any]

GENERAL = "General"


def page_of(
    contract: Contract,
    mask: Callable[[str], str],
    variables: Sequence[dict[str, Any]] | None = None,
) -> Page:
    """The page of a contract. mask: removes passwords from a text; confcontract.verdict.mask.mask_credentials.

    variables: the variables of the contract as they may be shown, if more of them are secret than the contract says
    (mask.as_shown).
    """
    if variables is None:
        variables = contract.variables
    data = contract.data
    mask = _remembering(mask)
    checks = tuple(check_of(check, contract, mask) for check in contract.checks)
    roles = tuple(_role(name, role, mask) for name, role in sorted(contract.roles.items()))
    entries = _Entries(variables, contract.deferred, mask, checks, roles, FileKeys(contract).keys_of)
    by_path = {tuple(variable["path"]): entries.entry(variable) for variable in variables}
    used = {kind for entry in by_path.values() for kind in entry.how_to}
    ordered = sorted(used, key=lambda kind: (_ORDER.index(kind.partition(":")[0]), kind))
    provenance = data["provenance"]
    return Page(
        name=contract.name,
        version=contract.version,
        description=mask(spoken(str(data.get("description", "")))),
        digest=contract.digest,
        sections=tuple(_sections(variables, by_path)),
        how_to=tuple(map(page_words.how_to, ordered)),
        roles=roles,
        checks=checks,
        deliver=page_words.delivery(contract.deliver),
        exit_codes=page_words.EXIT_CODES,
        deferred=tuple(_deferral(deferral, mask) for deferral in contract.deferred if not deferral["variables"]),
        provenance=tuple(
            (label, mask(str(provenance[key]))) for key, label in page_words.PROVENANCE if key in provenance
        ),
        case_sensitive=any(program.get("caseSensitive") for program in contract.compiled.get("settings", ())),
    )


def _remembering(mask: Callable[[str], str]) -> Callable[[str], str]:
    """Cache the masked texts: two thousand variables repeat "integer" and "true or false"."""
    known: dict[str, str] = {}

    def masked(text: str) -> str:
        found = known.get(text)
        if found is None:
            found = known[text] = mask(text)
        return found

    return masked


_ORDER = ("boolean", "duration", "size", "list", "json")


def _sections(variables: Iterable[Variable], by_path: Mapping[tuple[str, ...], VariableEntry]) -> Iterable[Section]:
    """The sections in the order of the contract, the top level first. A variable that has variables inside is a section
    of its own, and is not listed as an entry of the section around it.
    """
    groups: dict[str, list[Variable]] = {"": []}
    for variable in variables:
        groups.setdefault(variable["group"], []).append(variable)
    whole = {".".join(variable["path"]): variable for group in groups.values() for variable in group}
    for group, members in groups.items():
        entries = tuple(
            by_path[tuple(variable["path"])]
            for variable in members
            if variable["path"] == [""] or ".".join(variable["path"]) not in groups  # a field may have the name ""
        )
        head = whole.get(group)
        if entries or head is not None:
            yield Section(
                title=group or GENERAL,
                path=group,
                anchor=f"section:{anchor(group)}",
                depth=len(group.split(".")) if group else 0,
                whole=by_path[tuple(head["path"])] if head is not None and group else None,
                entries=entries,
            )


class _Entries:
    """Makes entries, and looks up here what a variable's own data does not contain."""

    def __init__(
        self,
        variables: Sequence[Variable],
        deferred: Iterable[Mapping[str, Any]],
        mask: Callable[[str], str],
        checks: Iterable[CheckEntry],
        roles: Iterable[RoleEntry],
        keys_of: Callable[[Sequence[str]], tuple[str | int, ...]],
    ) -> None:
        self._mask = mask
        self._keys_of = keys_of
        self._checks: dict[str | None, list[str]] = {}
        for check in checks:
            self._checks.setdefault(check.variable, []).append(check.name)
        self._roles = tuple(roles)
        self._names = {name for variable in variables for name in (variable["name"], *variable.get("aliases", ()))}
        self._groups = {variable["group"] for variable in variables}
        self._with_secrets = {
            tuple(variable["path"][:depth])
            for variable in variables
            if variable["secret"]
            for depth in range(1, len(variable["path"]) + 1)
        }
        self._deferred: dict[str, list[DeferralEntry]] = {}
        for deferral in deferred:
            for name in deferral["variables"]:
                self._deferred.setdefault(name, []).append(_deferral(deferral, mask))
        self._defaults = Defaults(_remembering(mask_of_defaults))
        self._types: dict[tuple[Any, ...], tuple[str, str, str, tuple[str, ...]]] = {}

    def entry(self, variable: Variable) -> VariableEntry:
        name = str(variable["name"])
        path = variable["path"]
        mask = self._mask
        said = variable.get
        # a section that holds a secret counts as secret, because its JSON contains the secret
        secret = bool(variable["secret"]) or tuple(path) in self._with_secrets
        unseen = secret or is_hidden(variable)
        joined = ".".join(path)
        default = self._defaults.of(variable, hidden=unseen, section=joined in self._groups)
        type_, type_text, allowed, choices = self._type(variable, unseen)
        vault = (variable["vault"], *said("vaultFallback", ())) if "vault" in variable else ()
        file_name = f"{name}_FILE"
        return VariableEntry(  # positional: 33 arguments by name take three times as long
            name,
            tuple(said("aliases", ())),
            page_words.reading(variable) if "within" in variable or "open" in variable else (),
            anchor(name),
            joined,
            file_name if file_name not in self._names else None,
            str(variable["type"]["kind"]),
            type_,
            type_text,
            allowed,
            choices,
            str(said("unit", "")),
            str(variable["encoding"]),
            str(said("separator", "")),
            default.text,
            default.is_text,
            default.note,
            bool(variable["required"]),
            said("requiredIf"),
            secret,
            tuple(map(mask, vault)),
            bool(said("vaultOptional")),
            mask(page_words.binding(variable)),
            mask(spoken(str(said("description", "")))),
            () if unseen else tuple(map(mask, said("examples", ()))),
            _deprecation(said("deprecated"), mask),
            tuple(self._deferred.get(name, ())),
            page_words.how_to_kinds(variable),
            page_words.on_change(variable),
            said("declaredAt"),
            tuple([role.name for role in self._roles if _needs(role, variable)]),
            tuple(self._checks.get(name, ())),
            self._keys_of(path),
        )

    def _type(self, variable: Variable, unseen: bool) -> tuple[str, str, str, tuple[str, ...]]:
        """Type, type with constraints, constraints, choices. Cached: two thousand variables have a
        few dozen of these.
        """
        constraints = variable.get("constraints")
        key = (variable["type"]["kind"], variable["type"]["text"], unseen, str(constraints))
        if key not in self._types:
            mask = self._mask
            shown = {} if constraints is None or (unseen and "enum" in constraints) else constraints
            hidden = unseen and not shown and constraints is not None
            words = page_words.allowed(shown)
            self._types[key] = (
                "text" if hidden else mask(page_words.base_type(variable)),
                "text" if hidden else mask(str(variable["type"]["text"])),
                mask(words.replace(", 0:00:00", "") if key[0] == "duration" else words),  # 30 days
                tuple(map(mask, page_words.choices(shown))),
            )
        return self._types[key]


def _needs(role: RoleEntry, variable: Variable) -> bool:
    return bool(variable["required"]) if role.needs is None else variable["name"] in role.needs


def _deprecation(data: Mapping[str, Any] | None, mask: Callable[[str], str]) -> Deprecation | None:
    if data is None:
        return None
    return Deprecation(mask(spoken(str(data["message"]))), tuple(data["names"]), data.get("replacedBy"))


def _deferral(data: Mapping[str, Any], mask: Callable[[str], str]) -> DeferralEntry:
    kind = page_words.DEFERRALS.get(data["kind"], str(data["kind"]))
    return DeferralEntry(f"{kind} {mask(str(data['name']))}", data.get("declaredAt"))


def _role(name: str, data: Mapping[str, Any], mask: Callable[[str], str]) -> RoleEntry:
    needs = data["needs"]
    command = tuple(map(mask, data["command"]))
    return RoleEntry(name, mask(spoken(str(data["description"]))), command, None if needs is None else tuple(needs))


def anchor(text: str) -> str:
    """An id that is unique for each text: letters, digits, `_`, `-` and `.` stay, every other character becomes its
    code point.
    """
    if text.isidentifier() and text.isascii():
        return text
    return "".join(
        character if character.isascii() and (character.isalnum() or character in "_-.") else f"~{ord(character):x}~"
        for character in text
    )
