"""Which store reads what: `vault:` and `bao:` are read from Vault or OpenBao, `aws-sm:` and `aws-ssm:` from AWS, and
others from what `add_store` has added.

Boot and rotation get one `SecretStore` from here. A further store of confcontract is an entry of `store_for`. Importing
this imports none of them.
"""

from __future__ import annotations

from confcontract.contract import schemes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from confcontract.secrets.several import StoreEntry, Stores
    from confcontract.secrets.store import SecretReader

DEADLINE_SECONDS = 60.0

_added: dict[str, Callable[[Mapping[str, str]], SecretReader]] = {}


def add_store(scheme: str, make: Callable[[Mapping[str, str]], SecretReader], *, store: str, form: str) -> None:
    """Let a store of your own read references with a scheme of your own (`age:`), in this process.

    make: creates the store from the environment when the first such reference is read; it can be a `SecretReader`.
    store: the store's name in messages. form: an example of a reference to it: `age:FILE#KEY`. It is SCHEME NAME, then
    #KEY and @VERSION if it has any, see `contract.reference`.

    Raises ValueError for a scheme that is taken or invalid: write lower case and a colon.
    """
    schemes.register(schemes.Scheme(scheme, store, form, f"what {store} needs"))
    _added[scheme] = make


def is_configured(environ: Mapping[str, str]) -> bool:
    """Whether the environment names a store. Only stores that were added are created for that."""
    from confcontract.secrets.vault.server import configured

    return configured(environ) or _aws(environ) or any(make(environ).configured for make in _added.values())


def store_for(
    environ: Mapping[str, str],
    *,
    deadline_seconds: float = DEADLINE_SECONDS,
    progress: Callable[[str], object] | None = None,
    log: Callable[[dict[str, object]], None] | None = None,
    keeps_login: bool = False,
) -> Stores:
    """The store that reads all references of a verdict; it has not sent any request yet.

    deadline_seconds: for one `read` and the `create` after it. progress: gets a line for a person while something is
    awaited. log: gets a record for each attempt that failed; neither is called by two threads at a time. keeps_login:
    our login is kept after `close`, because a supervisor renews it.
    """
    from confcontract.secrets.several import StoreEntry, Stores
    from confcontract.secrets.vault.server import configured

    progress, log = _one_at_a_time(progress, log)

    def open_vault() -> SecretReader:
        from confcontract.secrets.vault.reader import VaultReader

        return VaultReader(
            environ, deadline_seconds=deadline_seconds, progress=progress, log=log, revoke_token=not keeps_login
        )

    def open_aws() -> SecretReader:
        from confcontract.secrets.aws.aws_reader import AwsReader

        return AwsReader(environ, deadline_seconds=deadline_seconds, progress=progress, log=log)

    aws = StoreEntry(lambda: _aws(environ), open_aws)
    entries = {
        schemes.VAULT: StoreEntry(lambda: configured(environ), open_vault),
        schemes.AWS_SECRETS: aws,
        schemes.AWS_PARAMETERS: aws,
        **{scheme: _entry(make, environ) for scheme, make in _added.items()},
    }
    return Stores(entries, deadline_seconds)


def _aws(environ: Mapping[str, str]) -> bool:
    from confcontract.secrets.aws import configured

    return configured(environ)


def _entry(make: Callable[[Mapping[str, str]], SecretReader], environ: Mapping[str, str]) -> StoreEntry:
    from confcontract.secrets.several import StoreEntry

    made: list[SecretReader] = []

    def opened() -> SecretReader:
        if not made:
            made.append(make(environ))
        return made[0]

    return StoreEntry(lambda: opened().configured, opened)


def _one_at_a_time(
    progress: Callable[[str], object] | None, log: Callable[[dict[str, object]], None] | None
) -> tuple[Callable[[str], object] | None, Callable[[dict[str, object]], None] | None]:
    """Serializes the output of stores that run in parallel."""
    import _thread

    lock = _thread.allocate_lock()

    def told(text: str) -> None:
        if progress is not None:
            with lock:
                progress(text)

    def logged(record: dict[str, object]) -> None:
        if log is not None:
            with lock:
                log(record)

    return (told if progress is not None else None), (logged if log is not None else None)
