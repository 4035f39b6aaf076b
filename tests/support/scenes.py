"""Scenes of the interface: a node in some state and the keys that lead there. For snapshots and for the pictures.

Everything in them is frozen: the clock, the zone, the ids, Tor. The same scene is the same picture on every machine.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC
from typing import Final

from textual import events
from textual.geometry import Size
from textual.pilot import Pilot
from textual.screen import Screen

from chattor.api import ProfileState
from chattor.clock import Millis
from chattor.model.activity import Activity, Doing
from chattor.model.status import TorPhase, TorStatus
from chattor.protocol.frames import Being
from chattor.tui.app import ChattorApp
from chattor.tui.options import Options
from tests.support.gateway import PlayedGateway
from tests.support.hand_clock import EPOCH
from tests.support.peers import code_of
from tests.support.played import PASSPHRASE, READY, PlayedNode

CONNECTING: Final = TorStatus(phase=TorPhase.BOOTSTRAPPING, percent=45, detail="Loading relay descriptors")
PATIENCE: Final = 30.0  # s; what should happen happens sooner on any machine
MOMENT: Final = 0.002  # s
_KEYS: Final = {" ": "space", "/": "slash", "\n": "ctrl+j"}
LONG: Final = (
    "I finally read the chapter on onion services. What I like: nobody in the middle can tell who talks to whom, "
    "and there is nothing to subpoena.\n\nTwo questions though:\n  1. what happens while one of us is offline?\n"
    "  2. does the safety number change when I move to a new laptop?"
)


class FrozenClock:
    """One hour after the node's epoch, for ever; `monotonic` can be moved."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def wall(self) -> Millis:
        """The frozen time."""
        return Millis(int((EPOCH.timestamp() + 3600) * 1000))

    def monotonic(self) -> float:
        """As far as a test moved it."""
        return self.seconds


def options(theme: str = "dark", *, ascii_only: bool = False, pause: float = 0.0) -> Options:
    """Frozen."""
    return Options(theme=theme, ascii=ascii_only, clock=FrozenClock(), pause=pause, zone=UTC)


def populated() -> PlayedNode:
    """Mara's node: a conversation with ada, news from boris, mail waiting for chiyo, zoe asking, theo asked."""
    node = PlayedNode("mara")
    node.tor_moves(READY)
    ada, boris, chiyo = node.friend("ada"), node.friend("boris"), node.friend("千代")
    node.peer_shows(chiyo.id, online=True)
    node.peer_shows(chiyo.id, online=False)
    node.leave_waiting(chiyo.id, "The tickets are here. Friday, 19:00, platform 4.")
    node.peer_shows(ada.id, online=True)
    node.peer_says(ada.id, "Good morning! Did the parcel arrive?")
    node.later(4 * 60)
    node.leave_waiting(ada.id, "It did, thank you 🎁")
    node.leave_waiting(ada.id, "The book smells of your shelf.")
    node.peer_takes(ada.id)
    node.peer_reads(ada.id)
    node.later(21 * 60)
    node.peer_says(ada.id, LONG)
    node.later(7 * 60)
    node.leave_waiting(ada.id, "1. It waits here, encrypted, and goes out the moment you are back.")
    node.peer_takes(ada.id)
    node.leave_waiting(ada.id, "2. No: the number is made from our identities, not from our machines. 日本語も大丈夫。")
    node.later(9 * 60)
    node.peer_says(boris.id, "Have you seen the new release?", "It starts in under half a second now.", "Call me!")
    node.peer_shows(boris.id, online=True, typing=True)
    node.peer_asks("zoe", "We met at the congress, I had the red hat.")
    return node


async def verified(node: PlayedNode) -> PlayedNode:
    """The same after ada's number was compared and her messages were read."""
    await node.friends_verify("ada", confirm=True)
    await node.read("ada")
    await node.friends_add(code_of("theo"), "theo", "It is me, mara")
    return node


