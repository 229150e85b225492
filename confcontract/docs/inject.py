"""Write our part of somebody else's file: the text between two marker lines. The rest stays byte for byte."""

from __future__ import annotations

from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

BEGIN = b"<!-- confcontract:begin -->"
END = b"<!-- confcontract:end -->"


def injected(current: bytes, generated: str, where: str) -> bytes:
    """`current` with `generated` between its markers, which are added at the end of the file if it has none.

    Uses the line ends of the file. Raises UsageError if the markers are not a single pair.
    """
    ours = generated.encode("utf-8", "backslashreplace")
    if BEGIN in ours or END in ours:
        raise _refused(where, "what is to be put between the markers holds a marker itself", "correct the template")
    ends = b"\r\n" if b"\r\n" in current or current.endswith(b"\r") else b"\n"
    start, stop = _span(current, where)
    text = b"\n\n".join((BEGIN, ours.strip(b"\n"), END)).replace(b"\r\n", b"\n").replace(b"\n", ends)
    if start < 0:
        gap = b"" if not current else ends if current.endswith(b"\n") else ends * 2
        return current + gap + text + ends
    return current[:start] + text + current[stop:]


def _span(current: bytes, where: str) -> tuple[int, int]:
    """From the start of the first marker to the end of the second; (-1, -1) if both are missing."""
    begins, ends = _places(current, BEGIN), _places(current, END)
    if not begins and not ends:
        return -1, -1
    if len(begins) > 1 or len(ends) > 1:
        marker, places = (BEGIN, begins) if len(begins) > 1 else (END, ends)
        raise _refused(where, f"holds {marker.decode()} {len(places)} times: {_lines(current, places)}", "keep one")
    if not begins or not ends:
        there, missing = (BEGIN, END) if begins else (END, BEGIN)
        what = f"holds {there.decode()} ({_lines(current, begins or ends)}), but no {missing.decode()}"
        raise _refused(where, what, "write the other marker on its own line, or remove this one")
    if ends[0] < begins[0]:
        raise _refused(where, f"{END.decode()} stands before {BEGIN.decode()}", "swap the two markers")
    return begins[0], ends[0] + len(END)


def _places(current: bytes, marker: bytes) -> list[int]:
    """Where the marker is used as a marker, not as an example in a closed block of code or in backticks."""
    import re

    if marker not in current:
        return []
    blocks = [found.span() for found in re.finditer(_BLOCK, current, re.MULTILINE)]
    quoted = re.compile(b"(?<!`)" + re.escape(marker) + b"|" + re.escape(marker) + b"(?!`)")
    return [
        place.start()
        for place in quoted.finditer(current)
        if not any(start < place.start() < stop for start, stop in blocks)
    ]


_LINE_END = b"\n"
_BLOCK = rb"^ {0,3}(`{3,}(?=[^`\n]*$)|~{3,})[^\n]*\n(?:[^\n]*\n)*? {0,3}\1[`~]*[ \t]*\r?$"  # by the rules of CommonMark


def _lines(current: bytes, places: list[int]) -> str:
    return f"line {', '.join(str(current.count(_LINE_END, 0, place) + 1) for place in places)}"


def _refused(where: str, what: str, hint: str) -> UsageError:
    return UsageError(Problem("usage", f"{where}: {what}", source=where, hint=hint, source_said=True))
