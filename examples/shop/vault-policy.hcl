# What the shop may do in Vault: read its own secret, nothing else.
path "secret/data/shop" {
  capabilities = ["read"]
}
