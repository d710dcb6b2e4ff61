"""Wrong answers with a name: for every task the misconceptions that students really have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from kit.catalogue import exercise_of


@dataclass(frozen=True, slots=True)
class Rival:
    """One misconception: an answer to a task that somebody holding it would give."""

    id: str
    task: str
    answer: Callable[..., Any]  # with the task's signature
    explanation: str  # one sentence: what was done
    look_at: str  # what to look at again


_known: list[Rival] = []


def rival(task: str, explanation: str, look_at: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function or class as a rival of a task; its name, with dashes, is the id."""

    def register(answer: Callable[..., Any]) -> Callable[..., Any]:
        _known.append(Rival(answer.__name__.strip("_").replace("_", "-"), task, answer, explanation, look_at))
        return answer

    return register


def of(task: str) -> tuple[Rival, ...]:
    """The rivals of a task."""
    import_module(f"kit.feedback.rivals.{exercise_of(task).name}")
    return tuple(found for found in _known if found.task == task)
