"""`chattor demo`: a private world to try, and its check."""

import click

from chattor.cli import output
from chattor.cli.options import Options
from chattor.cli.root import root
from chattor.cli.verb import json_flag


@root.command()
@click.option("--check", is_flag=True, help="Do a whole life cycle without a terminal; exit 0 only if all held.")
@json_flag
@click.pass_context
def demo(context: click.Context, check: bool) -> None:
    """Try chattor on a private Tor network on this machine.

    A bot and a scripted friend are there to talk to. Nothing leaves the machine, and all of it is deleted on exit.
    """
    from chattor.demo import run

    options = context.ensure_object(Options)
    if check:
        show = output.to_json if options.as_json else str
        context.exit(run.run_check(lambda result: output.write(show(result)), output.note))
    from chattor.cli.host import need_terminal

    need_terminal("the demo opens the TUI and needs a terminal; `chattor demo --check` does not")
    look = () if options.theme is None else ("--theme", options.theme)
    context.exit(run.run_demo(look, output.note))
