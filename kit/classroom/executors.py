"""Where submissions are graded: in this process, in a pool of processes, or on a cluster. All are executors."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from typing import Any

from kit.classroom.batch import start_process
from kit.errors import UserError

RETRIES = 3  # of a submission whose worker on the cluster died


def executor_maker(jobs: int, submissions: int, scheduler: str = "") -> Callable[[], Executor]:
    """A function that makes an executor. jobs: processes, 0 for one a core, never more than there are submissions."""
    if scheduler:
        return lambda: cluster(scheduler)
    slots = min(jobs or len(os.sched_getaffinity(0)), submissions)
    if slots <= 1:
        return Here
    return lambda: ProcessPoolExecutor(slots, mp_context=get_context("spawn"), initializer=start_process)


class Here(Executor):
    """Runs what is submitted when it is submitted: one submission needs no pool."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def cluster(address: str) -> Executor:
    """The workers of a dask scheduler; each needs the kit installed, and the isolation that is asked for."""
    try:
        distributed = import_module("dask.distributed")
    except ImportError:
        raise UserError("--scheduler needs dask.distributed: pip install 'convnet-homework-kit[cluster]'.") from None
    try:
        client = distributed.Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise UserError(f"--scheduler {address} does not answer: {error}.") from None
    executor: Executor = client.get_executor(retries=RETRIES, pure=False)
    return executor
