"""The name under which `confcontract.VaultReader` was first documented; kept for compatibility."""

from confcontract.secrets.vault.reader import VaultReader

__all__ = ["VaultReader"]
