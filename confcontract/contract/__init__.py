"""The contract artifact: the file in the image, its format, and what is needed to read it."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from confcontract.contract.artifact import Contract
    from confcontract.contract.digest import canonical, digest_of

__all__ = ["Contract", "canonical", "digest_of"]


def __getattr__(name: str) -> object:
    """Resolve names on first use, like `confcontract` itself: importing one module of this package does not load the
    others."""
    if name not in __all__:
        raise AttributeError(f"module 'confcontract.contract' has no attribute {name!r}")
    home = "artifact" if name == "Contract" else "digest"
    value: object = getattr(__import__(f"confcontract.contract.{home}", fromlist=[name]), name)
    globals()[name] = value
    return value
