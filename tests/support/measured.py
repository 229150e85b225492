"""Which tests are measured for coverage: enough that each line that tests come to is come to once.

Counting makes a test in one process up to twice as slow, and of a process that boots in 60 ms one of 230. The tables name
folders, files, or tests of a file, below tests/. Of what is new, the tests are counted, the processes that they start are not.
"""

from __future__ import annotations

import os
import posix
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

# They come to lines that others come to, again and again: laws, each variable of a product, whole boots. What is dear and
# brings nothing of its own is found with a context for each test (`dynamic_context` of coverage).
UNCOUNTED = (
    "author/test_compact.py::test_the_verdict_is_that_of_the_whole_plan",
    "author/test_defaults.py::test_of_any_class_defaults_env_leads_to_the_same_values",
    "author/test_defaults.py::test_text_of_any_kind_is_read_back_by_python_dotenv",
    "author/test_read_twice.py",
    "bundle/test_bundle_made.py::test_a_folder_that_can_not_be_written_is_named",
    "bundle/test_bundle_made.py::test_a_folder_with_anything_else_in_it_is_left_alone",
    "bundle/test_bundle_made.py::test_what_is_read_of_a_module_is_what_it_may_import",
    "compare/accepted/test_limits_alone.py",
    "compare/accepted/test_patterns.py::test_an_automaton_decides_as_pydantic_does",
    "compare/accepted/test_patterns.py::test_patterns_are_compared_by_the_texts_in_which_they_are_found",
    "compare/accepted/test_same_plan.py",
    "compare/drift/test_rebaked.py::test_code_that_can_not_be_baked_is_refused_as_by_bake",
    "compare/rules/test_rules.py::test_a_rule_finds_what_its_fixtures_differ_in",
    "compare/rules/test_rules.py::test_findings_are_the_same_each_time_and_what_they_say_can_be_told",
    "compare/test_defect.py::test_a_defect_ends_with_2_in_every_format",
    "compare/test_deployment_truth.py",
    "compare/test_many_variables.py",
    "compare/test_semantic_version.py::test_the_change_decides",
    "compare/test_truth.py",
    "contract/test_canonical.py",
    "contract/test_damage.py",
    "contract/test_damaged_everywhere.py",
    "contract/test_env_file_readers.py::test_a_bare_value_is_the_same_to_everybody",
    "contract/test_format.py::test_whatever_class_is_baked_the_contract_is_of_the_format",
    "contract/test_from_image.py::test_100_000_files",
    "contract/test_from_python.py::test_a_reference_that_leads_to_no_class",
    "contract/test_from_python.py::test_several_classes_are_the_same_bytes",
    "contract/test_from_python.py::test_what_the_application_leaves_running_is_not_waited_for",
    "contract/test_grammar.py::test_it_refuses_what_the_published_schema_refuses",
    "contract/test_nothing_is_executed.py",
    "contract/test_one_digest.py",
    "contract/test_unusable_files.py::test_a_plan_that_cant_be_used_is_refused",
    "docs/html",
    "docs/test_formats.py::test_man_shows_the_page_of_two_thousand_variables_without_a_warning",
    "docs/test_formats.py::test_the_same_contract_gives_the_same_bytes_in_another_process",
    "docs/test_formats.py::test_two_thousand_variables_are_in_every_format",
    "faults",
    "fleet/test_same_verdict.py",
    "fidelity/test_agreement.py",
    "fidelity/test_config_files.py",
    "fidelity/test_enums.py",
    "fidelity/test_generator.py",
    "fidelity/test_layers.py",
    "fidelity/test_names.py",
    "fidelity/test_nested_settings.py",
    "fidelity/test_packages.py",
    "fidelity/test_schema_oracle.py",
    "fidelity/test_subclassed_sources.py::test_a_source_that_reads_as_it_always_does_is_run",
    "host/test_planted.py::test_a_name_that_a_draft_could_have_is_of_no_use_to_whoever_plants_it",
    "image/test_installed_packages.py::test_the_walk_agrees_with_the_search_for_one_file_on_random_layers",
    "install",
    "leak",
    "platforms/admission/test_any_contract.py",
    "platforms/admission/test_verdicts.py",
    "platforms/helm/test_value_schema.py::test_what_boot_accepts_the_schema_accepts",
    "platforms/kubernetes/test_same_settings.py",
    "platforms/test_same_settings.py",
    "project/test_judges.py",
    "report/test_did_you_mean.py",
    "stores/aws/test_aws_faults.py::test_what_passes_by_itself_is_tried_again",
    "stores/aws/test_batches.py",
    "stores/vault/test_values.py",
    "rewording",
    "verdict/sources/documents/test_toml_text.py::test_values_are_those_of_tomllib_and_every_key_is_where_it_is_said_to_be",
    "verdict/sources/test_envfile.py::test_a_hundred_thousand_lines",
    "verdict/sources/test_envfile.py::test_every_file_reads_as_python_dotenv_reads_it",
    "verdict/sources/test_every_spelling.py",
    "verdict/sources/test_many_levels.py",
    "verdict/sources/test_plain_toml.py::test_what_it_reads_is_what_the_standard_library_reads",
    "verdict/test_mask.py::test_what_is_quoted_is_one_line_and_bounded",
)
# So many cases of one test are counted, for those after them come to lines that these have come to. Only of these tests
# each case is one for lines of its own: a rule, a form, a kind of fault. Which do is found with a context for each test.
CASES = 4
OF_PROCESSES = 1  # so many cases of which the processes are measured, too: see STARTED_BY
OF_ITS_OWN = (
    "attestation/test_verify_statements.py",
    "audit/test_audit_rules.py",
    "audit/test_secret_values.py",
    "audit/test_value_search.py",
    "author/test_defaults.py::test_bits_that_have_no_name",
    "boot/checks/test_address.py",
    "boot/rotation/test_lost_directories.py",
    "checks/test_declaring.py",
    "compare/accepted/test_patterns.py::test_what_is_not_decided",
    "compare/drift/test_environ_reads.py",
    "compare/rules",
    "compare/test_bad_input.py",
    "compare/test_defect.py::test_where_memory_ends",
    "compare/test_deployment.py",
    "compare/test_release_note.py",
    "docs/test_formats.py::test_every_variable_is_in_every_format",
    "docs/test_template.py",
    "fidelity/test_traps.py",
    "stores/aws/test_aws_values.py",
    "stores/vault/test_misplaced.py",
    "stores/vault/test_reference.py",
    "stores/vault/test_server.py",
    "verdict/policy/test_policy.py",
    "verdict/policy/test_policy_numbers.py",
    "verdict/problems/test_in_parts.py",
    "verdict/problems/test_spelled_twice.py",
    "verdict/sources/documents/test_toml_text.py::test_what_tomllib_refuses_is_told_with_line_and_column",
    "verdict/sources/documents/test_yaml_text.py::test_what_safe_load_refuses_is_told_with_line_and_column",
    "verdict/sources/test_operatorfile_damaged.py",
    "verdict/sources/test_unresolved.py",
    "verdict/test_mask.py::test_only_the_password_is_masked",
)
# Whose processes are measured, too: enough for each line that only a process of its own comes to.
STARTED_BY = (
    "audit",
    "author/test_never_made.py",
    "author/test_refusals.py",
    "author/test_settings_on_import.py::test_the_class_is_baked_as_without_the_object_and_bake_warns",
    "author/test_several_classes.py",
    "boot/deliver/test_delivery.py::test_a_directory_on_a_disk_is_refused",
    "boot/deliver/test_delivery.py::test_a_directory_that_others_can_enter_is_refused",
    "boot/deliver/test_delivery.py::test_no_two_applications_share_a_directory",
    "boot/deliver/test_delivery.py::test_the_contract_says_which_way",
    "boot/deliver/test_delivery.py::test_what_is_delivered_is_utf_8",
    "boot/deliver/test_delivery.py::test_what_no_dotenv_file_can_hold",
    "boot/health/test_probe.py::test_a_state_that_cannot_be_read",
    "boot/health/test_probe.py::test_a_supervisor_that_does_not_answer",
    "boot/health/test_probe.py::test_a_wrong_command_line",
    "boot/health/test_probe.py::test_after_a_supervisor_that_was_killed",
    "boot/health/test_real_boot.py",
    "boot/launch/test_command_lookup.py::test_a_command_that_is_no_program",
    "boot/launch/test_command_lookup.py::test_a_program_that_is_being_written",
    "boot/launch/test_entry_point.py::test_a_reader_that_leaves_early",
    "boot/launch/test_entry_point.py::test_an_error_that_nobody_can_raise",
    "boot/launch/test_entry_point.py::test_an_interruption_is_130",
    "boot/launch/test_entry_point.py::test_the_exit_code_is_right",
    "boot/supervise/test_changes.py",
    "boot/supervise/test_failed_restart.py",
    "boot/supervise/test_replaced_files.py::test_a_directory_that_vanishes",
    "boot/supervise/test_signals.py::test_what_the_application_leaves_behind",
    "boot/test_arguments.py",
    "boot/test_checks_and_roles.py::Test_checks_that_only_degrade",
    "boot/test_checks_and_roles.py::Test_roles",
    "boot/test_checks_and_roles.py::test_69_names_every_dependency",
    "boot/test_checks_and_roles.py::test_a_dry_run_runs_the_checks",
    "boot/test_out_of_time.py::test_a_pattern_of",
    "boot/test_out_of_time.py::test_name_file_on_a_file_without_an_end",
    "boot/test_out_of_time.py::test_references_in_an_env_file",
    "boot/test_policy.py::test_a_policy_directory_that_is_no_directory",
    "boot/test_policy.py::test_files_that_are_no_overlays",
    "boot/test_report.py::Test_as_json",
    "boot/test_report.py::test_a_misspelt_variable_of_ours",
    "boot/test_report.py::test_of_a_contract_that_is_named",
    "cli/test_command_line.py::test_an_option_of_boot_without_its_value",
    "cli/test_command_line.py::test_bake_says_that_its_folder_is_none",
    "cli/test_drift_command.py",
    "cli/test_from_class_to_screen.py",
    "cli/test_help.py",
    "cli/test_reference_in_words.py",
    "compare/test_bad_input.py",
    "compare/test_deployment.py",
    "compare/test_deployment_own_files.py",
    "compare/test_diff_command.py",
    "compare/test_from_anywhere.py",
    "compare/test_release_commands.py",
    "docs/test_describe_and_problem.py",
    "docs/test_docs_command.py",
    "docs/test_inject.py",
    "docs/test_since.py",
    "docs/test_template.py",
    "inspection",
    "stores/preflight",
    "stores/seeding",
)
FIRST_WORKER = "gw0"  # as pytest-xdist calls it
_COVERAGE = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
UNMEASURED = {name: value for name, value in os.environ.items() if name not in _COVERAGE}


