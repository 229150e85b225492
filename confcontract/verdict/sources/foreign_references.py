"""References in the forms of other tools: boot does not read them, and reports this once for each variable.

The value is never shown: it may be anything, and may belong to somebody else. Our form of the reference is reported
only for a declared variable, and only if the value has an equivalent in our form.
"""

from __future__ import annotations

from confcontract.contract.reference import ReferenceInvalid, parse_reference
from confcontract.contract.schemes import OF_VAULT, SCHEMES, scheme_of
from confcontract.report.problem import WARNING, Problem
from confcontract.verdict.environment import OURS
from confcontract.verdict.sources.glance import MARKS, NAME_ENDS
from confcontract.verdict.sources.origin import as_named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from confcontract.verdict.resolution import Resolution

_FORM = "vault:MOUNT/PATH#KEY"
# In lower case → the tool that uses the form. At the beginning of a value, or of an item in it.
_BEGINNINGS = {
    ">>vault:": "vault-env (Bank-Vaults)",
    ">>bao:": "vault-env (Bank-Vaults)",
    "vault://": "a URL",
    "bao://": "a URL",
    "openbao:": "another tool",
    "hashivault:": "another tool",
    "hvault:": "another tool",
    "vault+": "another tool",
    "vault-kv:": "another tool",
    "ref+": "vals",
    "secretref+": "vals",
    "secretref:": "another tool",
    "op://": "1Password",
    "bws://": "Bitwarden",
    "doppler://": "Doppler",
    "infisical://": "Infisical",
    "keeper://": "Keeper",
    "berglas://": "Berglas",
    "akeyless:": "Akeyless",
    "conjur:": "Conjur",
    "sm://": "Google Secret Manager",
    "gcp-sm:": "Google Secret Manager",
    "gcp:secretmanager:": "Google Secret Manager",
    "awssm:": "AWS Secrets Manager",
    "aws-secretsmanager:": "AWS Secrets Manager",
    "secretsmanager:": "AWS Secrets Manager",
    "ssm://": "AWS Systems Manager",
    "azure:keyvault:": "Azure Key Vault",
    "azure-kv:": "Azure Key Vault",
    "akv:": "Azure Key Vault",
    "keyvault:": "Azure Key Vault",
    "@microsoft.keyvault(": "Azure Key Vault",
}
# Anywhere in a value.
_PLACEHOLDERS = ("${vault:", "${vault.", "${bao:", "#{vault:", "$(vault:", "{{vault", "{{ vault", "%vault:", "<vault:")
_TEMPLATES = ("{{with secret", "{{ with secret", "{{- with secret", "{{ (ds ", "{{ secret ")
_BEFORE_AN_ITEM = " \t\r\n\"'`,;=:([{|@/"


def foreign_references(result: Resolution, given: Mapping[str, str]) -> list[Problem]:
    """One warning for each variable of the environment that is about to be handed over."""
    blamed = {problem.variable for problem in result.problems if problem.code.startswith("reference-")}
    found = []
    for name, value in given.items():
        folded = value.lower()
        if not any(mark in folded for mark in MARKS) and not name.upper().endswith(NAME_ENDS):
            continue  # the usual case
        source = result.source_of(name)
        if source is not None and source.hides:
            continue  # secret values are never inspected
        variable = result.variable_of(name) if result.declares(name) else None
        if not blamed.isdisjoint((name, variable)):
            continue  # the error explains more
        problem = _in_name(name, value, variable) or _in_value(name, value, variable)
        if problem is not None:
            words = str(source or "environment")
            as_set = words if variable is None else as_named(words, name, problem.variable)
            found.append(problem.but(source=as_set))
    return found


def foreign_in_own_files(result: Resolution) -> list[Problem]:
    """The same for the effective values of the env file that the class names itself."""
    found = []
    for path, name, source in result.gathered.notes:
        if not source.where.is_env_file:
            continue
        value, written = source.lookup(name), source.written.get(name, name)
        problem = _in_value(written, value, written) if isinstance(value, str) else None
        if problem is not None and result.gathered.origins.get(path) == (written, source.where):
            found.append(problem.but(source=source.where.words_of(written, (), problem.variable)))
    return found


