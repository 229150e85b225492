"""The page of a contract, for the commands that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from confcontract.contract.artifact import Contract
    from confcontract.docs.model import Page


def page(contract: Contract) -> Page:
    """The masked page. Raises ContractUnusable for a damaged contract with a matching digest."""
    from confcontract.docs.build import page_of
    from confcontract.verdict.mask import as_shown, mask_credentials

    try:
        return page_of(contract, mask_credentials, as_shown(contract.variables))
    except Exception:
        from confcontract.contract.damage import refuse_damaged

        refuse_damaged(contract.data)
        raise
