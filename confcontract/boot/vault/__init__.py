"""Where the reader of secrets was before; it is `confcontract.VaultReader`."""
