"""Secrets from HashiCorp Vault and OpenBao.

`parse_reference` and `is_reference` read references; `configured` returns whether a server is named;
`reader.VaultReader` fetches. Importing this package is cheap: the code that sends requests is imported when it is
needed.

The environment names the server and our identity. Every VAULT_ variable has a BAO_ equivalent; if both are set to
different values, that is refused, since a guess could send the credentials of one server to another. An empty variable
counts as not set.

The server
  VAULT_ADDR                    URL of the server, as in https://vault.example.com:8200.
  VAULT_NAMESPACE               namespace of every request.
  VAULT_CACERT, VAULT_CAPATH    authorities to trust: a file, or a directory of files, in PEM. The file wins. Without
                                either, the system's authorities count.
  VAULT_CLIENT_CERT, VAULT_CLIENT_KEY   our own certificate and its key, in PEM.
  VAULT_TLS_SERVER_NAME         the name that the server's certificate must have, if not the host of VAULT_ADDR.
  VAULT_SKIP_VERIFY             true: don't check the server's certificate. For experiments only.
  VAULT_DISABLE_REDIRECTS       true: follow no redirect. Else one is followed, as by Vault's own client.
  VAULT_CLIENT_TIMEOUT          the longest that one attempt may take: seconds, or a duration such as 30s. Default 30.
  VAULT_PROXY_ADDR, VAULT_HTTP_PROXY   an HTTP proxy for Vault alone; else HTTPS_PROXY, HTTP_PROXY and NO_PROXY count
                                (never for localhost). ~/.netrc and REQUESTS_CA_BUNDLE are never read.

Who we are: CONFCONTRACT_VAULT_AUTH names the method; else it is the first for which something is present, in this order
  token        VAULT_TOKEN.
  token-file   VAULT_TOKEN_FILE, as written by Vault Agent. Read again when the token in it is refused.
  approle      VAULT_ROLE_ID or VAULT_ROLE_ID_FILE; VAULT_SECRET_ID or VAULT_SECRET_ID_FILE, or a response-wrapped one
               in VAULT_WRAPPED_SECRET_ID or VAULT_WRAPPED_SECRET_ID_FILE.
  userpass     VAULT_USERNAME; VAULT_PASSWORD or VAULT_PASSWORD_FILE.
  jwt          VAULT_ROLE; VAULT_JWT or VAULT_JWT_FILE.
  kubernetes   VAULT_ROLE; the service account's token, or the one in VAULT_JWT_FILE (then name the method).
  token-file   ~/.vault-token, as left by `vault login` or `bao login`: only when nothing of the above is set.
  cert         VAULT_CLIENT_CERT and VAULT_CLIENT_KEY, VAULT_ROLE for one certain role. Never guessed: name the method.
CONFCONTRACT_VAULT_AUTH_MOUNT is where the method is mounted, if not at its own name.

What is read
  CONFCONTRACT_VAULT_KV_VERSION where the token may not look up mounts: `2` (or `1`) if every mount is a single segment,
                                or a list by mount: `secret=2,team/kv=1,database=raw` (raw: no KV engine).
  CONFCONTRACT_VAULT_MOVE       prefixes that are elsewhere in this environment: `secret=staging,secret/db=shared/db`.
                                The longest prefix of whole segments counts.
"""

from __future__ import annotations

from confcontract.contract.reference import Reference, ReferenceInvalid, is_reference, parse_reference
from confcontract.secrets.vault.server import configured

__all__ = ["Reference", "ReferenceInvalid", "configured", "is_reference", "parse_reference"]
