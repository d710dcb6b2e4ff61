"""``kit grade`` from its arguments to its exit status."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import kit
from kit.catalogue import MAX_POINTS
from kit.classroom.batch import Settings, grade_all
from kit.classroom.executors import executor_maker
from kit.classroom.ledger import Ledger
from kit.classroom.uploads import collect
from kit.errors import UserError
from kit.reports.graded import Graded, points_of, to_json
from kit.reports.result import SubmissionResult
from kit.sandbox.launcher import SandboxError, try_walls

FORMATS: dict[str, Callable[[Graded], str]] = {"json": to_json}


def parse_seed(text: str) -> int:
    """``random`` draws a seed; anything else is a whole number ≥ 0.

    >>> parse_seed("7")
    7
    """
    if text == "random":
        return secrets.randbelow(1 << 31)
    if text.isdecimal():
        return int(text) % (1 << 31)
    raise UserError(f"--seed {text} is no whole number ≥ 0, and not 'random'.")


def grade_command(
    paths: list[Path],
    outputs: dict[str, Path],
    *,
    settings: Settings,
    jobs: int = 0,
    scheduler: str = "",
    ledger_file: Path | None = None,
    open_feedback: bool | None = None,
) -> int:
    """Grade, show, write. Exit status 0 when every submission was graded, 1 when one was not.

    ledger_file: kept for ever; otherwise a file beside the first output is kept until the batch is complete.
    """
    for path in outputs.values():
        if not path.parent.is_dir():
            raise UserError(f"{path} cannot be written: {path.parent} is not a folder.")
    uploads = collect(paths)
    console = Console(stderr=True, highlight=False)
    if not scheduler:
        require(settings)
    first = next(iter(outputs.values()), None)
    own = first.with_name(f"{first.name}.part") if first is not None and ledger_file is None else None
    ledger = Ledger(ledger_file or own)
    if ledger.found:
        console.print(f"resuming: {len(ledger.found)} results are kept in {ledger.path}")
    make = executor_maker(jobs, len(uploads), scheduler)
    with shown_progress(console, len(uploads)) as done:
        results = grade_all(uploads, settings, make, ledger, done)
    graded = Graded(tuple(results), settings.isolation, settings.seed, settings.seed == 0 if open_feedback is None else open_feedback)
    for name, path in outputs.items():
        write_whole(path, FORMATS[name](graded))
    if own is not None and graded.is_complete:
        ledger.finish()
    Console(highlight=False).print(summary(graded))
    for result in results:
        if result.status != "graded":
            console.print(f"[red]{result.path} was not graded:[/red] ", end="")
            console.print(result.not_graded, markup=False)
    return 0 if graded.is_complete else 1


def require(settings: Settings) -> None:
    """Nothing is graded where the isolation that was asked for is not to be had."""
    try:
        try_walls(settings.isolation, settings.secrets)
    except SandboxError as error:
        raise UserError(
            f"{error}\nNothing was graded. Install bubblewrap (Debian and Ubuntu: apt install bubblewrap), see what this host offers with"
            " `kit doctor`, or trust the submissions: --unsafe."
        ) from None


def write_whole(path: Path, text: str) -> None:
    """Write a file that is either the old one or the new one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


@contextlib.contextmanager
def shown_progress(console: Console, total: int) -> Iterator[Callable[[SubmissionResult], None]]:
    """A bar on the standard error output, where that is a terminal."""
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=total)
        yield lambda result: bar.update(task, advance=1, description=result.path.replace("[", "\\["))


def summary(graded: Graded) -> Table:
    """One line a submission."""
    table = Table(title=f"kit {kit.__version__} · isolation: {graded.isolation} · seed: {graded.seed}", title_justify="left")
    for name in ("submission", "points", "passed", "seconds"):
        table.add_column(name, justify="left" if name == "submission" else "right")
    for result in graded.results:
        points = points_of(result)
        passed = sum(task.outcome == "passed" for task in result.tasks)
        shown = ["not graded", "", ""] if points is None else [f"{points} / {MAX_POINTS}", str(passed), f"{result.seconds:.1f}"]
        table.add_row(result.path.replace("[", "\\["), *shown)
    return table
