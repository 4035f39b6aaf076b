"""`chattor friends …`: requests and friendships. FRIEND is an id, a name that fits one, an onion or a friend code."""

import click

from chattor.api import Api
from chattor.cli import complete, show_friends
from chattor.cli.root import root
from chattor.cli.verb import verb
from chattor.model.friend import Friend, Request, SafetyNumber

friend = click.argument("friend", shell_complete=complete.friends)
incoming = click.argument("id", shell_complete=complete.incoming)
outgoing = click.argument("id", shell_complete=complete.outgoing)


@root.group()
def friends() -> None:
    """Friends and requests: list, add, answer, verify, block."""


@verb(friends, show_friends.friends, name="list", reading=True)
async def _list(api: Api) -> list[Friend]:
    """List friends, requests and blocked people."""
    return await api.friends_list()


@verb(friends, show_friends.person, name="show", reading=True)
@friend
async def _show(api: Api, friend: str) -> Friend:
    """Show all there is to know about one friend."""
    return await api.friends_show(friend)


@verb(friends, show_friends.request)
@click.argument("code")
@click.option("--name", metavar="NAME", help="What to call them here.")
@click.option("--note", metavar="TEXT", default="", help="A word with the request, up to 280 characters.")
async def add(api: Api, code: str, name: str | None, note: str) -> Request:
    """Ask the owner of a friend CODE to be friends."""
    return await api.friends_add(code, name, note)


@verb(friends, show_friends.requests, reading=True)
async def requests(api: Api) -> list[Request]:
    """List requests nobody has answered yet, in both directions."""
    return await api.friends_requests()


@verb(friends, show_friends.friend)
@incoming
async def accept(api: Api, id: str) -> Friend:
    """Accept an incoming request."""
    return await api.friends_accept(id)


@verb(friends, show_friends.request)
@incoming
async def reject(api: Api, id: str) -> Request:
    """Refuse an incoming request; its sender is not told."""
    return await api.friends_reject(id)


@verb(friends, show_friends.request)
@outgoing
async def cancel(api: Api, id: str) -> Request:
    """Withdraw a request of ours."""
    return await api.friends_cancel(id)


@verb(friends, show_friends.friend)
@friend
@click.argument("name")
async def rename(api: Api, friend: str, name: str) -> Friend:
    """Call a friend something else; only you see it."""
    return await api.friends_rename(friend, name)


@verb(friends, show_friends.friend)
@friend
@click.option("--forget", is_flag=True, help="Delete the conversation too, also one kept since the friendship ended.")
async def remove(api: Api, friend: str, forget: bool) -> Friend:
    """End a friendship; the other side is told."""
    return await api.friends_remove(friend, keep_history=not forget)


@verb(friends, show_friends.friend)
@friend
async def block(api: Api, friend: str) -> Friend:
    """Refuse everything from somebody, who is not told."""
    return await api.friends_block(friend)


@verb(friends, show_friends.friend)
@friend
async def unblock(api: Api, friend: str) -> Friend:
    """Let a blocked person ask again; the friendship is over."""
    return await api.friends_unblock(friend)


@verb(friends, show_friends.friend)
@friend
async def mute(api: Api, friend: str) -> Friend:
    """No notifications from a friend."""
    return await api.friends_mute(friend)


@verb(friends, show_friends.friend)
@friend
async def unmute(api: Api, friend: str) -> Friend:
    """Notifications again."""
    return await api.friends_unmute(friend)


@verb(friends, show_friends.friend_options, name="set")
@friend
@click.argument("key", required=False, shell_complete=complete.friend_options)
@click.argument("value", required=False, shell_complete=complete.friend_values)
async def _set(api: Api, friend: str, key: str | None, value: str | None) -> Friend:
    """Set an option of one friend; without KEY, show what is set.

    muted: on or off. receipts, typing, presence: on, off, or default, which is as the settings say. retention: how
    long messages are kept, such as 30d, never, or default.
    """
    if key is None:
        return await api.friends_show(friend)
    if value is None:
        raise click.UsageError(f"VALUE is missing; `chattor friends set {friend}` shows what is set")
    return await api.friends_set(friend, key, value)


@verb(friends, show_friends.friend)
@friend
async def acknowledge(api: Api, friend: str) -> Friend:
    """Take note of an alarm; sending works again."""
    return await api.friends_acknowledge(friend)


@verb(friends, show_friends.safety)
@friend
@click.option("--confirm", is_flag=True, help="The digits were compared and are the same.")
async def verify(api: Api, friend: str, confirm: bool) -> SafetyNumber:
    """Show the safety number to compare with a friend."""
    return await api.friends_verify(friend, confirm)
