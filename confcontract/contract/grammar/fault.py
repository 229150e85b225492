"""Check a document against the grammar of confcontract/v1."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

_validator: Any = None


def first_fault(data: Mapping[str, Any]) -> str | None:
    """The first place that violates the format, as members and indexes; None if there is none."""
    global _validator
    from confcontract.contract.engine import ValidationError

    if _validator is None:
        _validator = _built()
    try:
        _validator.validate_python(data)
    except ValidationError as error:
        place = error.errors(include_url=False, include_context=False, include_input=False)[0]["loc"]
        return "/".join(_in(data, place)) or "it is not a contract"
    except RecursionError:
        return "it is nested too deeply"
    return None


def _in(data: Any, place: Iterable[str | int]) -> Iterator[str]:
    """The part of a location that is in the document. pydantic_core also names the rules on the way."""
    for part in place:
        inside = part in data if isinstance(data, dict) else isinstance(data, list) and part in range(len(data))
        if inside:
            yield str(part)
            data = data[part]


def _built() -> Any:
    from confcontract.contract.engine import SchemaValidator
    from confcontract.contract.grammar import core, hydrated, published
    from confcontract.contract.grammar.words import named, whole
    from confcontract.contract.jsontext import loads
    from confcontract.contract.schemas import schema_text

    schema = loads(schema_text("contract-v1.schema.json"))
    told = schema["$defs"]["provenance"]
    told["required"] = []  # not in the digest, not used for a verdict, and absent where unknown
    rules = published.rules(schema, {"coreSchema": core.NODE, "hydration": hydrated.entry()})
    referred = [published.members_of(definition, schema) for definition in ("variable", "program")]
    rules |= {"core": core.core(), **referred[0], **referred[1]}
    return SchemaValidator(whole(named("document"), rules))
