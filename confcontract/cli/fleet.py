"""`confcontract fleet check`, `confcontract fleet diff` and `confcontract fleet merge`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from confcontract.cli.common import not_empty, report, usage_error
from confcontract.cli.two_contracts import evaluated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from confcontract.fleet.fleet_index import FleetIndex
    from confcontract.fleet.fleet_plan import FleetPlan, Shard
    from confcontract.fleet.fleet_state import FleetState
    from confcontract.fleet.part_file import PartHeader


class _CheckUnlessNamed(TyperGroup):
    """`fleet DIR` means `fleet check DIR`. Write a folder that has the name of a command as ./NAME."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["check", *args]
        return super().parse_args(ctx, args)


fleet = typer.Typer(
    cls=_CheckUnlessNamed,
    no_args_is_help=True,
    help="Check many services in many environments at once. `fleet DIR` is short for `fleet check DIR`.",
)

_PIECE = 65536  # characters to write at once

Jobs = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="How many processes judge in parallel; 1 judges in this process. Default: one for each processor.",
        show_default=False,
    ),
]
StateFile = Annotated[
    str | None,
    typer.Option(
        "--state",
        metavar="FILE",
        help="Keep results in this file: an interrupted run continues, and the next one judges only what changed.",
        show_default=False,
    ),
]
ShardOf = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="K/N",
        help="Judge the K-th of N shares, starting at 1, and write the results as a part for `fleet merge`.",
        show_default=False,
    ),
]
Output = Annotated[
    str | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write there instead of stdout.", show_default=False),
]
Format = Annotated[Literal["text", "json", "html"], typer.Option(help="Format of the report.")]
VariableAsked = Annotated[
    list[str] | None,
    typer.Option(
        "--variable",
        metavar="NAME",
        help="Show which services read this variable, and as what type, instead of the whole report. May be repeated.",
        show_default=False,
    ),
]
StrictFleet = Annotated[
    bool, typer.Option("--strict", help="As for validate: turn the warnings that boot --strict refuses into errors.")
]


@fleet.command()
def check(
    place: Annotated[
        str,
        typer.Argument(
            metavar="DIR|FILE",
            help="A folder with SERVICE/contract.json and SERVICE/ENVIRONMENT.env, or a file in TOML, YAML or "
            "JSON that lists services, their contracts and their environments.",
        ),
    ],
    format: Format = "text",  # noqa: A002
    output: Output = None,
    variable: VariableAsked = None,
    strict: StrictFleet = False,
    jobs: Jobs = None,
    state: StateFile = None,
    shard: ShardOf = None,
) -> int:
    """Check each environment against its service's contract. Exit 0: all pass. 1: some fail. 2: not all evaluated."""
    from confcontract.fleet.fleet_plan import FleetOptions
    from confcontract.fleet.read_fleet import read_fleet

    not_empty("DIR|FILE", place)
    if variable and (shard is not None or format != "text"):
        raise usage_error("--variable gives text, for a whole fleet", "leave --shard and --format out")
    wanted = _shard(shard)

    def work() -> int:
        plan = read_fleet(place, FleetOptions(strict=strict))
        return judge(plan, wanted, jobs, state, output, format, variable or ())

    return evaluated(work)


@fleet.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The fleet that runs now: a folder or a file.")],
    new: Annotated[
        str,
        typer.Argument(
            metavar="NEW",
            help="The planned fleet. Where its environments differ, they are the planned settings.",
        ),
    ],
    format: Format = "text",  # noqa: A002
    output: Output = None,
    strict: StrictFleet = False,
    jobs: Jobs = None,
    state: StateFile = None,
    shard: ShardOf = None,
) -> int:
    """Show the order in which a rollout can go. Exit 0: all can go. 1: some have to wait. 2: not all evaluated."""
    from confcontract.fleet.fleet_plan import FleetOptions
    from confcontract.fleet.read_fleet import read_rollout

    not_empty("OLD", old)
    not_empty("NEW", new)
    wanted = _shard(shard)

    def work() -> int:
        plan = read_rollout(old, new, FleetOptions(rollout=True, strict=strict))
        return judge(plan, wanted, jobs, state, output, format)

    return evaluated(work)


@fleet.command()
def merge(
    parts: Annotated[
        list[str], typer.Argument(metavar="PART...", help="The parts that all shards of one fleet have written.")
    ],
    format: Format = "text",  # noqa: A002
    output: Output = None,
    variable: VariableAsked = None,
) -> int:
    """Combine the parts of a fleet into the report and the exit code of a single run."""
    from contextlib import ExitStack

    not_empty("PART", *parts)
    if variable and format != "text":
        raise usage_error("--variable gives text", "leave --format out")

    def work() -> int:
        from confcontract.fleet.fleet_index import FleetIndex
        from confcontract.fleet.merged_parts import MergedParts

        with ExitStack() as stack:
            merged = MergedParts(parts, stack)
            index = FleetIndex(rollout=merged.header.rollout, ignored=merged.header.ignored)
            for entry in merged.entries():
                index.add(entry.number, entry.text)
        write_out(_told(index, format, variable or (), output), output, data=format != "text")
        return index.exit_code

    return evaluated(work)


