"""`chattor` itself: the options before the verb, and what happens without one. The verbs add themselves to `root`, once
one of them is looked for.
"""

import importlib
from pathlib import Path
from typing import Any, Final

import click

from chattor import __version__
from chattor.cli import complete
from chattor.cli.options import Options

_FILE = click.Path(path_type=Path)
_COLOR = click.Choice(["auto", "always", "never"])
_LEVEL = click.Choice(["debug", "info", "warning", "error"])
ORDER: Final = (
    *("init", "daemon", "status", "stop", "lock", "unlock", "identity", "rotate", "paths", "rpc", "doctor", "logs"),
    *("friends", "outbox", "send", "edit", "delete", "react", "history", "search", "trace", "read", "draft"),
    *("ephemeral", "activity", "recv", "listen", "consumers", "channels", "profiles", "keys", "theme", "settings"),
    *("notifications", "backup", "export", "passphrase", "wipe", "agents", "approvals", "mcp", "gateway", "demo"),
    "completion",
)
"""How help and manual list the verbs, whichever of their modules was imported first."""


class Verbs(click.Group):
    """A group that lists its verbs in the order they were defined."""

    def list_commands(self, _: click.Context) -> list[str]:
        """All of them."""
        return list(self.commands)


Verbs.group_class = Verbs


class Program(Verbs):
    """The verbs of `chattor` in `ORDER`."""

    def list_commands(self, _: click.Context) -> list[str]:
        """All of them."""
        _load_pages()
        return sorted(self.commands, key=ORDER.index)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """By its name."""
        _load_pages()
        return super().get_command(ctx, cmd_name)


def _load_pages() -> None:
    importlib.import_module("chattor.cli.pages")


@click.group(cls=Program, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--profile", metavar="NAME", shell_complete=complete.profiles, help="Use another profile than `default`.")
@click.option("--data-dir", type=_FILE, metavar="DIR", help="Where the profile keeps its data.")
@click.option("--config-dir", type=_FILE, metavar="DIR", help="Where settings.toml is.")
@click.option(
    "--passphrase-file", type=_FILE, metavar="FILE", help="Read the passphrase from a file only you can read."
)
@click.option("--passphrase-fd", type=click.IntRange(0), metavar="N", help="Read the passphrase from a descriptor.")
@click.option("--torrc", type=_FILE, metavar="FILE", help="Further lines for tor's configuration.")
@click.option("--theme", envvar="CHATTOR_THEME", metavar="NAME", help="The look of the TUI.")
@click.option(
    "--color",
    envvar="CHATTOR_COLOR",
    type=_COLOR,
    default="auto",
    show_default=True,
    help="Styles in tables; see also NO_COLOR.",
)
@click.option("--log-level", envvar="CHATTOR_LOG_LEVEL", type=_LEVEL, help="How much the node writes to its log.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of a table.")
@click.option("--daemon", is_flag=True, help="Run the node here without a window, like `chattor daemon`.")
@click.option("--plain", is_flag=False, flag_value="", metavar="[FRIEND]", help="Line mode instead of the TUI.")
@click.version_option(__version__, prog_name="chattor", message="%(prog)s %(version)s")
@click.pass_context
def root(context: click.Context, /, daemon: bool, plain: str | None, **said: Any) -> None:  # noqa: ANN401  what the options above declare
    """Peer-to-peer encrypted chat in the terminal, over Tor.

    Without a verb the TUI opens, or with --plain a line mode for screen readers and dumb terminals. FRIEND is an id, a
    name that fits exactly one friend, an .onion address or a friend code. Exit codes: 0 done, 1 refused, 2 usage, 3 no
    daemon, 4 timed out, 5 locked or in use, 6 not found.
    """
    context.obj = Options(**said)
    if daemon and context.invoked_subcommand:
        raise click.UsageError(f"--daemon does not go with the verb {context.invoked_subcommand}")
    if plain is not None and (daemon or context.invoked_subcommand):
        raise click.UsageError(f"--plain does not go with {context.invoked_subcommand or '--daemon'}")
    if context.invoked_subcommand is None:
        from chattor.cli import host

        if daemon:
            host.run_daemon(context.obj)
        elif plain is not None:
            context.exit(host.run_plain(context.obj, plain))
        else:
            context.exit(host.run_tui(context.obj))
