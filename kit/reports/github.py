"""GitHub Actions: a step summary, and annotations on the lines of a student's files."""

from __future__ import annotations

import html
import re

from kit.catalogue import MAX_POINTS
from kit.reports.graded import Graded
from kit.reports.result import SubmissionResult, TaskResult

MAX_SUMMARY = 1 << 20  # bytes, GitHub's limit for one step
MAX_ANNOTATIONS = 10  # of one kind for one step, GitHub's limit
QUIET = ("passed", "todo", "missing")
SIGNED = re.compile(r"^ {4}(?P<file>[\w.]+\.py)(?::(?P<line>\d+))? {5}hint: ", re.MULTILINE)


def to_summary(graded: Graded) -> str:
    """Markdown for ``$GITHUB_STEP_SUMMARY``. What a student wrote stands in escaped ``<pre>`` blocks."""
    parts = [f"# Homework on convolutional networks\n\nIsolation: {graded.isolation}\n"]
    for result in graded.results:
        parts.append(_summary_of(graded, result))
    text, kept = "", 0
    for part in parts:
        if len((text + part).encode()) > MAX_SUMMARY - 200:
            break
        text, kept = text + part, kept + 1
    left = len(parts) - kept
    return text + (f"\n… and {left} more, which do not fit into a step summary.\n" if left else "")


def _summary_of(graded: Graded, result: SubmissionResult) -> str:
    name = html.escape(result.path)
    if result.status != "graded":
        why = html.escape(result.not_graded or "")
        return f"\n## <code>{name}</code>\n\nNot graded: this is no fault of the submission.\n\n<pre>{why}</pre>\n"
    rows = [f"\n## <code>{name}</code>: {result.points} of {MAX_POINTS} points\n", "| exercise | task | outcome | points |"]
    rows.append("| --- | --- | --- | --- |")
    rows += [f"| {task.exercise} | {task.task} | {task.outcome} | {task.points} / {task.max_points} |" for task in result.tasks]
    said = [(task, graded.said_to_student(task)) for task in result.tasks if task.outcome not in QUIET]
    rows += ["", *(f"<details><summary>{task.task}</summary><pre>{html.escape(text)}</pre></details>\n" for task, text in said)]
    return "\n".join(rows) + "\n"


def to_annotations(graded: Graded) -> str:
    """Workflow commands, one line each; a newline or ``::`` of a student's text cannot begin another."""
    lines: list[str] = []
    for result in graded.results:
        if result.status != "graded":
            lines.append(f"::error title={_property(result.path)}::{_data('not graded: ' + (result.not_graded or ''))}")
            continue
        lines += [_annotation(result.path, task, graded.said_to_student(task)) for task in result.tasks if task.outcome not in QUIET]
    return "\n".join(lines[:MAX_ANNOTATIONS]) + "\n" if lines else ""


def _annotation(folder: str, task: TaskResult, said: str) -> str:
    signed = SIGNED.search(task.message)
    line = f",line={signed['line']}" if signed and signed["line"] else ""
    title = _property(f"{task.task}: {task.outcome}")
    return f"::error file={_property(f'{folder}/{task.exercise}.py')}{line},title={title}::{_data(said)}"


def _data(text: str) -> str:
    """A message as workflow commands escape it.

    >>> _data("50%\\n::warning::x")
    '50%25%0A::warning::x'
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
