"""What the commands about channels do: one method a command, named like it."""

from functools import partial

from chattor.model.channel import Access, Channel, Post
from chattor.text import NAME_MAX, safe_text
from chattor.tui import when
from chattor.tui.command_group import CommandGroup
from chattor.tui.commands import BY_NAME
from chattor.tui.feed import standing, title
from chattor.tui.ink import Piece
from chattor.tui.modals.ask import Ask
from chattor.tui.modals.picker import Item, Picker
from chattor.tui.modals.subscribe import Subscribe

SHOWN_OF_POST = 80  # characters of a post in a list
_MORE = tuple(
    Item(key=f"/{name}", text=BY_NAME[name].title, sign=("+ ", "accent"), help=BY_NAME[name].help)
    for name in ("subscribe", "create")
)
_ACCESS = (
    Item(key=Access.PUBLIC.value, text="public", help="for everybody who has your code"),
    Item(key=Access.FRIENDS.value, text="friends", help="for your friends only"),
)


class ChannelCommands(CommandGroup):
    """About the open channel, or about one that is to be opened."""

    def channels(self) -> None:
        """All of them; one that is only offered is subscribed to first. Below them how to come by more."""
        items = [_item(one) for one in self._shell.view.channels]
        self._shell.push_screen(Picker("Channel…", [*items, *_MORE]), self._go)

    def _go(self, key: str | None) -> None:
        if key and key.startswith("/"):
            self._shell.run_command(BY_NAME[key[1:]])
            return
        one = next((one for one in self._shell.view.channels if one.id == key), None)
        if one and (one.own or one.subscribed):
            self._shell.open_feed(one.id)
        elif one and one.friend:
            text = f"{title(one)} is fetched from now on, and its owner sees how far you have read."
            self._confirm(f"Read {title(one)}?", text, "Subscribe", partial(self._subscribe, one.friend, one.name))

    async def _subscribe(self, owner: str, name: str) -> None:
        one = await self._shell.session.api.channels_subscribe(owner, name)
        self._shell.open_feed(one.id)

    def subscribe(self, argument: str) -> None:
        """To a channel of somebody."""
        self._shell.push_screen(Subscribe(argument))

    def unsubscribe(self) -> None:
        """No more of it."""
        if one := self._shell.view.channel:
            self._shell.attempt(self._unsubscribe(one))

    async def _unsubscribe(self, one: Channel) -> None:
        await self._shell.session.api.channels_unsubscribe(one.id)
        self._shell.notify(f"{title(one)} is no longer fetched.")

    def create(self, argument: str) -> None:
        """A name, then who may read it."""
        if argument:
            self._named(argument)
        else:
            ask = Ask("Create a channel", "Its name, as readers see it", "Next", limit=NAME_MAX)
            self._shell.push_screen(ask, self._named)

    def _named(self, name: str | None) -> None:
        def chosen(access: str | None) -> None:
            if name and access:
                self._shell.attempt(self._create(name, Access(access)))

        if name:
            self._shell.push_screen(Picker("Who may read it…", _ACCESS), chosen)

    async def _create(self, name: str, access: Access) -> None:
        one = await self._shell.session.api.channels_create(name, access)
        self._shell.open_feed(one.id)

    def publish(self) -> None:
        """To one of our channels, where one writes."""
        own = [one for one in self._shell.view.channels if one.own]
        self._shell.push_screen(Picker("Write in…", [_item(one) for one in own]), self._go)

    def retract(self, argument: str) -> None:
        """One of our posts, chosen already or to be chosen."""
        if argument:
            self._take_back(argument)
            return
        view = self._shell.view
        posts = [post for post in reversed(view.feed.posts if view.feed else ()) if post.text is not None]
        items = [Item(key=post.id, text=_short(post), right=[(self._age(post), "muted")]) for post in posts]
        self._shell.push_screen(Picker("Take back…", items), self._take_back)

    def _take_back(self, key: str | None) -> None:
        if key is not None:
            text = "Its text goes here and wherever this is heard. It may have been read, copied or kept already."
            self._confirm(
                "Take this post back?", text, "Take back", partial(self._shell.session.api.channels_retract, key)
            )

    def _age(self, post: Post) -> str:
        return when.age(post.created_at, self._shell.now(), self._shell.options.zone)

    def sync(self) -> None:
        """Now."""
        self._shell.notify("The owners of what you read are asked.")
        self._shell.attempt(self._shell.session.api.channels_sync())


def _item(one: Channel) -> Item:
    new: list[Piece] = [(f"{one.unread} new", "accent")] if one.unread else []
    return Item(key=one.id, text=title(one), sign=("# ", "muted"), help=standing(one), right=new)


def _short(post: Post) -> str:
    return safe_text((post.text or "")[:SHOWN_OF_POST], multiline=False)
