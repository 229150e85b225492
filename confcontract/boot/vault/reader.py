"""The name under which `confcontract.VaultReader` was documented first; it stays."""

from confcontract.secrets.vault.reader import VaultReader

__all__ = ["VaultReader"]
