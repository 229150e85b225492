"""A contract to put into images."""

from tests.contract.conftest import baked  # noqa: F401
