"""The commands. Each is thin and hands over to one room; rooms are imported when their command runs."""

from __future__ import annotations

import sys

import typer

from kit.errors import UserError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Teaches, grades and measures a homework on convolutional networks.",
)


@app.callback()
def kit() -> None:
    """Teaches, grades and measures a homework on convolutional networks."""


def main() -> None:
    """Run a command: exit status 0 right or done, 1 a wrong answer, 2 input that cannot be used."""
    try:
        app()
    except UserError as error:
        typer.secho(f"kit: {error}", err=True, fg="red")
        sys.exit(2)
