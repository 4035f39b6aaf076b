"""docs/examples/chattor.js in a page of a real browser: it calls, hears, outlives the node, and only where it may."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Final

from chattor.demo.patience import eventually
from chattor.model.message import Direction
from chattor.websocket.server import serving
from tests.support.browser import page, program, site
from tests.support.played import inhabited
from tests.support.served import hosted

PATIENCE: Final = 120.0  # s
SCRIPT: Final = Path(__file__).parents[3] / "docs/examples/chattor.js"
PAGE: Final = """<!doctype html><script type="module">
import { Chattor } from "./chattor.js";
const tell = (what) => fetch("/told", { method: "POST", body: JSON.stringify(what) });
const [url, token] = location.hash.slice(1).split(",");
const chattor = new Chattor(url, token);
try {
  await tell((await chattor.call("friends.list")).map((friend) => friend.name));
  await chattor.call("agents.list").catch((error) => tell(error.code));
  for await (const event of chattor.events()) {
    if (event.event === "message_received") {
      await chattor.call("send", { friend: event.friend, text: `so ${event.message.text}?`, key: event.id });
      await tell(event.message.text);
    }
  }
} catch (error) { await tell(error.code ?? String(error)); }
</script>"""

PATIENT: Final = """<!doctype html><script type="module">
import { Chattor } from "./chattor.js";
const waits = [], soon = setTimeout;
window.setTimeout = (wake, ms) => { waits.push(ms / 1000); return soon(wake, 0); };
new Chattor(location.hash.slice(1), "any").events().next();
while (waits.length < 8) await new Promise((resolve) => soon(resolve, 10));
await fetch("/told", { method: "POST", body: JSON.stringify(waits.slice(0, 8)) });
</script>"""


@contextmanager
def _directory(page: str = PAGE) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ct") as path:
        shutil.copy(SCRIPT, path)
        (Path(path) / "index.html").write_text(page)
        yield Path(path)


async def test_a_page_calls_and_hears_and_outlives_the_node() -> None:
    program()
    node = inhabited()
    token = (await node.door.agents_add("page", ["bob"])).token

    async def listens() -> bool:
        return node.listeners > 0

    with _directory() as directory, site(directory) as (origin, told):
        socket = directory / "s"
        async with AsyncExitStack() as first, serving(socket, 0, [origin]) as port:
            await first.enter_async_context(hosted(node, socket))
            async with page(f"{origin}/#ws://127.0.0.1:{port},{token}"):
                assert [await told.get(), await told.get()] == [["bob", "carol", ""], "not_granted"]
                await eventually(listens, "the page to listen", within=PATIENCE)
                node.peer_says("bob", "hello page")
                assert await told.get() == "hello page"
                await first.aclose()
                node.peer_says("bob", "hello again")
                async with hosted(node, socket):
                    assert await told.get() == "hello again"
    said = [one.text for one in await node.history("bob") if one.direction is Direction.OUT]
    assert said == ["so hello page?", "so hello again?"]


async def test_a_page_from_elsewhere_stays_outside_with_the_best_of_tokens() -> None:
    program()
    node = inhabited()
    token = (await node.door.agents_add("page", ["bob"])).token
    with _directory() as directory, site(directory) as (origin, told):
        socket = directory / "s"
        async with (
            hosted(node, socket),
            serving(socket, 0, ["http://127.0.0.1:1"]) as port,
            page(f"{origin}/#ws://127.0.0.1:{port},{token}"),
        ):
            assert await told.get() == "no_daemon"
    assert await node.door.agents_log() == []


async def test_a_page_tries_a_gateway_that_is_away_ever_more_seldom() -> None:
    program()
    with _directory(PATIENT) as directory, site(directory) as (origin, told):
        gateway = serving(directory / "s", 0, [origin])  # no node behind it
        async with gateway as port, page(f"{origin}/#ws://127.0.0.1:{port}"):
            assert await told.get() == [1, 2, 4, 8, 16, 32, 60, 60]
