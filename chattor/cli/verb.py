"""What every verb has in common: `--json`, the node, the two forms of its answer.

A verb is an async function of the `Api` and its parameters; its docstring is the help, its click decorators are the
one place where names, options and their help stand (man page and completion read them from click). What is misused in
it is a `click.UsageError`: the hint then names the help of that verb.
"""

import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from dataclasses import replace
from typing import Concatenate, ParamSpec, TypeVar

import click

from chattor.api import Api
from chattor.cli import output
from chattor.cli.options import Options
from chattor.cli.session import connected
from chattor.cli.show import Page
from chattor.model.ids import ChannelId, FriendId

P = ParamSpec("P")
T = TypeVar("T")
Show = Callable[[T, Page], Iterator[str]]
Verb = Callable[Concatenate[Api, P], Coroutine[object, object, T]]
Command = Callable[..., object]
Names = Mapping[FriendId | ChannelId, str]


def json_flag(command: Command) -> Command:
    """`--json` after the verb, like before it."""

    def said(context: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            context.obj = replace(context.find_object(Options) or Options(), as_json=True)

    return click.option(
        "--json", is_flag=True, expose_value=False, callback=said, help="One JSON document instead of a table."
    )(command)


def verb(
    group: click.Group, show: Show[T], *, name: str | None = None, reading: bool = False, names: bool = False
) -> Callable[[Verb[P, T]], click.Command]:
    """Make an async function a command of `group` whose answer is shown by `show`.

    `reading` verbs open the store themselves when no node runs; `names` are looked up for answers that only carry
    the ids of friends or channels.
    """

    def make(function: Verb[P, T]) -> click.Command:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            options = current()

            async def work(api: Api) -> tuple[T, Names]:
                value = await function(api, *args, **kwargs)
                return value, await named(api, options) if names else {}

            value, found = connected(options, work, reading=reading)
            answer(value, options, show, found)

        return group.command(name or function.__name__)(json_flag(run))

    return make


def stream(group: click.Group) -> Callable[[Callable[Concatenate[Api, P], AsyncIterator[T]]], click.Command]:
    """Make a function that follows something a command: one JSON object a line, with or without --json."""

    def make(function: Callable[Concatenate[Api, P], AsyncIterator[T]]) -> click.Command:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            async def work(api: Api) -> None:
                async for item in function(api, *args, **kwargs):
                    output.write(output.to_json(item))

            connected(current(), work, reading=False)

        return group.command(function.__name__)(json_flag(run))

    return make


async def named(api: Api, options: Options) -> Names:
    """What friends and channels are called, for an answer that only carries ids; programs do not need that."""
    if options.as_json:
        return {}
    friends: Names = {one.id: one.name for one in await api.friends_list()}
    channels: Names = {one.id: f"{one.owner}/{one.name}" for one in await api.channels_list()}
    return {**friends, **channels}


def answer(value: T, options: Options, show: Show[T], names: Names | None = None) -> None:
    """Print what a verb answers, as JSON or for people."""
    if options.as_json:
        output.write(output.to_json(value))
    else:
        lines = [*show(value, Page(output.ink(options.color), names or {}))]
        output.write(*lines)
        if not lines and value is not None:
            output.note("nothing to show")


def current() -> Options:
    """The options of the running command."""
    return click.get_current_context().ensure_object(Options)
