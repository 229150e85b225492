"""Text of a TOML, YAML or JSON file becomes plain values, with the line and column of each key.

    document = read(path.read_bytes(), TOML)        # or YAML, JSON; `format_of(path)` says which by the name's end
    if document.readable:                           # else document.faults say why not
        document.value                              # exactly what tomllib.load, yaml.safe_load or json.load give
        document.position(("database", "port"))     # (line, column), both from 1; None where there is no such key
    document.faults                                 # also what the parser lets pass: a key twice, NaN in JSON

An item of a list is a step too: ("servers", 0, "port"). Positions are computed on request. The message of a fault never
holds a value of the file. `as_written=True` is for callers that need values as text: see `contract.envtext`.
"""

from __future__ import annotations

from confcontract.verdict.sources.documents.parsed import Document, Fault, failed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Format = Literal["toml", "yaml", "json"]

__all__ = ["ENDINGS", "JSON", "TOML", "YAML", "Document", "Fault", "format_of", "read", "read_text"]

TOML: Format = "toml"
YAML: Format = "yaml"
JSON: Format = "json"
ENDINGS: dict[str, Format] = {".toml": TOML, ".yaml": YAML, ".yml": YAML, ".json": JSON}


def format_of(path: str) -> Format | None:
    """The format of a file by the end of its name; None for any other."""
    return ENDINGS.get(path[path.rfind(".") :].lower()) if "." in path else None


def read(raw: bytes, format: Format, *, encoding: str = "utf-8", as_written: bool = False) -> Document:  # noqa: A002
    """The document in the bytes of a file. encoding: a name that Python knows; TOML is always UTF-8.

    Decoded as `open` does it, line ends included, so that both accept and refuse the same files.
    """
    import io

    line_ends = None
    if format == TOML:
        encoding, line_ends = "utf-8", ""  # left to tomllib, which does not accept \r alone as a line end
    try:
        text = io.TextIOWrapper(io.BytesIO(raw), encoding=encoding, newline=line_ends).read()
    except LookupError:
        return failed(Fault(Fault.ENCODING, f"{encoding} is not a text encoding of this Python"))
    except UnicodeError as error:
        start = getattr(error, "start", 0)  # not all decoders give the position
        line = raw.count(b"\n", 0, start) + 1
        column = start - raw.rfind(b"\n", 0, start)
        words = "UTF-8" if encoding == "utf-8" else encoding
        return failed(Fault(Fault.ENCODING, f"is not {words} text", line, column))
    return read_text(text, format, as_written=as_written)


def read_text(text: str, format: Format, *, as_written: bool = False) -> Document:  # noqa: A002
    """The document in a text with Python's line ends (`\\n`)."""
    if format == TOML:
        from confcontract.verdict.sources.documents.toml_text import parse_toml

        return parse_toml(text, as_written=as_written)
    if format == YAML:
        from confcontract.verdict.sources.documents.yaml_text import parse_yaml

        return parse_yaml(text, as_written=as_written)
    from confcontract.verdict.sources.documents.json_text import parse_json

    return parse_json(text, as_written=as_written)
