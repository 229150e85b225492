"""Our identity for Vault: the authentication method from the environment, and the login itself.

Every method reads its variables and files again at each login, so that credentials that rotate on disk (a token file, a
service account's JWT) are up to date.
"""

from __future__ import annotations

from confcontract.contract.pathwords import pointer
from confcontract.host.folder import at
from confcontract.secrets.vault.server import NotConfigured, lookup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from confcontract.secrets.vault.connection import Connection

METHODS = ("token", "token-file", "approle", "kubernetes", "jwt", "userpass", "cert")
# Credentials that can't be used without the corresponding name.
_HALVES = (("SECRET_ID", "ROLE_ID"), ("WRAPPED_SECRET_ID", "ROLE_ID"), ("PASSWORD", "USERNAME"), ("JWT", "ROLE"))
SERVICE_ACCOUNT_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token"


class UnprovenName:
    """A name (of a role, a user, a mount) from a variable. It may be a credential, if that was put into the wrong
    variable.

    words: with the name, for messages; instead: with the variable, until the name is known to be valid.
    """

    __slots__ = ("instead", "name", "words")

    def __init__(self, name: str, instead: str, words: str = "") -> None:
        self.name = name
        self.words = words or name
        self.instead = instead


class Identity:
    """One way to a token.

    words: method and origin of the credentials, for messages. given: the token, when it is given and needs no login.
    login: one attempt to log in; None when the token is given. hidden: the credentials themselves. accepted: whether
    Vault has accepted this identity, which proves its names.
    """

    __slots__ = ("_words", "accepted", "given", "hidden", "login")

    def __init__(
        self,
        *words: str | UnprovenName,
        given: str = "",
        login: Callable[[Connection], Mapping[str, object]] | None = None,
        hidden: tuple[str, ...] = (),
    ) -> None:
        self._words = words
        self.accepted = False
        self.given = given
        self.login = login
        self.hidden = hidden or ((given,) if given else ())

    @property
    def words(self) -> str:
        told = [
            part if isinstance(part, str) else part.words if self.accepted else part.instead for part in self._words
        ]
        return "".join(told)

    @property
    def unproven(self) -> set[str]:
        """The names that must not be shown before Vault has accepted them."""
        return {part.name for part in self._words if isinstance(part, UnprovenName)}

    def __repr__(self) -> str:
        return f"Identity({self.words!r})"


def choose(environ: Mapping[str, str]) -> str:
    """The method that CONFCONTRACT_VAULT_AUTH names, or else the first for which something is set.

    `~/.vault-token`, left by `vault login`, is tried last. cert is never chosen automatically: a client certificate may
    be for the transport only. Raises NotConfigured.
    """
    named = environ.get("CONFCONTRACT_VAULT_AUTH", "")
    if named:
        if named not in METHODS:
            raise NotConfigured(f"CONFCONTRACT_VAULT_AUTH must be one of {', '.join(METHODS)}")
        return named
    present = {
        "token": ("TOKEN",),
        "token-file": ("TOKEN_FILE",),
        "approle": ("ROLE_ID", "ROLE_ID_FILE"),
        "userpass": ("USERNAME",),
    }
    for method, names in present.items():
        if any(lookup(environ, name) for name in names):
            return method
    if lookup(environ, "ROLE"):
        # A named JWT is for the jwt method; without one, the pod's own service account is used.
        return "jwt" if lookup(environ, "JWT") or lookup(environ, "JWT_FILE") else "kubernetes"
    for half, whole in _HALVES:
        found = lookup(environ, half) or lookup(environ, f"{half}_FILE")
        if found:
            raise NotConfigured(f"{found[0]} is set without VAULT_{whole}, which it needs")
    if _home_token(environ):
        return "token-file"
    raise NotConfigured(
        "there are no credentials: set VAULT_TOKEN, VAULT_TOKEN_FILE, VAULT_ROLE_ID with VAULT_SECRET_ID, VAULT_ROLE "
        "(for Kubernetes or JWT), VAULT_USERNAME with VAULT_PASSWORD, or CONFCONTRACT_VAULT_AUTH=cert"
    )


