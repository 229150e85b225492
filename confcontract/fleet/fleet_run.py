"""Checks a fleet, or one share of it, and yields the records of its services in order, as they are finished."""

from __future__ import annotations

from collections.abc import Generator

from confcontract.contract.anywhere import without_login
from confcontract.fleet.fleet_plan import FleetOptions, FleetPlan, ServicePlan, Shard
from confcontract.fleet.fleet_state import FleetState, material_of
from confcontract.fleet.judge_service import judge_service
from confcontract.fleet.part_file import PartEntry
from confcontract.fleet.service_record import RecordedReason, ServiceRecord
from confcontract.fleet.worker_pool import KnownAnswer, WorkerEnded, in_order

_Task = tuple[int, ServicePlan, FleetOptions, bool]


def judged(plan: FleetPlan, shard: Shard, jobs: int, state: FleetState | None = None) -> Generator[PartEntry]:
    """state: results of earlier runs are read from it, and new ones are added."""
    numbers = shard.numbers(plan.services)
    tasks = (_task(number, plan, state) for number in numbers)
    for number, answer in zip(numbers, in_order(_judge, tasks, min(jobs, max(len(numbers), 1))), strict=True):
        if isinstance(answer, WorkerEnded):
            yield PartEntry(number, "", _of_no_answer(plan.services[number], answer).as_text(), 0)
            continue
        entry, is_new = answer
        if state is not None and is_new:
            state.add(entry)
        yield entry


def _task(number: int, plan: FleetPlan, state: FleetState | None) -> _Task | KnownAnswer:
    service = plan.services[number]
    known = state.known(number, service, plan.options) if state is not None else None
    return (number, service, plan.options, state is not None) if known is None else KnownAnswer((known, False))


def _judge(task: _Task) -> tuple[PartEntry, bool]:
    """Computes the digest of the input first: if it changes during the check, the next run checks the service again."""
    number, service, options, is_kept = task
    made_of = material_of(service, options) if is_kept else ""
    return PartEntry(number, made_of, judge_service(service, options).as_text(), 0), True


def _of_no_answer(service: ServicePlan, ended: WorkerEnded) -> ServiceRecord:
    fault = RecordedReason(
        "fleet-worker-ended",
        "",
        f"the process that checked it {ended.words}, twice",
        "give it more memory, if that was the cause; or validate it on its own",
    )
    return ServiceRecord(service.name, without_login(service.contract or service.next), faults=(fault,))
