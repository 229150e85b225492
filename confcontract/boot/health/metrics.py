"""Counters and gauges, and their text: OpenMetrics 1.0, or the older format of Prometheus."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Labels: TypeAlias = tuple[str, ...]
    # a function that returns the current value; None to omit the sample
    Value: TypeAlias = float | Callable[[], float | None]

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PLAIN = "text/plain; version=0.0.4; charset=utf-8"

COUNTER = "counter"
GAUGE = "gauge"
INFO = "info"


class Family(NamedTuple):
    """One kind of sample. `name`: as the sample has it; `labels`: in the order in which they are written."""

    name: str
    type: str
    labels: tuple[str, ...]
    help: str


FAMILIES = (
    Family("confcontract_app_restarts_total", COUNTER, ("reason",), "Number of restarts of the application."),
    Family(
        "confcontract_changes_total",
        COUNTER,
        ("result",),
        "New values for the application; result is taken, refused (it was left alone) or undone (the restart failed).",
    ),
    Family(
        "confcontract_check_duration_seconds",
        GAUGE,
        ("check",),
        "Duration of the last evaluation of a check; for one that hung, its timeout.",
    ),
    Family("confcontract_check_up", GAUGE, ("check", "phase"), "1 if the check passes, 0 if it fails or is stale."),
    Family(
        "confcontract_checks_total",
        COUNTER,
        ("check", "result"),
        "Evaluations of a check; result is passed, failed, hung or broken (the check itself failed).",
    ),
    Family("confcontract_info", INFO, ("name", "version", "digest"), "The contract that boot started from."),
    Family("confcontract_lease_seconds_left", GAUGE, ("path",), "Time until a Vault lease expires."),
    Family("confcontract_token_seconds_left", GAUGE, (), "Time until the Vault token expires."),
    Family(
        "confcontract_vault_requests_total",
        COUNTER,
        ("result",),
        "Requests to Vault after the start, renewals and checks for new values; result is ok, or the kind of failure.",
    ),
)
_BY_NAME = {family.name: family for family in FAMILIES}


class Metrics:
    """Samples of the families above; safe to use from any thread.

    Every method takes the labels of the family, all of them. Raises KeyError or TypeError for a family or labels
    that were not declared.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[str, dict[Labels, Value]] = {family.name: {} for family in FAMILIES}

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        """Add to a counter. An amount of 0 makes it appear."""
        key = _key(name, COUNTER, labels)
        with self._lock:
            before = self._values[name].get(key, 0)
            assert not callable(before)
            self._values[name][key] = before + amount

    def set(self, name: str, value: float, /, **labels: str) -> None:
        """Set a gauge, or make an information appear (whatever the value)."""
        key = _key(name, GAUGE, labels)
        with self._lock:
            self._values[name][key] = value

    def set_function(self, name: str, function: Callable[[], float | None], /, **labels: str) -> None:
        """Compute a gauge at each scrape; the sample is omitted if the function returns None."""
        key = _key(name, GAUGE, labels)
        with self._lock:
            self._values[name][key] = function

    def forget(self, name: str, /, **labels: str) -> None:
        """Omit a sample from now on, for example because the lease has ended."""
        key = _key(name, GAUGE, labels)
        with self._lock:
            self._values[name].pop(key, None)

    def render(self, *, openmetrics: bool = True) -> str:
        """The text of all families that have samples, in a fixed order."""
        with self._lock:
            values = {name: sorted(samples.items(), key=_labels) for name, samples in self._values.items()}
        lines: list[str] = []
        for family in FAMILIES:
            samples = [(labels, _now(value)) for labels, value in values[family.name]]  # not under the lock
            told = [(labels, value) for labels, value in samples if value is not None]
            if told:
                lines += _head(family, openmetrics)
                lines += [_sample(family, labels, value) for labels, value in told]
        if openmetrics:
            lines.append("# EOF")
        return "".join(f"{line}\n" for line in lines)


def _labels(sample: tuple[Labels, Value]) -> Labels:
    return sample[0]


def _key(name: str, kind: str, labels: dict[str, str]) -> Labels:
    family = _BY_NAME[name]
    if (family.type == COUNTER) != (kind == COUNTER) or set(labels) != set(family.labels):
        raise TypeError(f"{name} is a {family.type} with the labels {', '.join(family.labels) or 'none'}")
    return tuple(labels[label] for label in family.labels)


def _now(value: Value) -> float | None:
    return value() if callable(value) else value


def _head(family: Family, openmetrics: bool) -> list[str]:
    name, kind = family.name, family.type
    if openmetrics:
        name = name.removesuffix("_total" if kind == COUNTER else "_info" if kind == INFO else "")
    elif kind == INFO:
        kind = GAUGE
    unit = [f"# UNIT {name} seconds"] if openmetrics and name.endswith("_seconds") else []
    return [f"# HELP {name} {family.help}", f"# TYPE {name} {kind}", *unit]


def _sample(family: Family, labels: Labels, value: float) -> str:
    if family.type == INFO:
        value = 1
    pairs = ",".join(f'{name}="{_escaped(text)}"' for name, text in zip(family.labels, labels, strict=True))
    return f"{family.name}{{{pairs}}} {_number(value)}" if pairs else f"{family.name} {_number(value)}"


def _escaped(text: str) -> str:
    clean = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return clean.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) else repr(float(value))
