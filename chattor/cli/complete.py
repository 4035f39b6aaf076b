"""What a shell may offer for a parameter: names and ids of the node that runs, keys of the settings.

Nothing is offered where nothing answers at once, and never an error. A name lands on a command line that is about to
be run, and a friend may have chosen it: only one that means itself to every shell is offered, for others the id.
"""

import re
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import fields
from typing import Final, TypeVar

import click
from click.shell_completion import CompletionItem

from chattor.api import Api
from chattor.cli.options import Options
from chattor.errors import ChattorError
from chattor.model.friend import FRIEND_OPTIONS, FriendState, Request
from chattor.rpc import blocking
from chattor.text import safe_text

T = TypeVar("T")
Items = list[CompletionItem[str]]
_PATIENCE: Final = 1.0  # s; whoever pressed Tab waits for it
_PLAIN: Final = re.compile(r"\w[\w.-]*")
_HELP_MAX: Final = 40


def friends(context: click.Context, _: click.Parameter, begun: str) -> Items:
    """Friends and blocked people by name, by id where the name will not do or the id was begun."""
    asked = (FriendState.INCOMING, FriendState.OUTGOING)
    known = [one for one in _ask(context, lambda api: api.friends_list()) if one.state not in asked]
    shared = Counter(one.name.casefold() for one in known)
    pairs = []
    for one in known:
        if _PLAIN.fullmatch(one.name) and shared[one.name.casefold()] == 1:
            pairs.append((one.name, one.state.value))
            if not begun:
                continue
        pairs.append((one.id, one.name))
    return _fitting(pairs, begun)


def incoming(context: click.Context, _: click.Parameter, begun: str) -> Items:
    """Requests to us."""
    return _fitting(_requests(context, "incoming"), begun)


def outgoing(context: click.Context, _: click.Parameter, begun: str) -> Items:
    """Requests of ours."""
    return _fitting(_requests(context, "outgoing"), begun)


def channels(context: click.Context, _: click.Parameter, begun: str) -> Items:
    """Channels by id, and ours by name."""
    pairs = []
    for one in _ask(context, lambda api: api.channels_list()):
        own = one.own and _PLAIN.fullmatch(one.name)
        pairs.append((one.name if own else one.id, "ours" if own else f"{one.name} of {one.owner}"))
    return _fitting(pairs, begun)


def agents(context: click.Context, _: click.Parameter, begun: str) -> Items:
    """Agents whose tokens work."""
    return _fitting(((one.name, "") for one in _ask(context, lambda api: api.agents_list())), begun)


def approvals(context: click.Context, _: click.Parameter, begun: str) -> Items:
    """What waits for a human's word."""
    return _fitting(
        ((one.id, f"{one.action} {one.recipient}") for one in _ask(context, lambda api: api.approvals_list())), begun
    )


def waiting(context: click.Context, _: click.Parameter, begun: str) -> Items:
    """Messages in the outbox."""
    return _fitting(((one.id, one.state.value) for one in _ask(context, lambda api: api.outbox_list())), begun)


def consumers(context: click.Context, _: click.Parameter, begun: str) -> Items:
    """Who takes events."""
    return _fitting(((one.name, "") for one in _ask(context, lambda api: api.consumers_list())), begun)


def keys(_: click.Context, __: click.Parameter, begun: str) -> Items:
    """Settings."""
    from chattor.config import catalogue
    from chattor.config.settings import Settings

    return _fitting(((one.key, one.help) for one in catalogue.listed(Settings())), begun)


def values(context: click.Context, _: click.Parameter, begun: str) -> Items:
    """What the setting that was named may be."""
    from chattor.config import catalogue
    from chattor.config.settings import Settings

    known = catalogue.listed(Settings())
    return _fitting(
        ((word, "") for one in known if one.key == context.params.get("key") for word in one.choices), begun
    )


def friend_options(_: click.Context, __: click.Parameter, begun: str) -> Items:
    """What can be set for one friend."""
    return _fitting(((key, "") for key in FRIEND_OPTIONS), begun)


def friend_values(context: click.Context, _: click.Parameter, begun: str) -> Items:
    """What the option that was named may be."""
    return _fitting(((word, "") for word in FRIEND_OPTIONS.get(context.params.get("key") or "", ())), begun)


def themes(context: click.Context, _: click.Parameter, begun: str) -> Items:
    """Names of themes, shipped and the user's."""
    from chattor.tui.theme_shelf import ThemeShelf

    try:
        config = _options(context).paths.config
    except ChattorError:  # no such profile: told when the line is run
        return []
    return _fitting(((name, "") for name in ThemeShelf(config=config).names()), begun)


def profiles(_: click.Context, __: click.Parameter, begun: str) -> Items:
    """Profiles in the usual places."""
    from chattor.config import paths

    return _fitting(((name, "") for name in paths.profiles()), begun)


def _requests(context: click.Context, direction: str) -> Iterator[tuple[str, str]]:
    known: list[Request] = _ask(context, lambda api: api.friends_requests())
    return ((one.id, one.name) for one in known if one.direction == direction)


def _options(context: click.Context) -> Options:
    """The options on the command line that is being completed; nothing is run yet, so they are in no object."""
    said = context.find_root().params
    return Options(**{one.name: said[one.name] for one in fields(Options) if one.name in said})


def _ask(context: click.Context, question: Callable[[Api], Coroutine[object, object, list[T]]]) -> list[T]:
    """What the node that runs for the profile on the command line says; nothing if none does, or not at once."""
    try:
        node = blocking.connect(_options(context).paths.socket, _PATIENCE)
    except ChattorError:
        return []
    try:
        return blocking.drive(question(node))
    except ChattorError:
        return []
    finally:
        blocking.drive(node.close())


def _fitting(pairs: Iterable[tuple[str, str]], begun: str) -> Items:
    return [
        CompletionItem(value, help=safe_text(meaning, multiline=False, limit=_HELP_MAX) or None)
        for value, meaning in pairs
        if value.casefold().startswith(begun.casefold())
    ]
