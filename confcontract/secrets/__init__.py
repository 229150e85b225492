"""Secret stores. Importing this package imports none of them: `known_stores` chooses."""

from __future__ import annotations

from confcontract.secrets.known_stores import add_store, store_for

__all__ = ["add_store", "store_for"]
