"""What a handler holds while it runs: the tables, and what is to happen once they are committed.

A Tx lives for one job of `Database`. Its effects are announced after the commit and in its order, or never.
"""

from dataclasses import dataclass, field
from functools import cached_property

from chattor.protocol.frames import Whisper
from chattor.store.repos.agents import AgentsRepo
from chattor.store.repos.approvals import ApprovalsRepo
from chattor.store.repos.calls import CallsRepo
from chattor.store.repos.chain import ChainRepo
from chattor.store.repos.channels import ChannelsRepo
from chattor.store.repos.consumers import ConsumersRepo
from chattor.store.repos.events import EventRow, EventsRepo, Happened
from chattor.store.repos.expiring import ExpiringRepo
from chattor.store.repos.friends import FriendsRepo
from chattor.store.repos.messages import MessagesRepo
from chattor.store.repos.outages import OutagesRepo
from chattor.store.repos.outbox import OutboxRepo
from chattor.store.repos.own import Own, OwnRepo
from chattor.store.repos.posts import PostsRepo
from chattor.store.repos.progress import ProgressRepo
from chattor.store.repos.reactions import ReactionsRepo
from chattor.store.repos.search import SearchRepo
from chattor.store.repos.seen import SeenRepo
from chattor.store.sql import Sql


@dataclass(slots=True)
class Effects:
    """What one job asked for, by friend number, in the order it asked."""

    events: list[EventRow] = field(default_factory=list)
    wakes: dict[int, None] = field(default_factory=dict)
    """Friends with something new to send, each once."""
    hang_ups: dict[int, bytes] = field(default_factory=dict)
    """Friends whose links are to be closed, and the commitments of their identities."""
    revisits: dict[int, None] = field(default_factory=dict)
    """Friends to meet anew, on a fresh link, each once."""
    own: Own | None = None
    """Who we are from now on."""
    new_streams: dict[int, None] = field(default_factory=dict)
    """Friends with whom both streams begin anew, each once."""
    parted: list[bytes] = field(default_factory=list)
    """Commitments of those with whom a friendship ended."""
    posts: list[int] = field(default_factory=list)
    """Posts of ours for those who follow their channel."""
    whispers: list[tuple[int, Whisper]] = field(default_factory=list)
    """What to say to whom if there is a link, and to forget if not."""
    untidy: bool = False
    """Something was overwritten that no event tells of."""
    deadline: bool = False
    """The time of a text began."""
    fetches: dict[int, None] = field(default_factory=dict)
    """Owners whose channels are to be fetched now, each once."""


class Tx:
    """One unit of work inside a transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql
        self.effects = Effects()

    @cached_property
    def own(self) -> OwnRepo:
        """Who we are."""
        return OwnRepo(self._sql)

    @cached_property
    def friends(self) -> FriendsRepo:
        """Relations."""
        return FriendsRepo(self._sql)

    @cached_property
    def messages(self) -> MessagesRepo:
        """Conversations."""
        return MessagesRepo(self._sql)

    @cached_property
    def progress(self) -> ProgressRepo:
        """How far our messages got."""
        return ProgressRepo(self._sql)

    @cached_property
    def seen(self) -> SeenRepo:
        """What friends sent, whether it is shown or not."""
        return SeenRepo(self._sql)

    @cached_property
    def reactions(self) -> ReactionsRepo:
        """What both sides think of messages."""
        return ReactionsRepo(self._sql)

    @cached_property
    def expiring(self) -> ExpiringRepo:
        """Texts whose time is limited."""
        return ExpiringRepo(self._sql)

    @cached_property
    def search(self) -> SearchRepo:
        """The indexes of all texts."""
        return SearchRepo(self._sql)

    @cached_property
    def chain(self) -> ChainRepo:
        """Our outgoing stream items."""
        return ChainRepo(self._sql)

    @cached_property
    def outbox(self) -> OutboxRepo:
        """Durable operations on their way."""
        return OutboxRepo(self._sql)

    @cached_property
    def calls(self) -> CallsRepo:
        """Dials to friends and links with them."""
        return CallsRepo(self._sql)

    @cached_property
    def outages(self) -> OutagesRepo:
        """When nobody could reach us."""
        return OutagesRepo(self._sql)

    @cached_property
    def channels(self) -> ChannelsRepo:
        """Channels and their owners."""
        return ChannelsRepo(self._sql)

    @cached_property
    def posts(self) -> PostsRepo:
        """What was posted in channels."""
        return PostsRepo(self._sql)

    @cached_property
    def consumers(self) -> ConsumersRepo:
        """Who takes events."""
        return ConsumersRepo(self._sql)

    @cached_property
    def agents(self) -> AgentsRepo:
        """Programs that act for us."""
        return AgentsRepo(self._sql)

    @cached_property
    def approvals(self) -> ApprovalsRepo:
        """What they may not do by themselves."""
        return ApprovalsRepo(self._sql)

    @cached_property
    def events(self) -> EventsRepo:
        """The durable event log."""
        return EventsRepo(self._sql)

    def emit(
        self,
        at_ms: int,
        event: Happened,
        *,
        friend: int | None = None,
        message: int | None = None,
        channel: int | None = None,
        post: int | None = None,
        detail: str = "",
    ) -> None:
        """Append an event to the durable log and tell the listeners after the commit."""
        self.effects.events.append(
            self.events.add(
                at_ms=at_ms, event=event, friend=friend, message=message, channel=channel, post=post, detail=detail
            )
        )

    def push(self, post: int) -> None:
        """After the commit: send a post of ours to whoever follows its channel on a link."""
        self.effects.posts.append(post)

    def fetch(self, publisher: int) -> None:
        """After the commit: ask an owner for his channels, if he can be reached."""
        self.effects.fetches[publisher] = None

    def wake(self, friend: int) -> None:
        """After the commit: there is something new to send to a friend."""
        self.effects.wakes[friend] = None

    def hang_up(self, friend: int, id_commit: bytes) -> None:
        """After the commit: close every link to a friend, also one he holds as a stranger."""
        self.effects.hang_ups[friend] = id_commit

    def begin_anew(self, friend: int) -> None:
        """After the commit: whatever a link knows of the streams with a friend is of the past."""
        self.effects.new_streams[friend] = None

    def part(self, id_commit: bytes) -> None:
        """After the commit: a friendship is over, whatever still comes on links from before."""
        self.effects.parted.append(id_commit)

    def whisper(self, friend: int, frame: Whisper) -> None:
        """After the commit: say this to a friend if there is a link; it is never queued."""
        self.effects.whispers.append((friend, frame))

    def leave_residue(self) -> None:
        """At rest after the commit: what was overwritten is to leave the log of the store as well."""
        self.effects.untidy = True

    def set_deadline(self) -> None:
        """After the commit: see to it that a text ends in time."""
        self.effects.deadline = True

    def revisit(self, friend: int) -> None:
        """After the commit: show a friend who we are now, on a link of its own."""
        self.effects.revisits[friend] = None

    def became(self, own: Own) -> None:
        """After the commit: this is who we are."""
        self.effects.own = own
