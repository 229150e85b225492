"""A project's own layout, as a Jinja2 template. It runs in Jinja's sandbox, because a template is data, not a trusted
program.
"""

from __future__ import annotations

import os

from confcontract.docs import escape, markdown, markdown_columns
from confcontract.docs.clean_text import listed, one_line
from confcontract.report.errors import UsageError
from confcontract.report.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from confcontract.docs.model import Page, VariableEntry


def render(page: Page, layout: markdown.Layout, path: str) -> str:
    """Render the template `path` with `page` (model.py) and the parts of the built-in page.

    The template can include and extend templates beside it. Raises UsageError if Jinja2 or the file is missing, or if
    the template is wrong or asks for something that does not exist.
    """
    try:
        from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment
    except ImportError:
        raise UsageError(Problem("usage", "--template needs Jinja2", hint="install confcontract[docs]")) from None
    folder, name = os.path.split(path)
    if not os.path.isfile(path):
        raise _refused(path, "is not a file", "name the template's file")
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder or ".", encoding="utf-8"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # the output is Markdown, which the filters below escape for
    )
    environment.filters.update(
        code=escape.code, cell=escape.cell, prose=escape.prose, one_line=one_line, listed=_listed
    )

    def table(entries: Iterable[VariableEntry], *names: str) -> str:
        return markdown_columns.table(
            list(entries), markdown_columns.chosen(",".join(names)) if names else layout.columns, layout.since
        )

    parts = {name.replace("-", "_"): part(page, layout) for name, part in markdown.PARTS.items()}
    try:
        return environment.get_template(name).render(page=page, parts=parts, table=table)
    except UnicodeDecodeError:
        raise _refused(path, "is not UTF-8 text", "save it as UTF-8") from None
    except TemplateError as error:
        line = getattr(error, "lineno", None) or _line(error, environment)
        at = f", line {line}" if line else ""
        what = (error.message or "").replace("confcontract.docs.model.", "")
        raise _refused(path, f"{type(error).__name__}{at}: {what}", "correct the template") from None
    except UsageError:
        raise
    except Exception as error:  # a template may do anything with its values, so any exception is possible
        line = _line(error, environment)
        at = f", line {line}" if line else ""
        raise _refused(path, f"{type(error).__name__}{at}: {error}", "correct the template") from None


def _listed(words: Iterable[str]) -> str:
    return listed(list(words))


def _line(error: Exception, environment: Any) -> int | None:
    """The template's innermost line in the traceback, which Jinja has rewritten to refer to templates."""
    trace, found = error.__traceback__, None
    while trace is not None:
        if "__jinja_template__" in trace.tb_frame.f_globals or trace.tb_frame.f_code.co_filename.endswith(
            tuple(environment.loader.list_templates())
        ):
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


def _refused(path: str, what: str, hint: str) -> UsageError:
    return UsageError(Problem("usage", f"{path}: {what}", source=path, hint=hint, source_said=True))
