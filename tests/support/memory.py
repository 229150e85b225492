"""A secret store that is a mapping: the second implementation of `SecretStore`, beside Vault's."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from confcontract.contract.reference import Reference, ReferenceInvalid, parse_references
from confcontract.report.problem import Problem
from confcontract.secrets.store import DENIED, GONE, Failure, Fetched, Lease

Secret = Mapping[str, str]


class Memory:
    """secrets: path → key → value. created: path → what creates such a secret. lasting: seconds of a lease.

    asked: what it was asked for, in turn: "read", "create", "close", with the variables. renewed: how often a lease was.
    """

    tokens = None  # a lease stands by itself

    def __init__(
        self,
        secrets: Mapping[str, Secret] | None = None,
        created: Mapping[str, Callable[[], Secret]] | None = None,
        *,
        configured: bool = True,
        denied: Sequence[str] = (),
        lasting: float = 60.0,
    ) -> None:
        self.configured = configured
        self.asked: list[tuple[str, list[str]]] = []
        self.lent: dict[str, Lease] = {}
        self._secrets = secrets or {}
        self._created = created or {}
        self._denied = denied
        self._lasting = lasting
        self.renewed = 0
        self._number = 0

    def read(self, references: Mapping[str, str], seconds: float | None = None, /) -> Fetched:
        self.asked.append(("read", sorted(references)))
        return self._fetch(references, create=False)

    def create(self, references: Mapping[str, str], /) -> Fetched:
        self.asked.append(("create", sorted(references)))
        return self._fetch(references, create=True)

    def close(self) -> None:
        self.asked.append(("close", []))

    def renew(self, lease: Lease, seconds: float, /) -> Lease | Failure:
        if lease.path in self._denied:
            return Failure(DENIED, f"{lease.path} may not be renewed")
        if lease.identifier not in self.lent:
            return Failure(GONE, "there is no such lease")
        self.renewed += 1
        renewed = Lease(lease.identifier, lease.path, self._lasting, True, time.monotonic())
        self.lent[lease.identifier] = renewed
        return renewed

    def revoke(self, leases: Sequence[Lease], seconds: float, /) -> list[Lease]:
        return [lease for lease in leases if self.lent.pop(lease.identifier, None) is None]

    def give_back(self) -> None:
        self.lent.clear()

    def _fetch(self, references: Mapping[str, str], *, create: bool) -> Fetched:
        fetched = Fetched()
        made: dict[str, tuple[Secret, Lease]] = {}
        for variable, text in references.items():
            try:
                all_of_them = parse_references(text)
            except ReferenceInvalid as wrong:
                fetched.problems.append(Problem("reference-invalid", str(wrong), variable=variable))
                continue
            for at, reference in enumerate(all_of_them.alternatives):
                if reference.mount_path in self._created and not create:
                    rest = [each.text for each in all_of_them.alternatives[at:]]
                    fetched.creatable[variable] = "|".join(rest) + "|" * all_of_them.optional
                    break
                secret = self._secrets.get(reference.mount_path, {})
                if reference.mount_path in self._created:
                    secret = self._made(reference, made, fetched)
                    fetched.created[variable] = made[reference.mount_path][1]
                if reference.key in secret:
                    fetched.values[variable] = secret[reference.key]
                    fetched.references[variable] = reference.text
                    break
            else:
                if all_of_them.optional:
                    fetched.absent.append(variable)
                else:
                    path = all_of_them.alternatives[0].mount_path
                    problem = Problem("vault-path-missing", f"there is nothing at {path}", variable=variable)
                    fetched.problems.append(problem)
        return fetched

    def _made(self, reference: Reference, made: dict[str, tuple[Secret, Lease]], fetched: Fetched) -> Secret:
        """Once for all keys of one path."""
        path = reference.mount_path
        if path not in made:
            self._number += 1
            lease = Lease(f"{path}/{self._number}", path, self._lasting, True, time.monotonic())
            self.lent[lease.identifier] = lease
            fetched.leases.append(lease)
            made[path] = (self._created[path](), lease)
        return made[path][0]