@dataclass(frozen=True, kw_only=True)
class Scene:
    """How to get there. `play` runs after the keys."""

    size: tuple[int, int] = (80, 24)
    theme: str = "dark"
    exists: bool = True
    running: bool = True
    empty: bool = False
    ascii_only: bool = False
    pause: float = 0.0
    keys: tuple[str, ...] = ()
    play: Callable[["Stage"], Awaitable[None]] | None = field(default=None)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A scene being played."""

    app: ChattorApp
    pilot: Pilot[int]
    gateway: PlayedGateway

    @property
    def node(self) -> PlayedNode:
        """The node behind it."""
        return self.gateway.node

    async def press(self, *keys: str) -> None:
        """Keys, each with all that follows from it."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def type(self, text: str) -> None:
        """Letters, as they come over a slow line: all at once."""
        await self.burst(*text)

    async def burst(self, *keys: str) -> None:
        """Keys that arrive in one piece."""
        for key in keys:
            letter = key if len(key) == 1 and key.isprintable() else None
            self.app.post_message(events.Key(_KEYS.get(key, key), letter))
        await self.settle()

    @property
    def screen(self) -> str:
        """What is in front, by the name of its class."""
        return type(self.app.screen).__name__

    def text(self) -> str:
        """Everything that can be read on the screen."""
        width, height = self.app.size
        lines = self.app.screen._compositor.render_strips(Size(width, height))
        return "\n".join("".join(segment.text for segment in line).rstrip() for line in lines)

    async def settle(self) -> None:
        """Until nothing moves any more: work done, events told, messages handled."""
        await until(self.pilot, lambda: quiet(self.app))
        await self.pilot.pause()


def quiet(app: ChattorApp) -> bool:
    """Nothing is under way but the pump, which always is, and nothing waits to be drawn."""
    busy = [worker for worker in app.workers if worker.group != "follow" and not worker.is_finished]
    has_news = app.has_session and app.session.has_news
    return not (busy or has_news or (app.is_running and not app._exit and _is_stale(app.screen)))


def _is_stale(screen: Screen[object]) -> bool:
    """What is drawn, and done after that, waits for the next frame."""
    return bool(
        screen._layout_required or screen._scroll_required or screen._repaint_required
        or screen._dirty_widgets or screen._callbacks
    )  # fmt: skip


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    """Wait for something that will happen; fail if it does not."""
    async with asyncio.timeout(PATIENCE):
        await pilot.pause()
        while not condition():
            await pilot.pause(MOMENT)


class SceneGateway(PlayedGateway):
    """Fills its node when the application asks what is there: only then does a loop run."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(PlayedNode("mara"), exists=scene.exists, running=scene.running, passphrase=PASSPHRASE)
        self._empty = scene.empty

    async def probe(self) -> ProfileState:
        """What is there."""
        if not self._empty:
            self.node, self._empty = await verified(populated()), True
        return await super().probe()


def stage(scene: Scene) -> tuple[ChattorApp, PlayedGateway]:
    """The application and its gateway, not running yet."""
    gateway = SceneGateway(scene)
    return ChattorApp(gateway, options(scene.theme, ascii_only=scene.ascii_only, pause=scene.pause)), gateway


async def perform(scene: Scene, pilot: Pilot[int], gateway: PlayedGateway) -> None:
    """Play it to its end."""
    app = pilot.app
    assert isinstance(app, ChattorApp)
    now = Stage(app=app, pilot=pilot, gateway=gateway)
    await until(pilot, lambda: len(app.screen_stack) > 1)
    await now.settle()
    await now.press(*scene.keys)
    if scene.play:
        await scene.play(now)
    await now.settle()


@asynccontextmanager
async def playing(scene: Scene) -> AsyncIterator[Stage]:
    """A scene to go on from."""
    app, gateway = stage(scene)
    async with app.run_test(size=scene.size) as pilot:
        await perform(scene, pilot, gateway)
        yield Stage(app=app, pilot=pilot, gateway=gateway)


async def _create(now: Stage) -> None:
    await now.type("mara")
    await now.press("enter")
    await now.type(PASSPHRASE)
    await now.press("enter")
    await now.type(PASSPHRASE)


async def _created(now: Stage) -> None:
    await _create(now)
    await now.press("enter")
    now.node.tor_moves(CONNECTING)


async def _unlocked(now: Stage) -> None:
    now.node.tor_moves(CONNECTING)
    await now.type(PASSPHRASE)
    await now.press("enter")


async def _quit(now: Stage) -> None:
    await now.type(PASSPHRASE)
    await now.press("enter", "ctrl+q")


async def _bad_code(now: Stage) -> None:
    await now.press("alt+n")
    await now.type("ct1nonsense")
    await now.press("enter", "enter")
    await now.type("it is me")
    await now.press("enter")


async def _refused(now: Stage) -> None:
    await now.press("enter")
    await now.type("/dance with me")
    await now.press("enter")


async def _to_ada(now: Stage) -> None:
    await now.press("ctrl+k")
    await now.type("ada")
    await now.press("enter")


async def _alarmed(now: Stage) -> None:
    now.node.peer_alarms("ada", "ada showed another identity key than before")
    await _to_ada(now)


async def _lost(now: Stage) -> None:
    await _to_ada(now)
    await now.gateway.daemon_stops()
    await until(now.pilot, lambda: now.app.view.lost)


async def _feeds(now: Stage) -> None:
    """A channel of ours with what was said in it, and one of ada's."""
    ours = await now.node.channels_publish("public", "The shop opens at ten on Saturday.")
    await now.node.channels_publish("public", LONG)
    await now.node.channels_retract((await now.node.channels_publish("public", "Wrong day, forget this.")).id)
    now.node.peer_posts("ada", "Two seats are left for the reading on Friday.", "One seat is left.", missing=2)
    await until(now.pilot, lambda: any(one.posts == 2 for one in now.app.view.channels))
    assert ours.channel == "c1"


