"""To a conversation or a channel, and where one came from. Apart from `command_handlers`: going needs no dialog."""

from chattor.model.ids import ChannelId, FriendId
from chattor.tui.shell import Shell
from chattor.tui.updates import FeedOpened, Opened


class Navigation:
    """Bound to the application."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.previous: FriendId | ChannelId | None = None
        self.interrupted: FriendId | ChannelId | None = None
        """Where we were when the profile was locked."""

    def open(self, friend: FriendId) -> None:
        """Go there, and remember where we were."""
        one = self._shell.view.friend(friend)
        if one is not None and self.leave_for(friend):
            self._shell.apply([Opened(friend=friend)])
            self._shell.attempt(self._shell.session.newest(friend, one.unread))

    def read(self, channel: ChannelId) -> None:
        """To a channel."""
        if self.leave_for(channel):
            self._shell.apply([FeedOpened(channel=channel)])
        self._shell.attempt(self._shell.session.feed(channel))

    def leave_for(self, place: FriendId | ChannelId) -> bool:
        """Remember where we are; False if that is where we want to go."""
        here = self._shell.view.here
        if here == place:
            return False
        self.previous = here or self.previous
        return True

    def interrupt(self) -> None:
        """Remember what is open: it closes."""
        self.interrupted = self._shell.view.here or self.interrupted

    def resume(self) -> None:
        """Back to where we were, as soon as that is known again, unless we went elsewhere meanwhile."""
        view, place = self._shell.view, self.interrupted
        known = {*(one.id for one in view.friends), *(one.id for one in view.channels)}
        if place and not view.locked and (view.here or place in known):
            self.interrupted = None
            if not view.here:
                self.visit(place)

    def visit(self, place: str) -> None:
        """To a conversation or a channel, by its id."""
        if any(one.id == place for one in self._shell.view.channels):
            self._shell.open_feed(ChannelId(place))
        else:
            self._shell.open_chat(FriendId(place))
