"""A command in the process of the tests: for those whose imports take longer than what they do."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
from collections.abc import Mapping
from unittest import mock

from confcontract.cli import main
from confcontract.cli.common import report
from confcontract.report.errors import ConfcontractError


def run_here(*arguments: str, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`confcontract ARGUMENTS`, with these variables beside those that are there."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with (
        mock.patch.dict(os.environ, environ or {}),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main(arguments)
        except SystemExit as ended:
            code = int(ended.code or 0)
        except ConfcontractError as error:  # which `__main__` reports
            report(error.problems, err)
            code = error.exit_code
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())
