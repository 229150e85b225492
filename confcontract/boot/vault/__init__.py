"""The former place of the reader of secrets, `confcontract.VaultReader`."""
