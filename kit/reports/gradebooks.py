"""Gradebooks: a plain table, and the exports of Canvas and Moodle filled in."""

from __future__ import annotations

import csv
import io
import re

from kit.catalogue import MAX_POINTS, TASKS
from kit.errors import UserError
from kit.reports.graded import Graded, points_of
from kit.reports.result import SubmissionResult

NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?%?")
CANVAS_ASSIGNMENT = re.compile(r".+ \(\d+\)")
CANVAS_NAME = re.compile(r"[^_/]+(?:_LATE)?_(?P<user>\d+)")
MOODLE_NAME = re.compile(r"[^/]+_(?P<participant>\d+)_assignsubmission_file_?")


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> neutral("=1+1"), neutral("-3.5"), neutral("Ann")
    ("'=1+1", '-3.5', 'Ann')
    """
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not NUMBER.fullmatch(cell) else cell


def to_csv(graded: Graded) -> str:
    """One row a submission, one column a task; points are empty where nothing was graded."""
    rows = [["submission", "sha256", "status", "isolation", "points", "max_points", *TASKS]]
    for result in graded.results:
        points = [str(task.points) for task in result.tasks] if result.status == "graded" else [""] * len(TASKS)
        total = points_of(result)
        rows.append(
            [result.path, result.sha256, result.status, graded.isolation, "" if total is None else str(total), str(MAX_POINTS), *points]
        )
    return _written(rows)


def fill_canvas(graded: Graded, exported: str, assignment: str = "") -> str:
    """Canvas' gradebook, exported and with the points filled in: only rows of graded submissions change.

    Rows are found by Canvas' user id, which its downloads carry in file names, or by login, SIS id or name as the folder's name.
    """
    rows = list(csv.reader(io.StringIO(exported.removeprefix("\ufeff"))))
    head = rows[0] if rows else []
    if head[:2] != ["Student", "ID"]:
        raise UserError("This is no gradebook that Canvas exported: its first columns are Student and ID.")
    columns = [name for name in head if CANVAS_ASSIGNMENT.fullmatch(name)]
    column = assignment or (columns[0] if len(columns) == 1 else "")
    if column not in head:
        raise UserError(f"Name the assignment's column with --assignment; the gradebook has: {', '.join(columns) or 'none'}.")
    place = head.index(column)
    known = {"ID", "SIS User ID", "SIS Login ID", "Student"}
    owners = {row[i]: row for row in rows[1:] for i, name in enumerate(head) if i < len(row) and name in known and row[i].strip()}
    for result in graded.results:
        name = result.path.rstrip("/").rsplit("/", 1)[-1]
        from_canvas = CANVAS_NAME.fullmatch(name)
        row = owners.get(from_canvas["user"] if from_canvas else name)
        _fill(row, place, result)
    for row in rows[1:]:
        if row and row[0].strip() == "Points Possible" and place < len(row):
            row[place] = str(MAX_POINTS)
    return _written(rows)


def fill_moodle(graded: Graded, worksheet: str) -> str:
    """Moodle's grading worksheet with grades and feedback filled in, rows found by the participant's number."""
    rows = list(csv.reader(io.StringIO(worksheet.removeprefix("\ufeff"))))
    head = rows[0] if rows else []
    if "Identifier" not in head or "Grade" not in head:
        raise UserError("This is no grading worksheet of Moodle: it has no columns Identifier and Grade.")
    owners = {re.sub(r"\D", "", row[head.index("Identifier")]): row for row in rows[1:] if len(row) == len(head)}
    for result in graded.results:
        found = MOODLE_NAME.fullmatch(result.path.rstrip("/").rsplit("/", 1)[-1])
        row = owners.get(found["participant"]) if found else None
        _fill(row, head.index("Grade"), result)
        if row is not None and "Feedback comments" in head and result.status == "graded":
            row[head.index("Feedback comments")] = feedback(graded, result)
        if row is not None and "Maximum Grade" in head:
            row[head.index("Maximum Grade")] = str(MAX_POINTS)
    return _written(rows)


def feedback(graded: Graded, result: SubmissionResult) -> str:
    """What a student reads in a gradebook: every task that earned nothing, and why."""
    lines = [f"{task.task} ({task.outcome}): {graded.said_to_student(task)}" for task in result.tasks if task.outcome != "passed"]
    return "\n".join(lines)[:30_000]


def _fill(row: list[str] | None, place: int, result: SubmissionResult) -> None:
    points = points_of(result)
    if row is not None and points is not None and place < len(row):
        row[place] = str(points)


def _written(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([neutral(cell) for cell in row] for row in rows)
    return text.getvalue()
