"""`chattor doctor`: what works and what does not, rung by rung, and a report for whoever is to help."""

from collections.abc import Iterator
from typing import Final

import click

from chattor.api import Api
from chattor.cli import complete
from chattor.cli.options import Options
from chattor.cli.outage import outage
from chattor.cli.output import cell, table
from chattor.cli.root import root
from chattor.cli.session import connected
from chattor.cli.show import Page
from chattor.cli.verb import answer, json_flag
from chattor.errors import NoDaemon
from chattor.model.doctor import Diagnosis

UNWELL: Final = 1
_WORDS: Final = {True: "ok", False: "FAILED", None: "-"}


@root.command()
@click.argument("friend", required=False, shell_complete=complete.friends)
@click.option("--report", "as_report", is_flag=True, help="What to send with a bug report: no name, address or key.")
@json_flag
@click.pass_context
def doctor(context: click.Context, friend: str | None, as_report: bool) -> None:
    """Try what must hold for you to be reached, and with FRIEND for your friend to be.

    From the clock over Tor to your own address called from outside, then your friend's address and handshake. Stops
    at the first thing that fails, and exits with 1. Without a running node it tries what it can.
    """
    options = context.ensure_object(Options)
    diagnosis = _examined(options, friend)
    if as_report:
        from chattor.cli import report

        answer(report.written(options, diagnosis), options, report.shown)
        return
    answer(diagnosis, options, shown)
    context.exit(0 if diagnosis.ok else UNWELL)


def shown(value: Diagnosis, page: Page) -> Iterator[str]:
    """One rung a row; below them what to do."""
    rows = [
        [
            _WORDS[rung.ok], cell(rung.name), "" if rung.seconds is None else f"{rung.seconds:.1f} s",
            cell(rung.detail, 400),
        ]
        for rung in value.rungs
    ]  # fmt: skip
    yield from table(["", "WHAT", "TOOK", "FOUND"], rows, page.ink)
    for rung in value.rungs:
        if rung.advice:
            yield page.ink.red(f"! {cell(rung.name)}: {cell(rung.advice, 400)}")
    for one in value.outages:
        yield f"unreachable {outage(one)}"


def _examined(options: Options, friend: str | None) -> Diagnosis:
    """By the node, or as far as it goes without one."""

    async def ask(api: Api) -> Diagnosis:
        return await api.doctor(friend)

    try:
        return connected(options, ask, reading=False)
    except NoDaemon:
        from chattor import upkeep

        return upkeep.examine(options.paths, options.settings_file, options.torrc, friend=friend is not None)
