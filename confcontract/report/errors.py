"""One tree of exceptions; each class owns its exit code.

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
│   └── BakeRefused              the settings class can't become a contract
├── CommandNotExecutable    126
└── CommandNotFound         127
"""

from __future__ import annotations

from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

OK = 0


class ConfcontractError(Exception):
    """Something that ends the command. `problems` says what, in words that show no secret."""

    exit_code = 70

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems: Sequence[Problem] = problems


class UsageError(ConfcontractError):
    exit_code = 64


class SecretMissing(ConfcontractError):
    exit_code = 66


class NotReady(ConfcontractError):
    exit_code = 69


class Bug(ConfcontractError):
    exit_code = 70


class LimitReached(ConfcontractError):
    exit_code = 71


class VaultUnavailable(ConfcontractError):
    exit_code = 75


class VaultRefused(ConfcontractError):
    exit_code = 77


class ConfigurationInvalid(ConfcontractError):
    exit_code = 78


class ContractUnusable(ConfigurationInvalid):
    pass


class BakeRefused(ConfigurationInvalid):
    pass


class CommandNotExecutable(ConfcontractError):
    exit_code = 126


class CommandNotFound(ConfcontractError):
    exit_code = 127


_CODE_TO_ERROR: dict[str, type[ConfcontractError]] = {
    "usage": UsageError,
    "secret-missing": SecretMissing,
    "secret-default": SecretMissing,
    "secret-empty": SecretMissing,
    "vault-not-configured": SecretMissing,
    "vault-path-missing": SecretMissing,
    "vault-key-missing": SecretMissing,
    "vault-version-deleted": SecretMissing,
    "check-failed": NotReady,
    "internal": Bug,
    "limit-reached": LimitReached,
    "vault-unavailable": VaultUnavailable,
    "vault-denied": VaultRefused,
    "command-not-executable": CommandNotExecutable,
    "command-not-found": CommandNotFound,
    "contract-unreadable": ContractUnusable,
    "contract-edited": ContractUnusable,
    "contract-stale": ContractUnusable,
}

# When several things are wrong at once, the first of these that occurs gives the exit code:
# what no waiting and no operator of Vault can mend comes first.
_PRECEDENCE = (70, 71, 64, 78, 77, 66, 75, 69, 126, 127)


def exit_code(problems: Sequence[Problem]) -> int:
    """The exit code of a report: 0 if nothing in it is an error."""
    codes = {
        _CODE_TO_ERROR.get(problem.code, ConfigurationInvalid).exit_code
        for problem in problems
        if problem.severity == "error"
    }
    return next((code for code in _PRECEDENCE if code in codes), OK)
