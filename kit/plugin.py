"""pytest's door: a submission's file is collected with the tests of its grader, one item a task.

Inert unless a submission's file or folder is asked for on the command line. A test run imports torch only where a task needs it.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kit.catalogue import EXERCISES, Exercise

if TYPE_CHECKING:
    from kit.reports.result import TaskResult
    from kit.submission import Submission

FILES = {exercise.filename: exercise for exercise in EXERCISES}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("kit", "homework on convolutional networks")
    group.addoption("--no-board", action="store_true", help="do not show the board of points after grading a submission")


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.hasplugin("kit-door"):
        config.pluginmanager.register(Door(config), "kit-door")


class Door:
    """Collects the submissions that were asked for, and shows what they earned."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.submissions: dict[Path, Submission] = {}
        self.results: dict[str, dict[str, dict[str, Any]]] = {}  # folder → task → TaskResult as JSON

    def asked_for(self, path: Path) -> bool:
        """Named on the command line, itself or its folder."""
        named = {Path(os.path.normpath(self.config.invocation_params.dir / argument.split("::")[0])) for argument in self.config.args}
        return path in named

    def submission(self, folder: Path) -> Submission:
        if folder not in self.submissions:
            from kit.submission import open_folder

            seed = self.config.getoption("hypothesis_seed", None)
            self.submissions[folder] = open_folder(folder, int(seed) if seed and seed.isdecimal() else 0)
        return self.submissions[folder]

    # --- collecting

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        if self.asked_for(path) and any(os.path.lexists(path / name) for name in FILES):
            return SubmissionFolder.from_parent(parent, path=path, door=self)
        return None

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        if file_path.name in FILES and (self.asked_for(file_path) or self.asked_for(file_path.parent)):
            return SubmissionFile.from_parent(parent, path=file_path, door=self)
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """pytest's own collector takes any Python file that is named; it must not import a submission."""
        if module_path.name in FILES and (self.asked_for(module_path) or self.asked_for(module_path.parent)):
            return Nothing.from_parent(parent, path=module_path, name="")
        return None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if session.items or self.config.option.collectonly:
            return
        for argument in self.config.args:
            folder = self.config.invocation_params.dir / argument
            if folder.is_dir() and not any((folder / name).exists() for name in FILES):
                self.config.stash.setdefault(NOTES, []).append(f"kit: {argument} holds none of the homework's files: {', '.join(FILES)}.")

    # --- reporting

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if isinstance(item, TaskItem) and call.when == "call" and item.result is not None:
            vars(report)["kit"] = {"folder": str(item.path.parent), **item.result.to_json()}
        return report

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        outcome = vars(report).get("kit", {}).get("outcome")
        return ("todo", "t", "TODO") if report.when == "call" and outcome == "todo" else None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if found := vars(report).get("kit"):
            self.results.setdefault(found["folder"], {})[found["task"]] = found

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for note in self.config.stash.get(NOTES, []):
            terminalreporter.write_line(note, red=True)
        if self.results and not self.config.getoption("no_board"):
            from kit.reports.board import show_board

            for folder, tasks in self.results.items():
                show_board(terminalreporter._tw, Path(folder), tasks, self.config.invocation_params.dir)


NOTES = pytest.StashKey[list[str]]()


class SubmissionFolder(pytest.Directory):
    """All seven files of a submission; one that is not there is collected too, so that its tasks count as missing."""

    def __init__(self, *, door: Door, **settings: Any) -> None:
        super().__init__(**settings)
        self.door = door

    def collect(self) -> Iterator[pytest.Collector]:
        for name in FILES:
            yield SubmissionFile.from_parent(self, path=self.path / name, door=self.door)


class SubmissionFile(pytest.File):
    """One file of a submission, with an item for every task of its exercise."""

    def __init__(self, *, door: Door, **settings: Any) -> None:
        super().__init__(**settings)
        self.door = door
        self.exercise: Exercise = FILES[self.path.name]

    def collect(self) -> Iterator[pytest.Item]:
        for task in self.exercise.tasks:
            yield TaskItem.from_parent(self, name=task.name)


class Nothing(pytest.File):
    """Stands where pytest would have imported a submission's file as a test module."""

    def collect(self) -> Iterator[pytest.Item]:
        return iter(())


class TaskItem(pytest.Item):
    """One task of a submission, graded as one test: ``exercises/ex1_conv_cost.py::conv_params``."""

    parent: SubmissionFile
    result: TaskResult | None = None

    def runtest(self) -> None:
        from kit.graders import grade

        self.result = grade(self.parent.door.submission(self.path.parent), self.name)
        if self.result.outcome != "passed":
            raise TaskFailed(self.result.message)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ARG002  (pytest's signature)
        if isinstance(excinfo.value, TaskFailed):
            return str(excinfo.value)
        trace = "".join(traceback.format_exception(excinfo.value, limit=-4))
        return f"The kit broke while grading {self.name}; this is no fault of the submission.\n\n{trace}"

    def reportinfo(self) -> tuple[Path, int | None, str]:
        from kit.sources import definition, read_source

        line = definition(read_source(self.path).text or "", self.name)
        return self.path, (line or 1) - 1, self.name


class TaskFailed(Exception):
    """A task earned no points; the message is the grader's."""
