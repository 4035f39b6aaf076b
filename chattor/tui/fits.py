"""Whether a command of the table makes sense now. Pure."""

from chattor.model.friend import FriendState
from chattor.tui.commands import Command, Needs
from chattor.tui.view import View


def fits(command: Command, view: View) -> bool:
    """Does the command make sense now?"""
    one = view.open
    has = Needs.NOTHING
    if one:
        has |= Needs.CHAT
        has |= Needs.FRIEND if one.state is FriendState.FRIEND else Needs.NOTHING
        has |= Needs.BLOCKED if one.state is FriendState.BLOCKED else Needs.NOTHING
        has |= Needs.ALARM if one.alarm else Needs.NOTHING
    channel = view.channel
    if channel:
        has |= Needs.OWN_CHANNEL if channel.own else Needs.OTHERS_CHANNEL
    has |= Needs.WRITING if one or (channel and channel.own) else Needs.NOTHING
    return command.needs in has
