"""Every fault that boot is held to, each as a whole boot; the table of their verdicts is docs/reference/faults.md.

`make docs` does not write that page, the suite does: FAULTS_PAGE=write pytest tests/faults
"""