def identity(environ: Mapping[str, str], unwrapped: dict[str, str]) -> Identity:
    """The identity as it is now: variables and files are read here. Raises NotConfigured.

    unwrapped: secret ids by the token that wrapped them, kept by the caller: each can be unwrapped only once.
    """
    method = choose(environ)
    if method == "token":
        name, token = _required(environ, "TOKEN", method)
        return Identity(f"token from {name}", given=_checked_token(token, name))
    if method == "token-file":
        found = lookup(environ, "TOKEN_FILE")
        path = found[1] if found else _home_token(environ)
        if not path:
            raise NotConfigured("the token-file method needs VAULT_TOKEN_FILE")
        return Identity(f"token from the file {path}", given=_checked_token(_read(path, found and found[0]), path))
    mount = _mount(environ, method)
    if method == "approle":
        return _approle(environ, mount, unwrapped)
    made = {"kubernetes": _kubernetes, "jwt": _jwt, "userpass": _userpass, "cert": _cert}
    return made[method](environ, mount)


def _approle(environ: Mapping[str, str], mount: str, unwrapped: dict[str, str]) -> Identity:
    role_name, role_id = _secret(environ, "ROLE_ID", "approle")
    place, words = _auth_path(environ, mount), f", role id from {role_name}"
    wrapped, secret = (_optional_secret(environ, name) for name in ("WRAPPED_SECRET_ID", "SECRET_ID"))
    if wrapped and secret:
        raise NotConfigured("there is a wrapped secret id and one that is not wrapped; keep one")
    if wrapped:
        token = _checked_token(wrapped[1], wrapped[0])

        def login_unwrapping(to: Connection) -> Any:
            from confcontract.secrets.vault.token import unwrap

            secret_id = unwrap(to, token, mount, unwrapped)
            return _log_in(to, mount, {"role_id": role_id, "secret_id": secret_id})

        words += f", wrapped secret id from {wrapped[0]}"
        return Identity("AppRole at ", place, words, login=login_unwrapping, hidden=(token,))
    # A role may be configured not to need a secret id (bind_secret_id=false).
    secret_id = secret[1] if secret else None
    words += f", secret id from {secret[0]}" if secret else ", no secret id"

    def login(to: Connection) -> Any:
        return _log_in(to, mount, {"role_id": role_id, "secret_id": secret_id})

    return Identity("AppRole at ", place, words, login=login, hidden=(secret_id,) if secret_id else ())


def _kubernetes(environ: Mapping[str, str], mount: str) -> Identity:
    variable, role = _required(environ, "ROLE", "kubernetes")
    found = lookup(environ, "JWT_FILE")
    path = found[1] if found else SERVICE_ACCOUNT_TOKEN
    jwt = _read(path, found and found[0])

    def login(to: Connection) -> Any:
        return _log_in(to, mount, {"role": role, "jwt": jwt})

    words = ("Kubernetes role ", UnprovenName(role, f"of {variable}"), " at ", _auth_path(environ, mount))
    return Identity(*words, f", service account token from {path}", login=login, hidden=(jwt,))


def _jwt(environ: Mapping[str, str], mount: str) -> Identity:
    from confcontract.secrets.vault.connection import hvac_client

    hvac_client()  # an unusable one is refused now; on the login thread it would look like a defect
    variable, role = _required(environ, "ROLE", "jwt")
    name, jwt = _secret(environ, "JWT", "jwt")

    def login(to: Connection) -> Any:
        return to.client().auth.jwt.jwt_login(role, jwt, use_token=False, path=mount)

    words = ("JWT role ", UnprovenName(role, f"of {variable}"), " at ", _auth_path(environ, mount))
    return Identity(*words, f", JWT from {name}", login=login, hidden=(jwt,))


