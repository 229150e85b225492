"""The page of a contract, as the commands that show one make it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from confcontract.contract import Contract
    from confcontract.read.docs.model import Page


def page(contract: Contract) -> Page:
    """Masked. Raises ContractUnusable for a contract that is damaged although its digest fits."""
    from confcontract.boot.mask import as_shown, mask_credentials
    from confcontract.read.docs.build import page_of

    try:
        return page_of(contract, mask_credentials, as_shown(contract.variables))
    except Exception:
        from confcontract.damage import refuse_damaged

        refuse_damaged(contract)
        raise
