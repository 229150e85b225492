"""A part of somebody's file that is ours: what stands between two marker lines. The rest stays byte for byte."""

from __future__ import annotations

from confcontract.errors import UsageError
from confcontract.problem import Problem

BEGIN = b"<!-- confcontract:begin -->"
END = b"<!-- confcontract:end -->"


def injected(current: bytes, generated: str, where: str) -> bytes:
    """`current` with `generated` between its markers; they are made at the end of the file where there are none.

    Line ends become those of the file. Raises UsageError where the markers are no single pair.
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
    """From the begin of the one marker to the end of the other; (-1, -1) where there is neither."""
    begins, ends = current.count(BEGIN), current.count(END)
    if not begins and not ends:
        return -1, -1
    if begins > 1 or ends > 1:
        marker = BEGIN if begins > 1 else END
        raise _refused(
            where, f"holds {marker.decode()} {max(begins, ends)} times: {_lines(current, marker)}", "keep one"
        )
    if not begins or not ends:
        there, missing = (BEGIN, END) if begins else (END, BEGIN)
        what = f"holds {there.decode()} ({_lines(current, there)}), but no {missing.decode()}"
        raise _refused(where, what, "write the other marker on a line of its own, or remove this one")
    start, stop = current.find(BEGIN), current.find(END)
    if stop < start:
        raise _refused(where, f"{END.decode()} stands before {BEGIN.decode()}", "swap the two markers")
    return start, stop + len(END)


def _lines(current: bytes, marker: bytes) -> str:
    places = [str(number) for number, line in enumerate(current.split(b"\n"), 1) if marker in line]
    return f"line {', '.join(places)}"


def _refused(where: str, what: str, hint: str) -> UsageError:
    return UsageError(Problem("usage", f"{where}: {what}", source=where, hint=hint))
