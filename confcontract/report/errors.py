"""One tree of exceptions; each class has the exit code of its kind, see exit_codes.py.

ConfcontractError
├── UsageError               64  the command line
├── SecretMissing            66  a required secret has no value
├── NotReady                 69  a dependency did not come up
├── Bug                      70  a defect of ours
├── LimitReached             71  no more memory, descriptors or processes
├── VaultUnavailable         75  Vault unreachable or sealed until the deadline
├── VaultRefused             77  Vault said no
├── ConfigurationInvalid     78  values, contract or policy
│   ├── ContractUnusable         the contract itself
│   ├── ImageUnusable            the image that it should be read from
│   └── BakeRefused              the settings class can't become a contract
├── CommandNotExecutable    126
└── CommandNotFound         127
"""

from __future__ import annotations

from confcontract.report import exit_codes
from confcontract.report.problem import ERROR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from confcontract.report.problem import Problem


class ConfcontractError(Exception):
    """An exception that ends the command. `problems` says why, in words that show no secret."""

    exit_code = exit_codes.DEFECT

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems: Sequence[Problem] = problems


class UsageError(ConfcontractError):
    exit_code = exit_codes.USAGE


class SecretMissing(ConfcontractError):
    exit_code = exit_codes.SECRET_MISSING


class NotReady(ConfcontractError):
    exit_code = exit_codes.NOT_READY


class Bug(ConfcontractError):
    exit_code = exit_codes.DEFECT


class LimitReached(ConfcontractError):
    exit_code = exit_codes.LIMIT_REACHED


class VaultUnavailable(ConfcontractError):
    exit_code = exit_codes.VAULT_UNAVAILABLE


class VaultRefused(ConfcontractError):
    exit_code = exit_codes.VAULT_REFUSED


class ConfigurationInvalid(ConfcontractError):
    exit_code = exit_codes.INVALID


class ContractUnusable(ConfigurationInvalid):
    pass


class ImageUnusable(ConfigurationInvalid):
    pass


class BakeRefused(ConfigurationInvalid):
    pass


class CommandNotExecutable(ConfcontractError):
    exit_code = exit_codes.NOT_EXECUTABLE


class CommandNotFound(ConfcontractError):
    exit_code = exit_codes.NOT_FOUND


def exit_code(problems: Sequence[Problem]) -> int:
    """The exit code of a report: 0 if nothing in it is an error."""
    return exit_codes.worst(problem.code for problem in problems if problem.severity == ERROR)