def _userpass(environ: Mapping[str, str], mount: str) -> Identity:
    from urllib.parse import quote

    from confcontract.secrets.vault.connection import hvac_client

    hvac_client()
    variable, username = _required(environ, "USERNAME", "userpass")
    name, password = _secret(environ, "PASSWORD", "userpass")

    def login(to: Connection) -> Any:
        # hvac puts the name into the path as it is.
        return to.client().auth.userpass.login(quote(username, safe=""), password, use_token=False, mount_point=mount)

    words = ("user ", UnprovenName(username, f"of {variable}"), " at ", _auth_path(environ, mount))
    return Identity(*words, f", password from {name}", login=login, hidden=(password,))


def _cert(environ: Mapping[str, str], mount: str) -> Identity:
    name, _ = _required(environ, "CLIENT_CERT", "cert")
    role = lookup(environ, "ROLE")

    def login(to: Connection) -> Any:
        # The certificate is that of the session. hvac's own cert login would replace the session's authorities.
        return _log_in(to, mount, {"name": role[1]} if role else {})

    return Identity(f"certificate from {name} at ", _auth_path(environ, mount), login=login)


def _log_in(to: Connection, mount: str, credentials: Mapping[str, str | None]) -> Any:
    return to.adapter.login(f"/v1/auth/{mount}/login", json=credentials)


def _auth_path(environ: Mapping[str, str], mount: str) -> str | UnprovenName:
    if not environ.get("CONFCONTRACT_VAULT_AUTH_MOUNT"):
        return f"auth/{mount}"
    return UnprovenName(mount, "the mount of CONFCONTRACT_VAULT_AUTH_MOUNT", f"auth/{mount}")


def _mount(environ: Mapping[str, str], method: str) -> str:
    mount = environ.get("CONFCONTRACT_VAULT_AUTH_MOUNT", "").strip("/").removeprefix("auth/") or method
    for segment in mount.split("/"):
        # hvac puts some mounts into the path as they are, so nothing that would need quoting.
        plain = segment.isascii() and segment.replace("-", "").replace("_", "").replace(".", "").isalnum()
        if not plain:
            raise NotConfigured("CONFCONTRACT_VAULT_AUTH_MOUNT must be the path of an auth method, as in team/approle")
    return mount


def _required(environ: Mapping[str, str], name: str, method: str) -> tuple[str, str]:
    found = lookup(environ, name)
    if found is None:
        raise NotConfigured(f"the {method} method needs VAULT_{name}")
    return found


def _secret(environ: Mapping[str, str], name: str, method: str) -> tuple[str, str]:
    found = _optional_secret(environ, name)
    if found is None:
        raise NotConfigured(f"the {method} method needs VAULT_{name} or VAULT_{name}_FILE")
    return found


def _optional_secret(environ: Mapping[str, str], name: str) -> tuple[str, str] | None:
    """(source, value) from the variable or from the file that NAME_FILE names."""
    direct, file = lookup(environ, name), lookup(environ, f"{name}_FILE")
    if direct and file:
        raise NotConfigured(f"{direct[0]} and {file[0]} are both set; keep one")
    if direct:
        return direct
    return (f"the file {file[1]}", _read(file[1], file[0])) if file else None


def _home_token(environ: Mapping[str, str]) -> str:
    import os

    home = environ.get("HOME", "")
    path = os.path.join(home, ".vault-token")
    return path if home and os.path.isfile(at(path)) else ""


def _read(path: str, named_by: str | None) -> str:
    """The file's text without surrounding white space. Raises NotConfigured."""
    who = pointer(named_by, path) if named_by else path
    try:
        import os

        file_path = at(path)
        if not os.path.isfile(file_path):
            # Opening a FIFO would wait for a writer forever.
            raise NotConfigured(f"{who} {'is not a file' if os.path.exists(file_path) else 'does not exist'}")
        with open(file_path, encoding="utf-8") as file:
            text = file.read(1024 * 1024).strip()
    except OSError as error:
        raise NotConfigured(f"{who} can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise NotConfigured(f"{who} is not text") from None
    if not text:
        raise NotConfigured(f"{who} is empty")
    return text


def _checked_token(token: str, where: str) -> str:
    token = token.strip()
    # It goes into a header. requests would quote an invalid token in its error message.
    if not (token and token.isascii() and token.isprintable() and " " not in token):
        raise NotConfigured(f"the token from {where} has characters that a token can't have")
    return token
