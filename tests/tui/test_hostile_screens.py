"""Every screen, dialog and command there is, with hostile text in all that others can write.

A command or a screen that is not met on the way fails these tests, unless it is named here with the reason.
"""

import importlib
import pkgutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Final

import pytest
from msgspec import structs
from textual.screen import Screen

import chattor.tui
from chattor.model.ids import FriendId
from chattor.model.status import TorPhase, TorStatus
from chattor.tui.actions import ACTIONS
from chattor.tui.commands import BY_NAME, COMMANDS
from chattor.tui.screens.main import Main
from chattor.tui.widgets.conversation import Conversation
from tests.support.hostile import EVERYTHING, WickedGateway, fuzzed, harm
from tests.support.played import PASSPHRASE
from tests.support.scenes import Stage, options, until
from tests.tui.test_hostile import OBEYED, Unguarded

APART: Final = {"quit": "leaves", "lock": "comes last", "editor": "another program has the terminal"}
ABSTRACT: Final = {"Chooser", "Dialog", "FocusLate", "Page"}
BEFORE: Final = {"Connecting", "FirstCode", "Unlock", "Welcome"}
"""On the way to the main screen."""
FURTHER: Final = {"find": [*"before"], "search": [*"before"], "friend": ["end", "enter"]}
"""Keys that lead on from where a command led."""
PAYLOADS: Final = {"everything": EVERYTHING, "fuzzed": fuzzed(4)}
CONNECTING: Final = TorStatus(phase=TorPhase.BOOTSTRAPPING, percent=45)


def screens() -> set[str]:
    """Of the whole interface, by the names of their classes."""
    for module in pkgutil.walk_packages(chattor.tui.__path__, "chattor.tui."):
        importlib.import_module(module.name)
    return {one.__name__ for one in below(Screen) if one.__module__.startswith("chattor.")} - ABSTRACT


def below(kind: type[object]) -> Iterator[type[object]]:
    """All that are made of it."""
    for one in type.__subclasses__(kind):
        yield one
        yield from below(one)


class Walk:
    """What was met, and what it looked like."""

    def __init__(self, now: Stage) -> None:
        self.now = now
        self.met: set[str] = set()
        self.pages: list[str] = []

    async def look(self) -> None:
        await self.now.settle()
        self.met.add(self.now.screen)
        self.pages.append(self.now.text())

    async def back(self) -> None:
        for _ in range(4):
            if self.now.screen != "Main":
                await self.now.press("escape")
        assert self.now.screen == "Main"

    async def commands(self) -> None:
        for command in COMMANDS:
            if command.name not in APART:
                self.now.app.open_chat(FriendId("f1"))
                self.now.app.run_command(command)
                await self.look()
                await self.now.press(*FURTHER.get(command.name, ()))
                await self.look()
                await self.back()

    async def actions(self) -> None:
        for action in ACTIONS:
            self.now.app.open_chat(FriendId("f1"))
            await self.now.settle()
            main, thread = self.now.app.screen, self.now.app.view.thread
            assert isinstance(main, Main)
            assert thread
            for message in filter(action.fits, thread.messages):
                main.on_conversation_acted(Conversation.Acted(action.name, message))
                await self.look()
                await self.back()


@asynccontextmanager
async def walking(gateway: WickedGateway) -> AsyncIterator[Walk]:
    app = Unguarded(gateway, options())
    async with app.run_test(size=(100, 30)) as pilot:
        walk = Walk(Stage(app=app, pilot=pilot, gateway=gateway))
        await until(pilot, lambda: walk.now.screen != "Screen")
        yield walk
        assert app.return_code is None, "nothing a peer wrote ends the program"
    assert not [page for page in walk.pages if OBEYED.search(page)]
    assert any("evil" in page or "52;c;" in page for page in walk.pages), "the text came here"


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_no_screen_shows_what_a_terminal_obeys(payload: str) -> None:
    gateway = WickedGateway(PAYLOADS[payload])
    async with walking(gateway) as walk:
        await until(walk.now.pilot, lambda: walk.now.screen == "Main")
        await walk.commands()
        await walk.actions()
        harm(gateway.node, PAYLOADS[payload])
        await walk.look()
        walk.now.app.run_command(BY_NAME["lock"])
        await until(walk.now.pilot, lambda: walk.now.screen == "LockedScreen")
        await walk.look()
    assert walk.met == screens() - BEFORE


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("exists", [True, False])
async def test_nor_does_one_on_the_way_there(exists: bool, payload: str) -> None:
    gateway = WickedGateway(PAYLOADS[payload], exists=exists, running=False)
    async with walking(gateway) as walk:
        await walk.look()
        gateway.node.tor_moves(structs.replace(CONNECTING, detail=PAYLOADS[payload]))
        for words in (PASSPHRASE,) if exists else ("mara", PASSPHRASE, PASSPHRASE):
            await walk.now.type(words)
            await walk.now.press("enter")
        gateway.node.tor_moves(structs.replace(CONNECTING, detail=PAYLOADS[payload]))
        await walk.look()
        walk.now.app.enter()
        await walk.look()
    assert walk.met == {"Main", *({"Unlock", "Connecting"} if exists else {"Welcome", "FirstCode"})}


def test_what_is_named_here_exists() -> None:
    assert {*APART, *FURTHER} <= set(BY_NAME)
    assert screens() >= BEFORE
