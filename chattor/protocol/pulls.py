"""What of a link's channel frames answers something we asked (protocol §5, Limits): the rest is limited by a rate."""

from collections.abc import Iterable

from chattor.protocol.channel_frames import ChannelList, Channels, Post, Posts, Sync, Unsubscribe
from chattor.protocol.frames import Frame
from chattor.protocol.limits import SYNC_POSTS, SYNCS_A_ROUND


class Pulls:
    """Counts, for one link: each CHANNELS allows a list, each SYNC the posts of one answer and its end.

    Questions are asked in rounds. An owner whose answers lead nowhere is not asked for ever.
    """

    __slots__ = ("_asked", "_channels", "_ends", "_last", "_lists", "_posts")

    def __init__(self) -> None:
        self._lists = 0
        self._posts = 0
        self._ends = 0
        self._asked = 0
        self._last: Sync | None = None
        self._channels: set[bytes] = set()

    @property
    def asked(self) -> frozenset[bytes]:
        """Channels asked for on this link, and not given up since: their owner sends what is new."""
        return frozenset(self._channels)

    def begin(self, frames: Iterable[Frame]) -> None:
        """A round begins: these leave."""
        self._asked, self._last = 0, None
        self._leave(frames)

    def go_on(self, question: Sync) -> bool:
        """Whether the next question of a round may leave: the same one twice learns nothing, nor do far too many."""
        if question == self._last or self._asked >= SYNCS_A_ROUND:
            return False
        self._leave([question])
        return True

    def _leave(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            self._lists += isinstance(frame, Channels)
            if isinstance(frame, Unsubscribe):
                self._channels.discard(frame.channel)
            if isinstance(frame, Sync):
                self._last = frame
                self._channels.add(frame.channel)
                self._asked += 1
                self._ends += 1
                self._posts = self._ends * SYNC_POSTS

    def excess(self, frames: Iterable[Frame]) -> int:
        """These came: how many of them nothing asked for."""
        return sum(self._is_unasked(frame) for frame in frames)

    def _is_unasked(self, frame: Frame) -> bool:
        match frame:
            case ChannelList() if self._lists:
                self._lists -= 1
            case Post() if self._posts:
                self._posts -= 1
            case Posts() if self._ends:
                self._ends -= 1
                self._posts = self._ends * SYNC_POSTS
            case ChannelList() | Post() | Posts():
                return True
        return False

    def __repr__(self) -> str:
        return f"Pulls({self._lists} lists, {self._ends} answers)"
