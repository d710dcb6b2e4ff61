"""``kit doctor``: what this host offers, and how to get what it lacks."""

from __future__ import annotations

from rich.console import Console

from kit.classroom.grading import kept_secret
from kit.sandbox.host import examine


def doctor_command() -> int:
    """Print the findings. Exit status 0 where ``kit grade`` isolates here, 1 where it refuses."""
    findings = examine(kept_secret([]))
    console = Console(highlight=False, soft_wrap=True)
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        console.print(f"{'✓' if finding.is_there else '✗'} {finding.what:{width}}  {finding.told}", markup=False)
        if not finding.is_there and finding.advice:
            console.print(f"  {'':{width}}  → {finding.advice}", markup=False)
    return 0 if findings[0].is_there else 1
