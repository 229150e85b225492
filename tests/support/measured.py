"""Which tests are measured for coverage: enough that each line that tests come to is come to once.

Counting makes a test in one process up to twice as slow, and of a process that boots in 60 ms one of 230. The tables name
folders, files, or tests of a file, below tests/. Of what is new, the tests are counted, the processes that they start are not.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

# They come to lines that others come to, again and again: laws, each variable of a product, whole boots.
UNCOUNTED = (
    "author/test_compact.py::test_the_verdict_is_that_of_the_whole_plan",
    "author/test_defaults.py::test_of_any_class_defaults_env_leads_to_the_same_values",
    "author/test_defaults.py::test_text_of_any_kind_is_read_back_by_python_dotenv",
    "contract/test_canonical.py",
    "contract/test_damage.py",
    "contract/test_damaged_everywhere.py",
    "contract/test_format.py::test_whatever_class_is_baked_the_contract_is_of_the_format",
    "contract/test_grammar.py::test_it_refuses_what_the_published_schema_refuses",
    "contract/test_nothing_is_executed.py",
    "contract/test_one_digest.py::test_whatever_has_the_same_digest_is_the_same_contract",
    "docs/html",
    "docs/test_formats.py::test_man_shows_the_page_of_two_thousand_variables_without_a_warning",
    "docs/test_formats.py::test_two_thousand_variables_are_in_every_format",
    "faults",
    "fidelity",
    "install",
    "leak",
    "test_rewording.py",
    "verdict/sources/test_envfile.py::test_a_hundred_thousand_lines",
    "verdict/sources/test_every_spelling.py",
    "verdict/sources/test_many_levels.py",
    "verdict/sources/test_plain_toml.py::test_what_it_reads_is_what_the_standard_library_reads",
)
# Whose processes are measured, too: enough for each line that only a process of its own comes to.
STARTED_BY = (
    "author/test_never_made.py",
    "author/test_refusals.py",
    "author/test_settings_on_import.py",
    "boot/deliver/test_delivery.py",
    "boot/health/test_probe.py",
    "boot/health/test_real_boot.py",
    "boot/launch/test_command_lookup.py",
    "boot/launch/test_entry_point.py",
    "boot/supervise/test_changes.py",
    "boot/supervise/test_failed_restart.py",
    "boot/supervise/test_replaced_files.py",
    "boot/supervise/test_signals.py",
    "boot/test_arguments.py",
    "boot/test_checks_and_roles.py",
    "boot/test_out_of_time.py",
    "boot/test_policy.py",
    "boot/test_report.py",
    "cli",
    "docs/test_describe_and_problem.py",
    "docs/test_docs_command.py",
    "docs/test_inject.py",
    "docs/test_template.py",
    "host/test_planted.py",
    "stores/preflight",
    "stores/seeding/test_seeding.py::test_a_deleted_secret_is_not_taken_for_a_new_one",
    "stores/seeding/test_seeding.py::test_a_failure_in_the_middle_is_told_by_name_and_the_rest_is_written",
    "stores/seeding/test_seeding.py::test_a_name_that_the_contract_does_not_know_is_refused",
    "stores/seeding/test_seeding.py::test_a_value_that_the_contract_refuses_is_written_nowhere",
    "stores/seeding/test_seeding.py::test_a_version_of_kv_2_that_is_deleted_is_followed_by_another",
    "stores/seeding/test_seeding.py::test_values_may_be_an_env_file",
    "stores/seeding/test_seeding.py::test_values_that_are_no_utf_8_are_refused",
    "stores/seeding/test_seeding.py::test_what_differs_is_left_alone_unless_that_is_asked_for",
    "stores/seeding/test_seeding.py::test_what_is_missing_is_written_once",
    "stores/seeding/test_seeding.py::test_who_may_not_look_can_not_plan",
    "test_forks.py",
)
_COVERAGE = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
UNMEASURED = {name: value for name, value in os.environ.items() if name not in _COVERAGE}


def measured() -> dict[str, str]:
    """What to put into the environment of a process that is started now, by the test that pytest says is running."""
    return _COVERAGE if _named(os.environ.get("PYTEST_CURRENT_TEST", ""), STARTED_BY) else {}


class Selection:
    """Counts no line for a test of the first table, and for no process that a test outside of the second starts."""

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        if getattr(session.config.option, "numprocesses", None):
            sys.settrace(None)  # it gives tests to workers, and runs none

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        if _named(item.nodeid, STARTED_BY):
            return (yield)
        with _not_inherited():
            return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """What coverage puts in place of these ends in what was there: put in place after each test that is not counted,
        a fork would write the same file a thousand times before it ends, or never end.
        """
        patched = {name: getattr(os, name) for name in ("_exit", "execv", "execve")}
        try:
            return (yield)
        finally:
            for name, function in patched.items():
                setattr(os, name, function)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            if _named(item.nodeid, UNCOUNTED):
                item.add_marker("no_cover")  # which pytest-cov knows


@contextmanager
def _not_inherited() -> Iterator[None]:
    """A process that is started with the environment of this one is not measured."""
    for name in _COVERAGE:
        os.environ.pop(name, None)
    try:
        yield
    finally:
        os.environ.update(_COVERAGE)


def _named(test: str, table: tuple[str, ...]) -> bool:
    return test.removeprefix("tests/").startswith(table)
