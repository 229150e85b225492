"""Writing the secrets of a contract into its stores, for the first time or again: `secrets plan` and `secrets apply`.

`values_file` reads the given values, `seed_plan` compares them with the stores, `applied` writes. It writes to targets:
`vault_target` (KV version 2), `aws_target` (Secrets Manager). None of it shows a value.
"""
