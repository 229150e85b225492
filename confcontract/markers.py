"""Markers for `Annotated`: the documented names are `confcontract.Secret` and the others.

The name of this module before there were packages; it stays.
"""

from confcontract.contract.markers import Deprecated, Example, OnChange, Secret, Separated, Unit, Vault

__all__ = ["Deprecated", "Example", "OnChange", "Secret", "Separated", "Unit", "Vault"]
