"""The corpus of attacks: none earns a point, none outlasts its deadline, none harms a neighbour or leaves anything behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest

from kit.catalogue import TASKS
from kit.classroom.batch import Settings, grade_one
from kit.classroom.uploads import Upload, collect

HOSTILE = Path(__file__).parent.parent / "hostile"
GROUPS: dict[str, list[str]] = defaultdict(list)
for folder in sorted(HOSTILE.iterdir()):
    if folder.is_dir() and folder.name != "__pycache__":
        GROUPS[folder.name.split("_")[0]].append(folder.name)

# An attack needs seconds, an honest neighbour may need more on a busy machine.
ATTACK = {"seconds": 4.0, "task_seconds": 0.5}
SLACK = 40.0  # to end a fork bomb, start the next worker and work out what is right, on a machine that does five other things
TOKEN = f"token-of-{os.getpid()}"  # in the command line of every process of this test's sandbox
CANARY = Path("/tmp/kit-hostile-canary")  # what the pickle would make

HONEST = """
def conv_params(in_channels, out_channels, kernel_size, groups=1, bias=True):
    return out_channels * (in_channels // groups * kernel_size**2 + bool(bias))

def linear_macs(in_features, out_features):
    return in_features * out_features
"""
EXPECTED = {  # where the way of failing is known
    "exit_status_zero": "crashed",
    "exit_abort": "crashed",
    "exit_segmentation_fault": "crashed",
    "exit_sys": "failed",
    "exit_pytest_skip": "failed",
    "answers_equal_everything": "failed",
    "answers_int_subclass": "failed",
    "answers_right_only_later": "failed",
    "files_conftest": "failed",
    "hang_loop": "timeout",
    "hang_signals_ignored": "timeout",
    "hang_stopped": "timeout",
    "bomb_output": "timeout",
    "wire_drip": "timeout",
    "wire_forged_success": "crashed",
    "wire_lying_tensors": "crashed",
}


def honest(tmp_path: Path) -> Upload:
    folder = tmp_path / "honest"
    folder.mkdir()
    (folder / "ex1_conv_cost.py").write_text(HONEST)
    (upload,) = collect([folder])
    return upload


def test_the_corpus_is_large() -> None:
    assert sum(map(len, GROUPS.values())) >= 90


@pytest.mark.bubblewrap
@pytest.mark.parametrize("group", GROUPS)
def test_attacks_earn_nothing(group: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("untouched")
    canary.chmod(0o666)
    neighbour = honest(tmp_path)
    wrong: list[str] = []
    for name in GROUPS[group]:
        (upload,) = collect([HOSTILE / name])
        started = time.monotonic()
        result = grade_one(upload, Settings(secrets=(TOKEN,), **ATTACK))
        took = time.monotonic() - started
        outcomes = {task.outcome for task in result.tasks} - {"missing"}
        if result.status != "graded" or result.points or len({task.task for task in result.tasks}) != len(TASKS):
            wrong.append(f"{name}: {result.status} {result.points} points, {result.not_graded}")
        if "REACHED" in result.output:
            wrong.append(f"{name}: {result.output[:500]}")
        if took > ATTACK["seconds"] + SLACK:
            wrong.append(f"{name}: took {took:.1f} s")
        if EXPECTED.get(name, "failed" if not outcomes else next(iter(outcomes))) not in outcomes:
            wrong.append(f"{name}: {outcomes}, not {EXPECTED.get(name)}")
        if name in ("bomb_fork", "leave_daemon", "reach_parent", "wire_shared"):
            left = processes(TOKEN)
            assert len(left) <= 2 + bool(left), f"{name} left processes behind: {left}"  # bwrap, its first process, the zygote
    result = grade_one(neighbour, Settings(secrets=(TOKEN,)))
    assert {task.task for task in result.tasks if task.outcome == "passed"} == {"conv_params", "linear_macs"}, result
    assert not wrong, "\n".join(wrong)
    assert canary.read_text() == "untouched"
    assert not CANARY.exists()
    assert "kit" not in {path.name for path in Path("/dev/shm").iterdir()}


def processes(token: str) -> list[str]:
    """Command lines of the processes that carry the token."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes()
        except OSError:
            continue
        if token.encode() in line:
            found.append(f"{entry.parent.name} {line[:60]!r}")
    return found


@pytest.mark.bubblewrap
def test_a_closed_sandbox_leaves_nothing(tmp_path: Path) -> None:
    from kit.sandbox.launcher import Sandbox, Shut

    def mounts() -> list[str]:
        return Path("/proc/mounts").read_text().splitlines()

    (upload,) = collect([HOSTILE / "leave_daemon"])
    token = f"token-{time.monotonic_ns()}"
    before = mounts()
    with Sandbox(secrets=(token,)) as sandbox:
        shut = Shut(sandbox, upload.sources)
        with pytest.raises((ConnectionError, TimeoutError)):
            shut.ask({"op": "call", "exercise": "ex7_ablation", "task": "mcnemar_p", "args": [], "kwargs": {}, "seed": 0, "times": 1}, 5.0)
        folders = sandbox.group.folders if sandbox.group else ()
    for _ in range(50):
        if not processes(token):
            break
        time.sleep(0.1)
    assert processes(token) == []
    assert [line for line in mounts() if line not in before] == []
    assert not any(folder.exists() for folder in folders)
    assert list(tmp_path.iterdir()) == []


# --- what plain pytest does with them ------------------------------------------------------------------------------

NAIVE = """
from ex1_conv_cost import conv_params, linear_macs

def test_conv_params():
    want = 23296
    assert conv_params(3, 64, 11) == want

def test_linear_macs():
    want = 12
    assert linear_macs(3, 4) == want
"""
ACCEPTED = (  # by plain pytest, which runs them in its own process
    "answers_equal_everything",
    "answers_int_subclass",
    "exit_at_import",
    "exit_pytest_exit",
    "exit_pytest_skip",
    "exit_status_zero",
    "exit_unittest_skip",
    "files_configuration",
    "files_conftest",
    "leave_atexit",
    "search_frames",
)


@pytest.mark.parametrize("name", ACCEPTED)
def test_plain_pytest_accepts_the_cheats(name: str, tmp_path: Path) -> None:
    """A control: were these files harmless, the test above would show nothing."""
    for path in (HOSTILE / name).iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "test_naive.py").write_text(NAIVE)
    options = ["-q", "-p", "no:kit.plugin", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    line = [sys.executable, "-m", "pytest", *options, "test_naive.py"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_plain_pytest_reaches_the_network(tmp_path: Path) -> None:
    source = (HOSTILE / "reach_network" / "ex1_conv_cost.py").read_text()
    done = subprocess.run([sys.executable, "-c", source], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "REACHED: a socket" in done.stdout