def judge(
    plan: FleetPlan,
    shard: Shard | None,
    jobs: int | None,
    state: str | None,
    output: str | None,
    format: str,  # noqa: A002
    names: Sequence[str] = (),
) -> int:
    """Judge the fleet, and write the report or, for a shard, the part. Raises ConfcontractError."""
    from contextlib import ExitStack, closing

    from confcontract.boot.launch import signals
    from confcontract.fleet.fleet_plan import Shard
    from confcontract.fleet.fleet_state import FleetState
    from confcontract.fleet.part_file import PartHeader
    from confcontract.fleet.worker_pool import processors

    not_empty("--state", state)
    not_empty("--output", output)
    _refuse_folder_that_is_not_there(output)
    signals.phase("judging a fleet")
    header = PartHeader.of(plan, shard or Shard())
    with ExitStack() as stack:
        kept = None
        if state is not None:
            kept = stack.enter_context(closing(FleetState(state, header)))
            for note in kept.notes:
                _note(note)
        index, lines = _judged(plan, header, jobs or processors(), kept)
        if shard is not None:
            write_out(lines, output, data=True)
        for _ in lines:
            pass
    if shard is None:
        write_out(_told(index, format, names, output), output, data=format != "text")
    return index.exit_code


def _judged(
    plan: FleetPlan, header: PartHeader, jobs: int, kept: FleetState | None
) -> tuple[FleetIndex, Iterator[str]]:
    """The index, and the lines of the part; taking the lines fills the index."""
    from contextlib import closing

    from confcontract.fleet.fleet_index import FleetIndex
    from confcontract.fleet.fleet_run import judged
    from confcontract.fleet.part_file import end_line
    from confcontract.fleet.progress_bar import ProgressBar

    index = FleetIndex(rollout=plan.options.rollout, ignored=plan.ignored)
    total = len(header.shard.numbers(plan.services))
    bar = ProgressBar(sys.stderr, total)

    def lines() -> Iterator[str]:
        yield header.line().decode()
        with closing(judged(plan, header.shard, jobs, kept)) as found:
            for done, entry in enumerate(found, 1):
                index.add(entry.number, entry.text)
                bar.show(done, _so_far(index))
                yield entry._replace(made_of="").line().decode()
        yield end_line(total).decode()
        bar.end()

    return index, lines()


def _refuse_folder_that_is_not_there(output: str | None) -> None:
    """Checked before an hour of work, not after it."""
    import os

    folder = os.path.dirname(output or "") or "."
    if not os.path.isdir(folder) or not os.access(folder, os.W_OK):
        raise usage_error(
            f"the folder {folder} is not there, or this user may not write to it", "name another file with -o"
        )


def write_out(pieces: Iterator[str], output: str | None, *, data: bool) -> None:
    """Write to the file, completely or not at all, or to stdout piece by piece. Raises UsageError if that fails."""
    from confcontract.cli.common import echo
    from confcontract.host.writing import write_in_pieces

    if output is None:
        for piece in _in_larger(pieces):
            echo(piece, data=data)
        return
    try:
        write_in_pieces(output, (piece.encode("utf-8", "backslashreplace") for piece in pieces))
    except OSError as error:
        raise usage_error(
            f"{output} can't be written: {error.strerror}", "name a file that this user may write with -o"
        ) from None


def _in_larger(pieces: Iterator[str]) -> Iterator[str]:
    """Join lines, so that not every line is a system call."""
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _PIECE:
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)


def _told(index: FleetIndex, format: str, names: Sequence[str], output: str | None) -> Iterator[str]:  # noqa: A002
    import os

    from confcontract.fleet.shown import fleet_json, fleet_page, fleet_text, rollout_json, rollout_page, rollout_text
    from confcontract.report import terminal

    if names:
        return fleet_text.text_of_variables(index, names)
    if format == "json":
        return rollout_json.json_of_rollout(index) if index.rollout else fleet_json.json_of_fleet(index)
    if format == "html":
        return rollout_page.page_of_rollout(index) if index.rollout else fleet_page.page_of_fleet(index)
    color = output is None and terminal.wants_color(sys.stdout, os.environ)
    told = rollout_text.text_of_rollout if index.rollout else fleet_text.text_of_fleet
    return told(index, color=color)


def _so_far(index: FleetIndex) -> str:
    from confcontract.fleet.service_record import EnvironmentVerdict

    refused = index.verdicts[EnvironmentVerdict.REFUSED]
    failed = index.failed_services + index.verdicts[EnvironmentVerdict.FAILED]
    return f"{refused} refused, {failed} not evaluated"


def _shard(text: str | None) -> Shard | None:
    from confcontract.fleet.fleet_plan import Shard

    if text is None:
        return None
    number, slash, count = text.partition("/")
    if not (slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise usage_error("--shard takes K/N, with K from 1 to N", "the second of eight: --shard 2/8")
    return Shard(int(number), int(count))


def _note(text: str) -> None:
    from confcontract.report.problem import WARNING, Problem

    report([Problem("fleet-part-unusable", text, severity=WARNING)], sys.stderr)
