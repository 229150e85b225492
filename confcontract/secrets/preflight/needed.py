"""Which secrets a contract needs from stores in a given environment."""

from __future__ import annotations

from confcontract.contract.reference import ReferenceInvalid, is_reference, join_references, parse_references

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from os import PathLike

    from confcontract.contract.artifact import Contract
    from confcontract.contract.reference import Reference
    from confcontract.report.problem import Problem
    from confcontract.verdict.sources.origin import Source


class Needed:
    """One variable that is stored in Vault or another store.

    text: all its references, as an operator would write them. references: the same, parsed; empty if the text is not
    valid. given: the higher source that boot would use instead; None if boot reads the store. read_in: where the
    references were found, in words; "" if the class names them.
    """

    __slots__ = ("given", "optional", "read_in", "references", "text", "variable")

    def __init__(self, variable: str, text: str, given: Source | None = None, read_in: str = "") -> None:
        self.variable = variable
        self.text = text
        self.given = given
        self.read_in = read_in
        self.references: tuple[Reference, ...] = ()
        self.optional = False
        try:
            read = parse_references(text)
        except ReferenceInvalid:
            return  # the reader reports what is wrong with it
        self.references, self.optional = read.alternatives, read.optional

    def only(self, wanted: Callable[[Reference], bool]) -> Needed:
        """The same with only the requested references, of which there is at least one."""
        texts = [reference.text for reference in self.references if wanted(reference)]
        return Needed(self.variable, join_references(texts, optional=self.optional), self.given, self.read_in)

    def __repr__(self) -> str:
        return f"Needed({self.variable!r}, {len(self.references)} references)"


def needed(
    contract: Contract,
    *,
    environ: Mapping[str, str],
    env_files: Sequence[str | PathLike[str]] = (),
    conf_dir: str | None = None,
    conf_files: Sequence[str | PathLike[str]] = (),
    role: str | None = None,
) -> tuple[list[Needed], list[Problem]]:
    """The variables that are stored in Vault, in the contract's order, and the problems of the files that were named.

    Raises UsageError for an unknown role.
    """
    from confcontract.verdict.sources.merge import merge
    from confcontract.verdict.sources.references import StoredVariables

    needs = None
    if role is not None:
        from confcontract.verdict.roles import needs_of

        needs = needs_of(contract, role)
    merged = merge(contract, environ, env_files, conf_dir, conf_files=conf_files)
    wanted = StoredVariables(merged, needs, []).wanted()
    found = []
    for name, variable in merged.declared.variables.items():
        if name in wanted:
            entry = merged.top(name)
            read_in = f"{entry.source}, as {entry.name}" if entry is not None and is_reference(entry.value) else ""
            found.append(Needed(name, wanted[name], read_in=read_in))
        elif "vault" in variable and (needs is None or name in needs):
            references = [variable["vault"], *variable.get("vaultFallback", ())]
            text = join_references(references, optional=bool(variable.get("vaultOptional")))
            entry = merged.top(name)
            if entry is not None:
                found.append(Needed(name, text, entry.source))
    return found, merged.problems
