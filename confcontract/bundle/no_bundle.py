"""The error that no bundle can be made here, with a remedy."""

from __future__ import annotations

from confcontract.report.errors import ConfigurationInvalid
from confcontract.report.problem import Problem


def impossible(what: str, hint: str = "make the bundle in a stage FROM python:3-slim") -> ConfigurationInvalid:
    return ConfigurationInvalid(Problem("bundle-impossible", f"a bundle can't be made here: {what}", hint=hint))