async def _to_channel(now: Stage, name: str) -> None:
    await _feeds(now)
    await now.press("alt+c")
    await now.type(name)
    await now.press("enter")


async def _own_feed(now: Stage) -> None:
    await _to_channel(now, "public")


async def _adas_feed(now: Stage) -> None:
    await _to_channel(now, "ada/public")


async def _search(now: Stage) -> None:
    await now.press("f3")
    await now.type("the")
    await until(now.pilot, lambda: "Good morning" in now.text() or "release" in now.text())


async def _chosen(now: Stage) -> None:
    await _to_ada(now)
    await now.press("up", "up")


async def _locked(now: Stage) -> None:
    await _to_ada(now)
    await now.node.door.lock()
    await until(now.pilot, lambda: now.screen == "LockedScreen")


async def _former(now: Stage) -> None:
    await now.node.rotate_onion()
    await now.press("alt+i")


async def _agent(now: Stage) -> None:
    now.node.peer_is("ada", Being.AGENT, "search", "translate.fr")
    now.node.peer_is("boris", Being.AGENT)
    working = Activity(state=Doing.WORKING, words="reading the logs")
    now.node.peer_shows("ada", online=True, activity=working)
    await _to_ada(now)
    await now.settle()


async def _alike(now: Stage) -> None:
    now.node.peer_asks("аda", "It is me!")
    await now.settle()
    await now.press("alt+r")


async def _channels(now: Stage) -> None:
    await _feeds(now)
    await now.press("alt+c")


def _commanded(*lines: str) -> Callable[[Stage], Awaitable[None]]:
    """Slash commands in Ada's conversation, and what is written after them."""

    async def play(now: Stage) -> None:
        await _to_ada(now)
        for line in lines:
            await now.type(line)
            await now.press("enter")

    return play


async def _subscribe(now: Stage) -> None:
    await now.press("enter")
    await now.type("/subscribe")
    await now.press("enter")


_SMALL: Final = (40, 12)
_WIDE: Final = (120, 40)

