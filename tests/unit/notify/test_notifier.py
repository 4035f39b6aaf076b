"""The shell: one look for all that came, one notification for a burst, and nothing that waits in `heed`."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest

from chattor.config.settings import NotificationSettings
from chattor.errors import Locked
from chattor.notify.decide import Around, Notification
from chattor.notify.notifier import Notifier, Outlets, wanted_of
from tests.support.desktop import FAILS, desktop
from tests.support.played import PlayedNode, bury
from tests.support.recorder import Recorder
from tests.unit.notify.test_decide import AWAY, BEN, NAME, message, post

TEXT = NotificationSettings(content="text")
HELLO = Notification(headline="Hello", about="x")


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    monkeypatch.setenv("PATH", str(tmp_path))
    return Recorder(tmp_path)


class Told:
    """Looks as it was told, and keeps what was handed out."""

    def __init__(self, *looks: tuple[NotificationSettings, Around] | Locked | None) -> None:
        self._looks = list(looks)
        self.looked = 0
        self.said: list[str] = []
        self.open = asyncio.Event()
        self.open.set()

    async def look(self) -> tuple[NotificationSettings, Around] | None:
        found = self._looks[min(self.looked, len(self._looks) - 1)]
        self.looked += 1
        if isinstance(found, Locked):
            raise found
        return found

    async def tell(self, notification: Notification, _: NotificationSettings) -> None:
        await self.open.wait()
        self.said.append(": ".join(filter(None, (notification.headline, notification.text))))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Notifier]:
        notifier = Notifier(self.look, self.tell, lambda: 0.0)
        task = asyncio.create_task(notifier.run())
        yield notifier
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def feed(notifier: Notifier, *bundles: Iterable[object]) -> None:
    for bundle in bundles:
        notifier.heed(bundle)
        for _ in range(10):
            await asyncio.sleep(0)


async def test_a_bundle_is_one_look_and_the_last_of_each_friend() -> None:
    told = Told((TEXT, AWAY))
    async with told.running() as notifier:
        await feed(notifier, [message("one"), message("two"), message("hi", by=BEN), "no event"])
    assert told.looked == 1
    assert told.said == ["New message from ada: two", "New message from ben: hi"]


async def test_of_a_burst_only_the_beginning_is_told() -> None:
    told = Told((NAME, AWAY))
    async with told.running() as notifier:
        await feed(notifier, [message("one")], [message("two")], [post()])
    assert told.said == ["New message from ada", "New post by ada"]


async def test_while_a_desktop_hangs_what_comes_is_kept_within_bounds() -> None:
    told = Told((TEXT, AWAY))
    told.open.clear()
    async with told.running() as notifier:
        await feed(notifier, [message("first")])
        for number in range(10_000):
            notifier.heed([message(str(number), by=BEN)])
        assert len(notifier._pending) == 1
        told.open.set()
        await feed(notifier, [])
    assert told.said == ["New message from ada: first", "New message from ben: 9999"]


async def test_what_cannot_be_looked_up_is_told_to_nobody_and_the_next_one_is() -> None:
    told = Told(Locked("the profile is locked"), None, (NAME, AWAY))
    async with told.running() as notifier:
        await feed(notifier, [message()], [message()], [message()])
    assert told.said == ["New message from ada"]


async def test_what_is_wanted_is_asked_of_the_node_each_time() -> None:
    node = PlayedNode("alice")
    try:
        assert await wanted_of(node.door) == NotificationSettings()
        await node.door.settings_set("notifications.enabled", "off")
        await node.door.settings_set("notifications.content", "text")
        assert await wanted_of(node.door) == NotificationSettings(enabled=False, content="text")
    finally:
        bury()


@pytest.mark.parametrize(
    ("wanted", "works", "written"),
    [
        (NotificationSettings(how="terminal"), True, "\x1b]99;i=chattor;chattor: Hello\x1b\\"),
        (NotificationSettings(how="terminal", sequence="osc9"), True, "\x1b]9;chattor: Hello\x1b\\"),
        (NotificationSettings(how="bell"), True, "\a"),
        (NotificationSettings(how="desktop"), True, ""),
        (NotificationSettings(how="desktop"), False, "\x1b]99;i=chattor;chattor: Hello\x1b\\"),
    ],
)
async def test_each_way_and_the_next_best(wanted: NotificationSettings, works: bool, written: str) -> None:
    said: list[str] = []
    with desktop("" if works else FAILS) as shows:
        await Outlets(said.append, {"TERM": "xterm-kitty"}).tell(HELLO, wanted)
    assert "".join(said) == written
    assert len(shows.shown) == (wanted.how == "desktop")


@pytest.mark.parametrize(
    ("tmux", "says", "written"),
    [
        ("auto", "on", "\x1bPtmux;\x1b\x1b]9;chattor: Hello\x1b\x1b\\\x1b\\"),
        ("auto", "off", "\a"),
        ("on", "off", "\x1bPtmux;\x1b\x1b]9;chattor: Hello\x1b\x1b\\\x1b\\"),
        ("off", "on", "\a"),
    ],
)
async def test_through_tmux_only_if_asked_for_or_if_tmux_says_so(
    tmux: Literal["auto", "on", "off"], says: str, written: str, path: Recorder
) -> None:
    path.install("tmux", f"print({says!r})")
    said: list[str] = []
    wanted = NotificationSettings(sequence="osc9", tmux=tmux)
    await Outlets(said.append, {"TMUX": "x"}).tell(HELLO, wanted)
    assert said == [written]
    assert len(path.calls("tmux")) == (tmux == "auto")
