"""What every part of a node shares: the store, the clock, the dice, who we are, who listens.

`act` runs a handler in one transaction; `ask` runs a query. Both give it the moment it runs in.
"""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from chattor.clock import Clock
from chattor.config.settings import Settings
from chattor.crypto.certificate import Certificate, issue
from chattor.crypto.keys import Rng
from chattor.handlers.context import Ctx
from chattor.node.hub import Hub
from chattor.protocol.limits import REQUESTS_MAX, REQUESTS_RATE
from chattor.protocol.ratelimit import TokenBucket
from chattor.store.database import Database
from chattor.store.repos.own import Own
from chattor.store.tx import Tx

P = ParamSpec("P")
T = TypeVar("T")


class Core:
    """One profile, unlocked."""

    def __init__(
        self, *, database: Database, clock: Clock, rng: Rng, own: Own, settings: Settings, profile: str = "default"
    ) -> None:
        self.database = database
        self.clock = clock
        self.rng = rng
        self.own = own
        self.settings = settings
        self.profile = profile
        self.hub = Hub()
        self.online: set[int] = set()
        self.requests = TokenBucket(REQUESTS_RATE, REQUESTS_MAX, clock.monotonic())
        """Requests made and received; in debt, no newcomer's is taken."""
        self.certificate: Certificate = issue(own.identity, epoch=own.epoch, created_ms=own.created_ms)

    def ctx(self) -> Ctx:
        """This moment."""
        now = self.clock.wall()
        limit = self.settings.delivery.expire_seconds
        return Ctx(
            now=now,
            oldest_ms=None if limit is None else now - limit * 1000,
            rng=self.rng,
            own=self.own,
            online=frozenset(self.online),
            requests_paused=self.requests.spend(0, self.clock.monotonic()) > 0,
            requests_closed=self.settings.privacy.requests == "closed",
        )

    async def act(self, handler: Callable[Concatenate[Tx, Ctx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a handler in one transaction; its result after the commit."""
        ctx = self.ctx()
        return await self.database.write(lambda tx: handler(tx, ctx, *args, **kwargs))

    async def ask(self, query: Callable[Concatenate[Tx, Ctx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query."""
        ctx = self.ctx()
        return await self.database.read(lambda tx: query(tx, ctx, *args, **kwargs))

    def jitter(self) -> float:
        """A number in [-1, 1], from the node's dice."""
        return int.from_bytes(self.rng(4), "big") / 0x7FFF_FFFF - 1.0