def measured() -> dict[str, str]:
    """What to put into the environment of a process that is started now, by the test that pytest says is running."""
    if not _named(os.environ.get("PYTEST_CURRENT_TEST", ""), STARTED_BY):
        return {}
    return {name: value for name, value in _COVERAGE.items() if name in os.environ}  # not those of a further case


class Selection:
    """Counts no line for a test of the first table, for no further case of a test, and for no process that a test outside
    of the last table starts.

    A worker is measured as any process that is started while coverage is asked for (`make coverage`), and by nothing else:
    of two measurements in one process, the one below goes on where the one above stops.
    """

    def __init__(self) -> None:
        self._measurement = None
        if _COVERAGE:
            from coverage import Coverage

            self._measurement = Coverage.current()
            _leave_forks_alone()
        self._counts = True
        if os.environ.get("PYTEST_XDIST_WORKER", FIRST_WORKER) != FIRST_WORKER:
            self._count(False)  # all workers import the same to collect: traced, that takes 16 s of a processor, not 9
        self._further: set[str] = set()
        self._unmeasured: set[str] = set()

    def pytest_configure(self, config: pytest.Config) -> None:
        if getattr(config.option, "numprocesses", None):
            self._count(False)  # it gives tests to workers, and runs none

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        cases: Counter[str] = Counter()
        for item in session.items:
            test = item.nodeid.partition("[")[0]
            cases[test] += 1
            if cases[test] > CASES and not _named(test, OF_ITS_OWN):
                self._further.add(item.nodeid)
            if cases[test] > OF_PROCESSES and not _named(test, OF_ITS_OWN):
                self._unmeasured.add(item.nodeid)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._count(item.nodeid not in self._further and not _named(item.nodeid, UNCOUNTED))
        if _named(item.nodeid, STARTED_BY) and item.nodeid not in self._unmeasured:
            return (yield)
        with _not_inherited():
            return (yield)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        self._count(False)
        if self._measurement:
            self._measurement.save()  # a worker does not always live to its regular end

    def _count(self, wanted: bool) -> None:
        """In this thread, and in those that are begun from now on."""
        if self._measurement is None or wanted is self._counts:
            return
        self._counts = wanted
        if not wanted:
            self._measurement.stop()
            return
        self._measurement.start()
        _leave_forks_alone()


def _leave_forks_alone() -> None:
    """What a fork of a worker does is not counted: at its end each would write all that the worker has come to, for
    itself, which takes a second of a processor."""
    for name in ("_exit", "execv", "execve"):
        setattr(os, name, getattr(posix, name))  # without what coverage does before


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
