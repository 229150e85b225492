"""How a command ends: its exit codes, which one wins if several things are wrong, and the exit code of each problem.

The numbers are those of sysexits.h where one fits, and a shell's for commands and signals. They never change their
meaning. The documentation, `confcontract problem` and the line of a failed boot are generated from this table. For
commands that look for something (`diff`, `audit`), findings/outcome.py defines how they end.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

OK = 0
USAGE = 64
SECRET_MISSING = 66
NOT_READY = 69
DEFECT = 70
LIMIT_REACHED = 71
VAULT_UNAVAILABLE = 75
VAULT_REFUSED = 77
INVALID = 78
NOT_EXECUTABLE = 126
NOT_FOUND = 127


class Exit:
    """One exit code. reason: a phrase, for the line of a failed boot. remedy: for an operator, in short.

    when, who: when a command ends with it, and who can fix it, for the reference.
    """

    __slots__ = ("name", "number", "reason", "remedy", "when", "who")

    def __init__(self, number: int, name: str, reason: str, remedy: str, when: str, who: str) -> None:
        self.number = number
        self.name = name
        self.reason = reason
        self.remedy = remedy
        self.when = when
        self.who = who


# If several things are wrong at once, the first of these that occurs gives the exit code. First come the problems that
# neither waiting nor an operator of a store can fix.
EXITS = (
    Exit(
        DEFECT,
        "defect",
        "a defect in confcontract",
        "report it",
        "confcontract itself failed",
        "the maintainers of confcontract: please report it",
    ),
    Exit(
        LIMIT_REACHED,
        "limit reached",
        "a limit was reached",
        "raise the limit that the report names",
        "the container or machine has no memory, file descriptors, processes or threads left for boot",
        "the operator, who sets the limits",
    ),
    Exit(
        USAGE,
        "usage",
        "the command line is not understood",
        "correct the entry point, boot's variables or the role",
        "the command line, or a `CONFCONTRACT_…` variable in its place, is not understood; a role that is not "
        "declared; no command to start",
        "the author of the command line",
    ),
    Exit(
        INVALID,
        "configuration invalid",
        "the configuration is invalid",
        "correct the values that the report names",
        "a value, the contract, an overlay or a source is invalid; with `bake`, the class can't become a contract",
        "the operator, or the author of the class",
    ),
    Exit(
        VAULT_REFUSED,
        "secret store refused",
        "the secret store refused",
        "check the login and its policies",
        "the login or token is not valid, or a policy denies the path; trying again will not help",
        "the administrator of the secret store",
    ),
    Exit(
        SECRET_MISSING,
        "secret missing",
        "a secret is missing",
        "provide it: Vault, NAME_FILE or the environment",
        "a required secret has no value, is not where its reference points, or no store is configured to read "
        "it from. An *empty* one, or one that is left at a default in the code, only warns, unless `--strict`",
        "the owner of the secrets",
    ),
    Exit(
        VAULT_UNAVAILABLE,
        "secret store unavailable",
        "the secret store is unavailable",
        "try again later; check the server",
        "unreachable, sealed or overloaded until the deadline; trying again later may help",
        "the operator of Vault or the store",
    ),
    Exit(
        NOT_READY,
        "not ready",
        "a dependency is not ready",
        "see the check that the report names",
        "a declared check did not succeed before its deadline",
        "the operator of the dependency",
    ),
    Exit(
        NOT_EXECUTABLE,
        "not executable",
        "the command can't be executed",
        "check the image",
        "the command was found, but can't be executed",
        "the author of the image",
    ),
    Exit(
        NOT_FOUND,
        "not found",
        "the command was not found",
        "check the image",
        "there is no such command",
        "the author of the image",
    ),
)

# The meaning of a problem that is an error, by its code; every other code means INVALID.
_MEANS = {
    "usage": USAGE,
    "secret-missing": SECRET_MISSING,
    "secret-default": SECRET_MISSING,
    "secret-empty": SECRET_MISSING,
    "vault-not-configured": SECRET_MISSING,
    "vault-path-missing": SECRET_MISSING,
    "vault-key-missing": SECRET_MISSING,
    "vault-version-deleted": SECRET_MISSING,
    "store-not-configured": SECRET_MISSING,
    "store-secret-missing": SECRET_MISSING,
    "store-key-missing": SECRET_MISSING,
    "store-version-missing": SECRET_MISSING,
    "store-unavailable": VAULT_UNAVAILABLE,
    "store-denied": VAULT_REFUSED,
    "store-credentials": VAULT_REFUSED,
    "seed-value-missing": SECRET_MISSING,
    "seed-conflict": VAULT_UNAVAILABLE,
    "seed-not-written": VAULT_REFUSED,
    "check-failed": NOT_READY,
    "internal": DEFECT,
    "limit-reached": LIMIT_REACHED,
    "vault-unavailable": VAULT_UNAVAILABLE,
    "vault-denied": VAULT_REFUSED,
    "command-not-executable": NOT_EXECUTABLE,
    "command-not-found": NOT_FOUND,
}


def exit_of(code: str) -> int:
    """The exit code if a problem of this code is an error, and nothing else is wrong."""
    return _MEANS.get(code, INVALID)


def worst(codes: Iterable[str]) -> int:
    """The exit code for errors, by their problems' codes: 0 if there are none."""
    found = {exit_of(code) for code in codes}
    return next((each.number for each in EXITS if each.number in found), OK)


def reason(number: int) -> str:
    """The phrase for one of our exit codes, or for 128+n."""
    for each in EXITS:
        if each.number == number:
            return each.reason
    return f"ended by signal {number - 128}" if number > 128 else "boot failed"