SCENES: Final[dict[str, Scene]] = {
    "welcome": Scene(exists=False, running=False, empty=True, play=_create),
    "welcome-small": Scene(size=_SMALL, exists=False, running=False, empty=True, play=_create),
    "first-code": Scene(exists=False, running=False, empty=True, play=_created),
    "first-code-small": Scene(size=_SMALL, exists=False, running=False, empty=True, play=_created),
    "unlock": Scene(running=False),
    "unlock-small": Scene(size=_SMALL, running=False),
    "connecting": Scene(running=False, play=_unlocked),
    "connecting-small": Scene(size=_SMALL, running=False, play=_unlocked),
    "empty": Scene(empty=True),
    "main": Scene(),
    "main-small": Scene(size=_SMALL),
    "main-wide": Scene(size=_WIDE),
    "chat": Scene(play=_to_ada),
    "chat-small": Scene(size=_SMALL, play=_to_ada),
    "chat-wide": Scene(size=_WIDE, play=_to_ada),
    "chat-wide-light": Scene(size=_WIDE, theme="light", play=_to_ada),
    "chat-high-contrast": Scene(theme="high-contrast", play=_to_ada),
    "chat-colour-blind": Scene(theme="colour-blind", play=_to_ada),
    "chat-cyberpunk": Scene(theme="cyberpunk", play=_to_ada),
    "chat-minimal": Scene(theme="minimal", play=_to_ada),
    "chat-rose-pine": Scene(theme="rose-pine", play=_to_ada),
    "chat-rose-pine-dawn": Scene(theme="rose-pine-dawn", play=_to_ada),
    "chat-rose-pine-moon": Scene(theme="rose-pine-moon", play=_to_ada),
    "chat-light": Scene(theme="light", play=_to_ada),
    "chat-ascii": Scene(ascii_only=True, play=_to_ada),
    "refused": Scene(play=_refused),
    "add-friend": Scene(keys=("alt+n",)),
    "bad-code": Scene(play=_bad_code),
    "bad-code-small": Scene(size=_SMALL, play=_bad_code),
    "requests": Scene(keys=("alt+r",)),
    "requests-light": Scene(theme="light", keys=("alt+r",)),
    "requests-small": Scene(size=_SMALL, keys=("alt+r",)),
    "my-code": Scene(keys=("alt+i",)),
    "my-code-wide": Scene(size=_WIDE, keys=("alt+i",)),
    "my-code-small": Scene(size=_SMALL, keys=("alt+i",)),
    "outbox": Scene(keys=("alt+o",)),
    "verify": Scene(keys=("enter", "alt+v")),
    "verify-small": Scene(size=_SMALL, keys=("enter", "alt+v")),
    "help": Scene(keys=("f1",)),
    "palette": Scene(keys=("enter", "ctrl+p")),
    "palette-small": Scene(size=_SMALL, keys=("enter", "ctrl+p")),
    "jump": Scene(keys=("ctrl+k",)),
    "themes": Scene(keys=("f9",)),
    "quit": Scene(running=False, play=_quit),
    "feed": Scene(play=_own_feed),
    "feed-small": Scene(size=_SMALL, play=_own_feed),
    "feed-wide": Scene(size=_WIDE, play=_adas_feed),
    "search": Scene(play=_search),
    "search-wide": Scene(size=_WIDE, play=_search),
    "chosen": Scene(play=_chosen),
    "chosen-wide": Scene(size=_WIDE, play=_chosen),
    "settings": Scene(keys=("alt+s",)),
    "settings-small": Scene(size=_SMALL, keys=("alt+s",)),
    "settings-wide": Scene(size=_WIDE, keys=("alt+s",)),
    "locked": Scene(play=_locked),
    "former": Scene(size=_WIDE, play=_former),
    "alike": Scene(play=_alike),
    "channels": Scene(play=_channels),
    "subscribe": Scene(play=_subscribe),
    "friend": Scene(play=_commanded("/friend")),
    "friend-small": Scene(size=_SMALL, play=_commanded("/friend")),
    "rotate": Scene(play=_commanded("/rotate identity")),
    "backup": Scene(play=_commanded("/backup")),
    "passphrase": Scene(play=_commanded("/passphrase", "correct horse", "battery staple horse")),
    "profiles": Scene(play=_commanded("/profiles")),
    "wipe": Scene(play=_commanded("/wipe", "work")),
    "wipe-small": Scene(size=_SMALL, play=_commanded("/wipe", "work")),
    "agent": Scene(play=_agent),
    "agent-small": Scene(size=_SMALL, play=_agent),
    "alarm": Scene(play=_alarmed),
    "lost": Scene(play=_lost),
}
