"""A copy of a process that tries what may never end does not outlive the process."""

from __future__ import annotations

import os
import signal

import pytest

from confcontract.host.prctl import die_with_parent


@pytest.mark.parametrize("gone, expected", [(True, -signal.SIGKILL), (False, 0)])
def test_a_copy_whose_parent_has_ended_before_the_kernel_knew_of_it_ends_at_once(gone: bool, expected: int) -> None:
    parent = os.getppid() if gone else os.getpid()  # a signal had ended it: another process is in its place
    copy = os.fork()
    if not copy:
        try:
            die_with_parent(parent)
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]) == expected
