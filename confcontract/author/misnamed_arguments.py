"""Finds arguments that a failed call passes and the called function does not have, by the code of the call and a
signature.

Python's TypeError contains the same, but any code can raise a TypeError, and its message may hold a value.
"""

from __future__ import annotations

import ast
import inspect
import linecache
from itertools import islice
from types import FrameType, ModuleType, TracebackType
from typing import Any

from confcontract.report.did_you_mean import closest

_MISSING = object()


def misnamed_argument(trace: TracebackType | None) -> str | None:
    """What is wrong with the call that failed at the innermost line, in words; None for any other error."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    call = None if trace is None else _call_at(trace)
    if trace is None or call is None:
        return None
    called = _found(call.func, trace.tb_frame)
    try:
        parameters = inspect.signature(called).parameters
    except (TypeError, ValueError):  # it can't be called, or is written in C
        return None
    if any(each.kind is each.VAR_KEYWORD for each in parameters.values()):
        return None
    names = [name for name, each in parameters.items() if each.kind not in (each.POSITIONAL_ONLY, each.VAR_POSITIONAL)]
    wrong = next((word.arg for word in call.keywords if word.arg is not None and word.arg not in names), None)
    if wrong is None:
        return None
    guess = closest(wrong, names)
    said = f"{ast.unparse(call.func)} takes no argument {wrong!r}"
    return f"{said}: did you mean {guess!r}?" if guess else said


def _call_at(trace: TracebackType) -> ast.Call | None:
    """The call that the code was running, if its file can be read and the interpreter records positions."""
    code = trace.tb_frame.f_code
    line, end_line, column, end_column = next(islice(code.co_positions(), trace.tb_lasti // 2, None))
    source = "".join(linecache.getlines(code.co_filename, trace.tb_frame.f_globals))
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # the file was changed since
        return None
    where = (line, end_line, column, end_column)
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return next(
        (call for call in calls if (call.lineno, call.end_lineno, call.col_offset, call.end_col_offset) == where), None
    )


def _found(expression: ast.expr, frame: FrameType) -> Any:
    """The object behind a name, or behind a name in a module. Nothing else is resolved: that could run code."""
    if isinstance(expression, ast.Name):
        for names in (frame.f_locals, frame.f_globals, frame.f_builtins):
            if expression.id in names:
                return names[expression.id]
    if isinstance(expression, ast.Attribute):
        module = _found(expression.value, frame)
        if isinstance(module, ModuleType):
            return vars(module).get(expression.attr, _MISSING)
    return _MISSING
