"""A small shop that keeps its whole configuration in `shop.settings`."""

__version__ = "1.4.0"
