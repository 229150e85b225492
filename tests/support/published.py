"""The published schemas, as validators that need not look for their references again with each document."""

from __future__ import annotations

import json
from functools import cache

from jsonschema import Draft202012Validator
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]
from referencing import Resource

from confcontract.contract.schemas import schema_text


@cache
def published(name: str) -> Draft202012Validator:
    """By its file name. A schema that holds no more than a reference to it is quickly crawled, the registry once."""
    resource = Resource.from_contents(json.loads(schema_text(name)))
    address = resource.id()
    return Draft202012Validator({"$ref": address}, registry=REGISTRY.with_resource(address, resource).crawl())
