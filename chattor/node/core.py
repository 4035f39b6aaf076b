"""What every part of a node shares: the store, the clock, the dice, who we are, who listens.

`act` runs a handler in one transaction; `ask` runs a query. Both give it the moment it runs in.
"""

from collections.abc import Callable
from typing import Concatenate, Final, ParamSpec, TypeVar

from chattor.clock import Clock
from chattor.config.edit import SettingsFile
from chattor.config.settings import Settings
from chattor.crypto.certificate import Certificate, issue
from chattor.crypto.keys import Rng
from chattor.handlers.context import Ctx, Privacy
from chattor.model.activity import Activity
from chattor.node.hub import Hub
from chattor.protocol.frames import Being, Profile
from chattor.protocol.limits import FRIEND_LINKS, REQUESTS_MAX, REQUESTS_RATE
from chattor.protocol.presence import Signs
from chattor.protocol.ratelimit import TokenBucket
from chattor.store.database import Database
from chattor.store.repos.own import Guise, Own
from chattor.store.tx import Tx

OURSELVES: Final = 0
P = ParamSpec("P")
T = TypeVar("T")


class Core:
    """One profile, unlocked."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        rng: Rng,
        own: Own,
        settings: Settings,
        settings_file: SettingsFile,
        profile: str = "default",
        friend_links: int = FRIEND_LINKS,
    ) -> None:
        self.database = database
        self.clock = clock
        self.rng = rng
        self.own = own
        self.settings = settings
        self.settings_file = settings_file
        self.profile = profile
        self.friend_links = friend_links
        """Links of friends who dialled us, as far as the process may open files."""
        self.hub = Hub()
        self.signs = Signs()
        self.activity: Activity | None = None
        """What friends see that we do, until it changes or the node ends."""
        self.active = OURSELVES
        """Who said so: OURSELVES, or an agent's number."""
        self.requests = TokenBucket(REQUESTS_RATE, REQUESTS_MAX, clock.monotonic())
        """Requests made and received; in debt, no newcomer's is taken."""
        self.ticked: tuple[int, float] | None = None
        """What both clocks said when the ends of texts were last put right."""
        self._certificates: dict[int, Certificate] = {}

    def certificate(self, guise: Guise) -> Certificate:
        """What proves one of our guises; made once."""
        known = self._certificates.get(guise.epoch)
        if known is None:
            known = issue(guise.identity, epoch=guise.epoch, created_ms=guise.created_ms)
            self._certificates[guise.epoch] = known
        return known

    def ctx(self) -> Ctx:
        """This moment."""
        now = self.clock.wall()
        limit = self.settings.delivery.expire_seconds
        return Ctx(
            now=now,
            retention_s=self.settings.history.retention_seconds,
            oldest_ms=None if limit is None else now - limit * 1000,
            rng=self.rng,
            own=self.own,
            online=self.signs.online,
            typing=self.signs.typing,
            activities=self.signs.activities,
            activity=self.activity,
            profile=self._profile(),
            privacy=Privacy(
                receipts=self.settings.privacy.receipts == "on",
                typing=self.settings.privacy.typing == "on",
                presence=self.settings.privacy.presence == "on",
            ),
            requests_paused=self.requests.spend(0, self.clock.monotonic()) > 0,
            requests_closed=self.settings.privacy.requests == "closed",
            subscribe_to_friends=self.settings.channels.subscribe_to_friends,
            keep_posts=self.settings.channels.keep,
            set_back_ms=self._set_back(now),
        )

    def _profile(self) -> Profile:
        """What friends are told of us."""
        said = self.settings.agent
        return Profile(Being.AGENT, said.capabilities) if said.declared else Profile(Being.PERSON)

    def _set_back(self, now: int) -> int:
        """How far the wall clock was set back since the last tick."""
        wall, monotonic = self.ticked or (now, self.clock.monotonic())
        return max(0, wall + round((self.clock.monotonic() - monotonic) * 1000) - now)

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