def _in_name(name: str, value: str, variable: str | None) -> Problem | None:
    """VAULT_FROM_PATH=secret/data/shop: vault-env hands over all keys of this secret."""
    if variable is not None or not name.upper().endswith(NAME_ENDS):
        return None
    if not name.startswith(("VAULT_", "BAO_")) and (value.startswith(("/", ".")) or "/" not in value):
        return None  # a path in the file system, or not a path at all
    message = "is a path in Vault as other tools, such as vault-env, write it; boot reads one key for each variable"
    hint = f"set one variable of the application for each key: NAME={_FORM}, without data/ in the path"
    return Problem("reference-foreign", message, variable=name, severity=WARNING, hint=hint)


def _in_value(name: str, value: str, variable: str | None) -> Problem | None:
    folded = value.lower()
    whose = _whose(folded)
    if whose is None and folded.strip() in ("vault:login", "bao:login"):
        message = "tells vault-env (Bank-Vaults) to log in; boot logs in without it"
        hint = "remove it, and give boot its credentials: VAULT_ROLE, VAULT_ROLE_ID or VAULT_TOKEN_FILE"
        return Problem("reference-foreign", message, variable=name, severity=WARNING, hint=hint)
    if whose is None and variable is None and folded.strip(" \"'").startswith(tuple(SCHEMES)):
        scheme = scheme_of(folded.strip(" \"'"))
        message = (
            f"looks like a reference to {scheme.store}, but is not a variable of this application, and is not read"
        )
        hint = f"declare it in the settings class, and write {scheme.form}"
        hint += ", without data/ in the path" if scheme.prefix in OF_VAULT else ""
        return Problem("reference-foreign", message, variable=name, severity=WARNING, hint=hint)
    if whose is None and variable is not None and _is_embedded(value):
        message = "has a reference to Vault within other text, where references are not read; it is passed on unchanged"
        hint = f"keep the whole value in Vault, and write {name}={_FORM}"
        return Problem("reference-foreign", message, variable=name, severity=WARNING, hint=hint)
    if whose is None:
        return None
    fate = "is removed" if name.startswith(OURS) and variable is None else "is passed to the application unchanged"
    message = f"looks like a reference in the form of {whose}, which boot does not read; it {fate}"
    ours = _ours(value) if variable is not None else None
    hint = f"write {ours}, if it is stored in Vault" if ours else f"if it is stored in Vault, write {_FORM}"
    if variable is None:
        hint = f"if it is stored in Vault, declare the variable in the settings class and write {_FORM}"
    return Problem("reference-foreign", message, variable=name, severity=WARNING, hint=hint)


def _whose(folded: str) -> str | None:
    for beginning, whose in _BEGINNINGS.items():
        at = folded.find(beginning)
        while at >= 0:
            is_url = "://" in folded[at : at + 40] or not beginning.endswith("+")  # the text after ref+ is a reference
            if is_url and (at == 0 or folded[at - 1] in _BEFORE_AN_ITEM):
                return whose
            at = folded.find(beginning, at + 1)
    if any(placeholder in folded for placeholder in _PLACEHOLDERS):
        return "a placeholder"
    return "a template" if any(template in folded for template in _TEMPLATES) else None


def _is_embedded(value: str) -> bool:
    """`postgres://app:vault:secret/shop#password@db/shop`"""
    if value.lstrip()[:1] in ("{", "["):
        return False  # JSON has been inspected already
    import re

    return re.search(r"(?<![\w.-])(?:vault|bao):[\w.~-]+/[\w./~-]+#\w", value) is not None


def expression() -> str:
    """These forms as one regular expression for a browser, for readers of values outside boot; case does not matter."""
    import re

    heads = (re.escape(head) + (r"(?=.{0,40}:\/\/)" if head.endswith("+") else "") for head in _BEGINNINGS)
    anywhere = map(re.escape, (*_PLACEHOLDERS, *_TEMPLATES))
    return f"(?:^|[{re.escape(_BEFORE_AN_ITEM)}])(?:{'|'.join(heads)})|{'|'.join(anywhere)}"


def _ours(value: str) -> str | None:
    """Our form of a reference that differs from it only in notation: `${vault:secret/data/shop#key}`."""
    bare = value.strip().removeprefix(">>").removeprefix("${").removeprefix("#{").removesuffix("}")
    for scheme in OF_VAULT:
        if bare.startswith(scheme):
            bare = bare.removeprefix(scheme).lstrip("/")
            break
    else:
        return None
    mount, _, rest = bare.partition("/")
    try:
        reference = parse_reference(f"{mount}/{rest.removeprefix('data/')}")
    except ReferenceInvalid:
        return None
    return str(reference)
