"""Whether a contract is as bake writes it.

The name of this module before there were packages; it stays.
"""

from confcontract.contract.damage import damage_of

__all__ = ["damage_of"]
