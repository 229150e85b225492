"""Imported by the process whose forks run `validate --model`: what a bake of the canary's classes gives, made once.

A bake sees the class and nothing that an operator gives. `validate --model` with a bake of its own is run, as a process of
its own, by test_no_file_is_left_with_a_secret_in_it.
"""

from __future__ import annotations

from typing import Any

from confcontract import Contract
from confcontract.author import model_check
from confcontract.author.bake import bake

from . import shop_secrets

_CLASSES = (shop_secrets.Settings, shop_secrets.Strict, shop_secrets.Flat)
_MADE = {each: bake(each, name="shop", version="1") for each in _CLASSES}


def _made(*declared: Any) -> Contract:
    return _MADE[declared[0].settings]


vars(model_check)["bake"] = _made
