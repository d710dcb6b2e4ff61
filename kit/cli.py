"""The commands. Each is thin and hands over to one room; rooms are imported when their command runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

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


@app.command()
def cost(
    model: Annotated[str, typer.Argument(help="CiresanNet, resnet18 or nets.py:Net; with arguments: 'ResidualCiresanNet(fc_layers=5)'.")],
    shape: Annotated[
        str | None, typer.Option("--input", metavar="C,H,W", help="One image's shape; known for models known by name.")
    ] = None,
    batch: Annotated[int, typer.Option(help="How many images.")] = 1,
    folder: Annotated[Path | None, typer.Option("--from", metavar="FOLDER", help="A submission whose model is counted.")] = None,
    counters: Annotated[bool, typer.Option(help="Ask other counters, and reconcile them.")] = True,
    every_layer: Annotated[bool, typer.Option("--all", help="Show layers without parameters and MACs too.")] = False,
    summary: Annotated[bool, typer.Option("--summary", help="Print what thop and torchsummary show in the homework.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of the tables.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown for a report instead of the tables.")] = False,
    plot: Annotated[bool, typer.Option("--plot", help="Draw layers, roofline and separable ratio: MODEL-cost.png or --plot-file.")] = False,
    plot_file: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to draw: .png, .pdf or .svg.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write everything as JSON.")] = None,
    html_file: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write the table as HTML.")] = None,
) -> None:
    """What a model costs, layer by layer, with formulas, and reconciled with other counters."""
    from kit.counting.console import plot_path, show_cost

    stdout = "summary" if summary else "csv" if csv else "markdown" if markdown else None
    files = {"json": json_file, "html": html_file, "plot": plot_file or (plot_path(model) if plot else None)}
    show_cost(model, shape, batch, folder, counters=counters, every_layer=every_layer, files=files, stdout=stdout)


@app.command(context_settings={"ignore_unknown_options": True})
def check(
    task: Annotated[str, typer.Argument(help="A task whose answer is a number: conv_macs, alexnet.total_params, mcnemar_p, …")],
    answer: Annotated[str, typer.Argument(help="The number that you worked out: 45,463,084, 45463084.0, 45.46M or 173.43MB.")],
    given: Annotated[list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="Its arguments, such as in_channels=3.")] = None,
) -> None:
    """Check a number worked out by hand: right with its worked sum, or what went wrong."""
    from kit.counting.console import show_check

    raise typer.Exit(show_check(task, answer, given or []))


def main() -> None:
    """Run a command: exit status 0 right or done, 1 a wrong answer, 2 input that cannot be used."""
    try:
        app()
    except UserError as error:
        typer.secho(f"kit: {error}", err=True, fg="red")
        sys.exit(2)
