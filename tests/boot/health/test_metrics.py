"""The metrics, read by Prometheus' own parsers."""

from __future__ import annotations

import re
import threading

import pytest

from confcontract.boot.health.metrics import FAMILIES, Metrics
from tests.boot.health.asking import openmetrics, plain

STRANGE = 'a "quoted" \\ back\nslash, ümlaut \ud800'


def filled() -> Metrics:
    """Metrics with two samples of every family that has labels."""
    metrics = Metrics()
    for family in FAMILIES:
        for word in ("b", STRANGE, "a"):
            labels = dict.fromkeys(family.labels, word)
            if family.type == "counter":
                metrics.count(family.name, 2, **labels)
            else:
                metrics.set(family.name, 1.5, **labels)
    return metrics


def test_the_openmetrics_text_is_what_the_reference_parser_accepts() -> None:
    families = {family.name: family for family in openmetrics(filled().render())}
    assert len(families) == len(FAMILIES)
    for family in FAMILIES:
        name = family.name.removesuffix("_total") if family.type == "counter" else family.name
        found = families[name.removesuffix("_info") if family.type == "info" else name]
        assert found.type == family.type
        assert found.documentation == family.help
        value = {"counter": 2, "info": 1}.get(family.type, 1.5)
        assert {sample.value for sample in found.samples} == {value}
        assert {sample.name for sample in found.samples} == {family.name}
        if family.labels:
            strange = STRANGE.encode("utf-8", "backslashreplace").decode()
            assert {sample.labels[family.labels[0]] for sample in found.samples} == {"a", "b", strange}


def test_the_older_text_holds_the_same_samples() -> None:
    metrics = filled()
    new = [sample for family in openmetrics(metrics.render()) for sample in family.samples]
    old = [sample for family in plain(metrics.render(openmetrics=False)) for sample in family.samples]
    assert [(sample.name, sample.labels, sample.value) for sample in old] == [
        (sample.name, sample.labels, sample.value) for sample in new
    ]


def test_the_same_samples_give_the_same_text_in_whatever_order_they_came() -> None:
    first, second = Metrics(), Metrics()
    for metrics, order in ((first, "abc"), (second, "cba")):
        for word in order:
            metrics.count("confcontract_app_restarts_total", reason=word)
    assert first.render() == second.render()


def test_a_family_without_samples_is_left_out() -> None:
    assert Metrics().render() == "# EOF\n"
    assert Metrics().render(openmetrics=False) == ""


def test_a_function_is_asked_at_each_scrape_and_may_have_nothing_to_say() -> None:
    metrics = Metrics()
    values = [30.0, 12.5, None]
    metrics.set_function("confcontract_token_seconds_left", lambda: values.pop(0))
    assert "confcontract_token_seconds_left 30\n" in metrics.render()
    assert "confcontract_token_seconds_left 12.5\n" in metrics.render()
    assert metrics.render() == "# EOF\n"


def test_a_function_may_use_the_metrics_itself() -> None:
    metrics = Metrics()
    metrics.set_function("confcontract_token_seconds_left", lambda: float(len(metrics.render(openmetrics=False)) == 0))
    with pytest.raises(RecursionError):  # and not a lock that is never given back
        metrics.render()


def test_what_is_forgotten_is_not_shown_any_more() -> None:
    metrics = Metrics()
    metrics.set("confcontract_lease_seconds_left", 5, path="database/creds/shop")
    metrics.forget("confcontract_lease_seconds_left", path="database/creds/shop")
    metrics.forget("confcontract_lease_seconds_left", path="never there")
    assert metrics.render() == "# EOF\n"


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("confcontract_checks_total", {"check": "a"}),
        ("confcontract_checks_total", {"check": "a", "result": "b", "more": "c"}),
        ("confcontract_check_up", {"check": "a", "phase": "ready"}),
    ],
)
def test_only_declared_counters_with_all_their_labels_can_be_counted(name: str, labels: dict[str, str]) -> None:
    with pytest.raises(TypeError, match=name):
        Metrics().count(name, **labels)
    with pytest.raises(KeyError):
        Metrics().count("confcontract_nonsense_total")


def test_no_count_is_lost_between_threads() -> None:
    metrics = Metrics()

    def count() -> None:
        for _ in range(2_000):
            metrics.count("confcontract_vault_requests_total", result="ok")

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 'confcontract_vault_requests_total{result="ok"} 16000\n' in metrics.render()


def test_every_family_has_a_help_text_that_is_a_sentence_and_a_name_that_the_standard_allows() -> None:
    for family in FAMILIES:
        assert family.help.endswith("."), family.name
        assert re.fullmatch(r"confcontract_[a-z_]+", family.name)
        assert family.name.endswith("_total") == (family.type == "counter")
    assert list(FAMILIES) == sorted(FAMILIES)
