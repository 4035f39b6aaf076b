"""The outbox holds more than messages: requests, edits, reactions, which have no id of their own."""

from chattor.tui.widgets.plain import Choice
from chattor.tui.widgets.rows import RowList
from tests.support.peers import code_of
from tests.support.scenes import Scene, Stage, playing


def _rows(now: Stage) -> RowList:
    return now.app.screen.query_one(RowList)


async def _choose(now: Stage, key: str) -> None:
    await now.press("home")
    for _ in range(_rows(now).keys.index(key)):
        await now.press("down")


async def test_only_messages_and_requests_can_be_taken_back() -> None:
    async with playing(Scene()) as now:
        sent = await now.node.send("千代", "hello")
        now.node.peer_takes("千代")
        await now.node.friends_add(code_of("ulla"), "ulla")
        await now.node.react(sent.id, "🎉")
        await now.node.edit(sent.id, "hello again")
        await now.node.send("千代", "one more thing")
        await now.press("alt+o", "home")
        offered = {}
        for key in _rows(now).keys:
            assert _rows(now).cursor == key
            button = now.app.screen.query_one("#cancel", Choice)
            offered[key] = str(button.label) if button.display else ""
            await now.press("down")
        ulla, away = now.node.find("ulla").id, now.node.find("千代").id
        assert offered[f"{ulla} 0"] == "Cancel request"
        assert (offered[f"{away} 0"], offered[f"{away} 1"]) == ("", "")
        assert "Cancel message" in offered.values()

        await _choose(now, f"{away} 1")
        await now.press("c")
        assert "Only messages and requests can be taken back" in now.text()
        await _choose(now, f"{ulla} 0")
        await now.press("c")
        assert "ulla" not in [one.name for one in await now.node.friends_list()]
        assert f"{ulla} 0" not in _rows(now).keys
