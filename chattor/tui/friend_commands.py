"""What the commands about friends do: one method a command, named like it."""

from functools import partial

from chattor.config.duration import parse_duration
from chattor.model.friend import Friend
from chattor.text import NAME_MAX, safe_text
from chattor.tui.command_group import CommandGroup
from chattor.tui.modals.add_friend import AddFriend
from chattor.tui.modals.approvals import Approvals
from chattor.tui.modals.ask import Ask
from chattor.tui.modals.friend import FriendCard
from chattor.tui.modals.identity import IdentityCard
from chattor.tui.modals.outbox import Outbox
from chattor.tui.modals.picker import Item, Picker
from chattor.tui.modals.requests import Requests
from chattor.tui.modals.verify import Verify

TIMERS = (
    ("off", "never", None),
    ("5m", "5 minutes after reading", 300),
    ("1h", "1 hour after reading", 3_600),
    ("24h", "24 hours after reading", 86_400),
    ("7d", "7 days after reading", 604_800),
)


class FriendCommands(CommandGroup):
    """About the friend whose conversation is open, or about somebody who is to become one."""

    def add(self, argument: str) -> None:
        """Ask somebody."""
        self._shell.push_screen(AddFriend(argument))

    def requests(self) -> None:
        """Answer."""
        self._shell.push_screen(Requests())

    def approvals(self) -> None:
        """Decide."""
        self._shell.push_screen(Approvals())

    def me(self) -> None:
        """Our code, as it is now."""
        self._shell.attempt(self._shell.session.identity())
        self._shell.push_screen(IdentityCard())

    def outbox(self) -> None:
        """What waits."""
        self._shell.push_screen(Outbox())

    def verify(self) -> None:
        """Compare the safety number."""
        if one := self._shell.view.open:
            self._shell.push_screen(Verify(one))

    def friend(self) -> None:
        """Who it is, and what is set for him."""
        if one := self._shell.view.open:
            self._shell.push_screen(FriendCard(one))

    def ephemeral(self, argument: str) -> None:
        """How long texts live, for both."""
        one = self._shell.view.open
        if one is None:
            return
        if argument:
            self._set_timer(one, argument)
            return
        items = [
            Item(key=key, text=words, right=[("now", "muted")] if seconds == one.ephemeral else ())
            for key, words, seconds in TIMERS
        ]
        now = next((key for key, _, seconds in TIMERS if seconds == one.ephemeral), None)
        self._shell.push_screen(Picker("Texts vanish…", items, cursor=now), lambda key: self._set_timer(one, key))

    def _set_timer(self, one: Friend, said: str | None) -> None:
        if said is None:
            return
        try:
            seconds = None if said == "off" else parse_duration(said)
        except ValueError as error:
            self._shell.notify(f"Nothing was changed: {error}, or “off”.", severity="warning")
            return
        self._shell.attempt(self._shell.session.api.ephemeral(one.id, seconds))

    def rename(self, argument: str) -> None:
        """Another local name."""
        one = self._shell.view.open
        if one is None:
            return
        rename = self._shell.session.api.friends_rename

        def renamed(name: str | None) -> None:
            if name:
                self._shell.attempt(rename(one.id, name))

        if argument:
            renamed(argument)
        else:
            ask = Ask("Rename", "A name that only you see", "Rename", safe_text(one.name, multiline=False), NAME_MAX)
            self._shell.push_screen(ask, renamed)

    def mute(self) -> None:
        """The other of two states."""
        if one := self._shell.view.open:
            api = self._shell.session.api
            self._shell.attempt(api.friends_unmute(one.id) if one.muted else api.friends_mute(one.id))
            self._shell.notify(f"{one.name} is {'no longer muted' if one.muted else 'muted'}.")

    def acknowledge(self) -> None:
        """Sending works again, after a question."""
        if one := self._shell.view.open:
            text = (
                f"{one.alarm}.\n\nThis may be a new device or a restored backup, or somebody who stands between you. "
                "Compare the safety number first: /verify."
            )
            self._confirm(
                "Send again?", text, "Send again", partial(self._shell.session.api.friends_acknowledge, one.id)
            )

    def remove(self) -> None:
        """The friendship ends, after a question."""
        if one := self._shell.view.open:
            text = f"The friendship with {_name(one)} ends; they are told. What you wrote to each other stays here."
            self._confirm(
                f"Remove {_name(one)}?", text, "Remove", partial(self._shell.session.api.friends_remove, one.id)
            )

    def block(self) -> None:
        """No link any more, after a question."""
        if one := self._shell.view.open:
            text = f"Every link to {_name(one)} is closed, and new ones are refused. They are not told."
            self._confirm(f"Block {_name(one)}?", text, "Block", partial(self._shell.session.api.friends_block, one.id))

    def unblock(self) -> None:
        """They may ask again."""
        if one := self._shell.view.open:
            self._shell.attempt(self._shell.session.api.friends_unblock(one.id))


def _name(one: Friend) -> str:
    return safe_text(one.name, multiline=False)
