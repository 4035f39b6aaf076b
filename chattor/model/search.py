"""What a search finds. Field names are the JSON shapes of the product page."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from chattor.model.ids import ChannelId, FriendId, MessageId
from chattor.model.message import Direction


class Order(StrEnum):
    """Which hits come first."""

    NEWEST = "newest"
    RANK = "rank"


class SearchHit(Struct, frozen=True, kw_only=True):
    """One message that fits; `chattor history FRIEND --around ID` shows it in its place.

    With a `channel` it is one post of it, and `id` is the post's; `chattor channels feed CHANNEL` shows it in its
    place. `friend` is its owner, null if he is no friend or the channel is ours.

    `snippet` is a piece of the text in one line around what was found, as plain text; `matches` are the found
    pieces of it, as pairs of character offsets. `rank` is higher the better it fits; 0 when not asked for.
    """

    id: MessageId
    friend: FriendId | None
    direction: Direction
    text: str
    snippet: str
    matches: list[tuple[int, int]]
    sent_at: datetime
    rank: float
    channel: ChannelId | None = None
