"""Where a secret was looked for, and what is known of who asked: the facts behind a message."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.contract.reference import Reference


class Place:
    """Where a secret was looked for. identity: who asked, in words. path: after moves. mount: "" if not known.

    address: of the server, in words, with the proxy that stands before it. token_is_valid: what a look at a given token
    said after a denial, None if it can't be told; of a token that we logged in for there is no doubt. policies: of the
    token, as far as they are known. answered: whether the server has answered anything at all. namespace: what may be
    said of it: "namespace team", or only the variable that names it as long as it is not known to be one; "" without.
    """

    __slots__ = (
        "address",
        "answered",
        "engine",
        "identity",
        "mount",
        "namespace",
        "path",
        "policies",
        "seconds",
        "token_is_valid",
    )

    def __init__(self, *, address: str, namespace: str, identity: str, path: str, seconds: float) -> None:
        self.address = address
        self.namespace = namespace
        self.identity = identity
        self.path = path
        self.seconds = seconds
        self.mount = ""
        self.engine = ""
        self.token_is_valid: bool | None = True
        self.policies: tuple[str, ...] = ()
        self.answered = False

    def words(self, reference: Reference) -> str:
        words = self.path
        if self.path != reference.mount_path:
            words += f" (moved there from {reference.mount_path})"
        if self.namespace:
            words += f" in {self.namespace}"
        return words
