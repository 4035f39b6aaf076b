"""What a handler holds while it runs: the tables, and what is to happen once they are committed.

A Tx lives for one job of `Database`. Its effects are announced after the commit and in its order, or never.
"""

from dataclasses import dataclass, field
from functools import cached_property

from chattor.store.repos.chain import ChainRepo
from chattor.store.repos.events import EventRow, EventsRepo
from chattor.store.repos.friends import FriendsRepo
from chattor.store.repos.messages import MessagesRepo
from chattor.store.repos.outbox import OutboxRepo
from chattor.store.repos.own import OwnRepo
from chattor.store.sql import Sql


@dataclass(slots=True)
class Effects:
    """What one job asked for, by friend number, in the order it asked."""

    events: list[EventRow] = field(default_factory=list)
    wakes: dict[int, None] = field(default_factory=dict)
    """Friends with something new to send, each once."""
    hang_ups: dict[int, None] = field(default_factory=dict)
    """Friends whose links are to be closed, each once."""
    new_streams: dict[int, None] = field(default_factory=dict)
    """Friends with whom both streams begin anew, each once."""


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
    def chain(self) -> ChainRepo:
        """Our outgoing stream items."""
        return ChainRepo(self._sql)

    @cached_property
    def outbox(self) -> OutboxRepo:
        """Durable operations on their way."""
        return OutboxRepo(self._sql)

    @cached_property
    def events(self) -> EventsRepo:
        """The durable event log."""
        return EventsRepo(self._sql)

    def emit(
        self, at_ms: int, event: str, *, friend: int | None = None, message: int | None = None, detail: str = ""
    ) -> None:
        """Append an event to the durable log and tell the listeners after the commit."""
        self.effects.events.append(
            self.events.add(at_ms=at_ms, event=event, friend=friend, message=message, detail=detail)
        )

    def wake(self, friend: int) -> None:
        """After the commit: there is something new to send to a friend."""
        self.effects.wakes[friend] = None

    def hang_up(self, friend: int) -> None:
        """After the commit: close every link to a friend."""
        self.effects.hang_ups[friend] = None

    def begin_anew(self, friend: int) -> None:
        """After the commit: whatever a link knows of the streams with a friend is of the past."""
        self.effects.new_streams[friend] = None
