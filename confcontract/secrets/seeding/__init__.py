"""Writing the secrets of a contract into its stores, for the first time or again: `secrets plan` and `secrets apply`.

`values_file` reads what is given, `seed_plan` compares it with what is there, `applied` writes. Where to is a target:
`vault_target` (KV version 2), `aws_target` (Secrets Manager). No value is shown by any of it.
"""
