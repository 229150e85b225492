"""What somebody must fix, as data: the documented class is `confcontract.Problem`.

The name of this module before there were packages; it stays.
"""

from confcontract.report.codes import CODES
from confcontract.report.problem import ERROR, INFO, WARNING, Problem

__all__ = ["CODES", "ERROR", "INFO", "WARNING", "Problem"]
