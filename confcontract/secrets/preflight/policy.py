"""`confcontract secrets policy`: the smallest Vault policy (HCL) that lets boot read what its contract needs.

It contains no unnecessary line. Vault lets every token look up the mount of a path that it may read
(sys/internal/ui/mounts), and key-value metadata is never read: neither needs a line.
"""

from __future__ import annotations

from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem
from confcontract.report.terminal import harmless, printable
from confcontract.secrets.vault.engine_kinds import AS_IT_IS, KV2

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from confcontract.secrets.preflight.needed import Needed
    from confcontract.secrets.vault.reader import VaultReader

    Find = Callable[[str], tuple[str, str, str] | None]  # path → mount, path in the mount, engine


class Rule:
    """The permission needed at one path. parameters: name → values, of the writes; empty for a read."""

    __slots__ = ("capability", "parameters", "variables")

    def __init__(self, capability: str) -> None:
        self.capability = capability
        self.parameters: dict[str, set[str]] = {}
        self.variables: set[str] = set()


def find_engines(
    needed: Sequence[Needed], environ: Mapping[str, str], reader: VaultReader
) -> tuple[Find, list[Problem]]:
    """Find the engine of a path: from the environment, or else from the server."""
    from confcontract.secrets.vault.engines import Mounts
    from confcontract.secrets.vault.server import NotConfigured

    try:
        mounts = Mounts(environ)
    except NotConfigured as wrong:
        raise ConfigurationInvalid(Problem("vault-not-configured", str(wrong))) from None
    if all(mounts.find(path) for path in paths_of(needed, environ).values()):
        return mounts.find, []
    found, problems = reader.engines((item.variable, each.text) for item in needed for each in item.references)
    return found.get, [_unlocated(problem) for problem in problems]


def _unlocated(problem: Problem) -> Problem:
    if problem.code != "vault-not-configured":
        return problem
    return problem.but(
        message="The secrets engine of its path is unknown, and no Vault server is configured",
        hint="Set VAULT_ADDR and a token, or CONFCONTRACT_VAULT_KV_VERSION (for example: 2).",
    )


def paths_of(needed: Sequence[Needed], environ: Mapping[str, str]) -> dict[str, str]:
    """path of a reference → its location after CONFCONTRACT_VAULT_MOVE."""
    from confcontract.secrets.vault.engines import Moves
    from confcontract.secrets.vault.server import NotConfigured

    try:
        moves = Moves(environ)
    except NotConfigured as wrong:
        raise ConfigurationInvalid(Problem("vault-not-configured", str(wrong))) from None
    return {reference.mount_path: moves.apply(reference.mount_path) for item in needed for reference in item.references}


def policy(needed: Sequence[Needed], moved: Mapping[str, str], find: Find, *, logs_in: bool, title: str) -> str:
    """The policy as HCL. logs_in: boot gets its token by a login; False for a given token.

    Raises ConfigurationInvalid for a path that a policy would treat as a pattern.
    """
    rules: dict[str, Rule] = {}
    lends = False
    for item in needed:
        for reference in item.references:
            found = find(moved[reference.mount_path])
            if found is None:
                continue
            mount, rest, engine = found
            path = f"{mount}/data/{rest}" if engine == KV2 else f"{mount}/{rest}"
            _check(path, item.variable)
            lends = lends or engine == AS_IT_IS
            rule = rules.setdefault(path, Rule("update" if reference.parameters else "read"))
            rule.variables.add(item.variable)
            for name, value in reference.parameters:
                rule.parameters.setdefault(name, set()).add(value)
    blocks = [_block(path, rules[path]) for path in sorted(rules)]
    return "\n".join([f"# {_comment(title)}\n", *blocks, *_own_business(lends=lends, logs_in=logs_in and bool(rules))])


def _own_business(*, lends: bool, logs_in: bool) -> Iterable[str]:
    """The rules for boot's own token and leases."""
    if lends:
        yield _line("sys/leases/renew", "renews leases while the application runs")
        yield _line("auth/token/renew-self", "and the token that the lease belongs to")
        yield _line("sys/leases/revoke", "revokes leases that are no longer used")
    if logs_in:
        yield _line("auth/token/revoke-self", "revokes the token when boot no longer needs it")


def _line(path: str, why: str) -> str:
    return f'# {why}\npath "{path}" {{\n  capabilities = ["update"]\n}}\n'


def _block(path: str, rule: Rule) -> str:
    lines = [f"# {_comment(', '.join(sorted(rule.variables)))}", f"path {_quote(path)} {{"]
    lines.append(f'  capabilities = ["{rule.capability}"]')
    if rule.parameters:
        lines.append("  allowed_parameters = {")
        for name in sorted(rule.parameters):
            values = ", ".join(_quote(value) for value in sorted(rule.parameters[name]))
            lines.append(f"    {_quote(name)} = [{values}]")
        lines.append("  }")
    return "\n".join([*lines, "}\n"])


def _comment(text: str) -> str:
    """A comment line without line breaks, and that no CI runner treats as a command."""
    return harmless(printable(text))


def _quote(text: str) -> str:
    import json

    # HCL would treat ${ as the beginning of an expression. It supports JSON's escapes.
    return json.dumps(text, ensure_ascii=not text.isprintable()).replace("${", "\\u0024{")


def _check(path: str, variable: str) -> None:
    """In a policy `+` matches any segment, `*` at the end matches anything, and {{...}} is a template."""
    if path.endswith("*") or "+" in path.split("/") or "{{" in path:
        raise ConfigurationInvalid(
            Problem(
                "reference-invalid",
                "a policy can't name exactly its path, only a pattern that allows more",
                variable=variable,
                source=f"Vault path {path}",
                hint="Rename the secret, or write the policy by hand and check what else it allows.",
            )
        )
