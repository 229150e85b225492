"""What confcontract raises: one tree under ConfcontractError.

Each class has an `exit_code`, each exception its `problems`.
"""

from confcontract.report.errors import (
    BakeRefused,
    Bug,
    CommandNotExecutable,
    CommandNotFound,
    ConfcontractError,
    ConfigurationInvalid,
    ContractUnusable,
    ImageUnusable,
    LimitReached,
    NotReady,
    SecretMissing,
    UsageError,
    VaultRefused,
    VaultUnavailable,
)

__all__ = [
    "BakeRefused",
    "Bug",
    "CommandNotExecutable",
    "CommandNotFound",
    "ConfcontractError",
    "ConfigurationInvalid",
    "ContractUnusable",
    "ImageUnusable",
    "LimitReached",
    "NotReady",
    "SecretMissing",
    "UsageError",
    "VaultRefused",
    "VaultUnavailable",
]
