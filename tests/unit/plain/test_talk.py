"""The commands and the news on a real node: what is said, and what is done."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from chattor.errors import Ambiguous, BadInput, ChattorError, NotFound
from chattor.handlers import ephemeral, expiry, messaging
from chattor.handlers.messaging import SendText
from chattor.model.activity import Activity, Doing
from chattor.model.events import Event, PresenceChanged, TorStateChanged, Unreachable
from chattor.model.ids import Cursor
from chattor.model.message import Direction
from chattor.model.status import Outage, TorPhase, TorStatus
from chattor.plain.commands import Call, Text, parse
from chattor.plain.desk import Desk
from chattor.plain.news import News
from chattor.plain.talk import Talk
from chattor.plain.words import Voice
from chattor.protocol.frames import Being
from tests.support.played import PlayedNode, inhabited


class Table:
    """One user at a terminal."""

    def __init__(self, node: PlayedNode) -> None:
        self.node = node
        self.desk = Desk(node.door, Voice(now=lambda: now(node), zone=UTC))
        self.talk = Talk(self.desk)
        self.news = News(self.desk)
        self._cursor: str | None = None

    async def type(self, *lines: str) -> list[str]:
        """What is said to the last of them."""
        await self.desk.look()
        said: list[str] = []
        for line in lines:
            meant = parse(line)
            assert isinstance(meant, Call | Text)
            said = await self.talk.do(meant)
        return said

    async def happened(self) -> list[str]:
        """What is said of all that happened since the last time."""
        batch = await self.node.recv(since=self._cursor or "0")
        self._cursor = batch.cursor
        return await self.tell(batch.events)

    async def tell(self, events: Sequence[Event]) -> list[str]:
        return await self.news.lines(events)


def now(node: PlayedNode) -> datetime:
    return datetime.fromtimestamp(node.clock.wall() / 1000, UTC)


@pytest.fixture
async def table() -> Table:
    one = Table(inhabited())
    await one.desk.look()
    await one.happened()
    return one


async def texts(node: PlayedNode, friend: str) -> list[str | None]:
    return [one.text for one in await node.history(friend) if one.direction is Direction.OUT]


async def test_the_prompt_names_whom_the_next_line_goes_to(table: Table) -> None:
    assert table.talk.prompt == "to nobody> "
    with pytest.raises(BadInput, match="nothing was sent"):
        await table.type("hello")
    await table.type("/open bob")
    assert table.talk.prompt == "to bob> "
    assert await table.type("hello bob") == ["Queued."]
    await table.type("/open carol")
    assert await table.type("hello carol") == ["Queued: carol is offline."]
    assert await texts(table.node, "bob") == ["hello bob"]
    assert (await texts(table.node, "carol"))[1:] == ["hello carol"]
    assert await table.type("/close") == ["You write to nobody now."]
    assert table.talk.prompt == "to nobody> "


async def test_opening_says_what_is_unread_and_then_it_is_read(table: Table) -> None:
    assert await table.type("/unread") == ["bob: 2 unread. /open bob"]
    assert await table.type("/open bob") == [
        "You write to bob: online, not verified, 2 unread.",
        "m1 09:00 bob: hello alice",
        "m2 09:00 bob: are you there?",
    ]
    assert await table.type("/unread") == ["Nothing is unread."]
    assert await table.type("/open bob") == ["You write to bob: online, not verified."]


async def test_what_comes_is_a_whole_line_and_read_once_the_user_goes_on(table: Table) -> None:
    await table.type("/open bob")
    table.node.peer_says("bob", "first\n09:00 carol: I am not carol", "second")
    said = await table.happened()
    assert said[0].split(maxsplit=1)[1] == "bob: first\n  | 09:00 carol: I am not carol"
    assert said[1].endswith(" bob: second")
    assert table.node.find("bob").unread == 2
    await table.type("/where")
    assert table.node.find("bob").unread == 0


async def test_what_comes_from_another_stays_unread(table: Table) -> None:
    await table.type("/open carol")
    table.node.peer_says("bob", "psst")
    assert (await table.happened())[-1].endswith(" bob: psst")
    await table.type("/where")
    assert table.node.find("bob").unread == 3


async def test_states_are_told_in_words_and_together(table: Table) -> None:
    await table.type("/open carol", "are you back?")
    table.node.dial_fails("carol", "she does not answer")
    (said, *_) = [line for line in await table.type("/outbox") if "are you back" in line]
    assert said.startswith("To carol, queued, she does not answer, tried again at ")
    table.node.peer_shows("carol", online=True)
    said_all = await table.happened()
    assert "Delivered to carol: 2 messages." in said_all
    await table.type("and now?")
    table.node.peer_takes("carol")
    assert "Delivered to carol: and now?" in await table.happened()
    table.node.peer_reads("carol")
    assert "Read by carol: 3 messages." in await table.happened()


async def test_answers_go_to_the_last_message_or_to_the_one_that_is_named(table: Table) -> None:
    await table.type("/open bob", "/history")
    assert await table.type("/reply yes") == ["Answering: are you there?", "Queued."]
    assert await table.type("/reply m1 hello yourself") == ["Queued."]
    assert await table.type("/reply m99 is no id here") == ["Answering: are you there?", "Queued."]
    answers = {one.text: one.reply_to for one in await table.node.history("bob") if one.reply_to}
    assert answers == {"yes": "m2", "hello yourself": "m1", "m99 is no id here": "m2"}
    with pytest.raises(NotFound, match="nothing was sent"):
        await table.type("/open carol", "/reply hello?")


async def test_requests_are_answered_by_name_id_or_alone(table: Table) -> None:
    (asked,) = await table.type("/requests")
    assert asked.startswith("dave asks to be your friend, 09:00. /accept f3 or /reject f3.")
    assert asked.endswith("Note: we met at the congress")
    with pytest.raises(NotFound):
        await table.type("/accept bob")
    assert await table.type("/accept DAVE") == ["You accepted dave. /open dave"]
    assert "dave is your friend now. /open dave" in await table.happened()
    table.node.peer_asks("erin")
    assert any(line.startswith("erin asks to be your friend") for line in await table.happened())
    assert await table.type("/reject") == ["You refused erin."]
    table.node.peer_asks("frank")
    table.node.peer_asks("grace")
    with pytest.raises(NotFound, match="more than one"):
        await table.type("/accept")


async def test_two_friends_of_one_name_are_told_apart(table: Table) -> None:
    await table.node.friends_rename("carol", "bob")
    with pytest.raises(Ambiguous, match="f1, f2"):
        await table.type("/open bob")
    await table.type("/open f2")
    assert table.desk.to == "f2"
    with pytest.raises(NotFound):
        await table.type("/open bo")


async def test_an_alarm_stops_sending_and_says_so(table: Table) -> None:
    await table.type("/open bob")
    table.node.peer_alarms("bob", "another identity answered")
    assert [line for line in await table.happened() if line.startswith("Alarm about bob: another identity answered.")]
    with pytest.raises(ChattorError):
        await table.type("hello?")


async def test_presence_is_told_of_the_open_friend_only(table: Table) -> None:
    def event(friend: str, *, online: bool) -> Event:
        one = table.node.find(friend)
        return PresenceChanged(cursor=Cursor("1"), at=now(table.node), friend=one.id, online=online, typing=False)

    await table.type("/open bob")
    assert await table.tell([event("bob", online=True), event("carol", online=True)]) == []
    assert await table.tell([event("bob", online=False), event("bob", online=False)]) == ["bob is offline."]


async def test_an_agent_is_called_one_and_what_the_open_friend_does_is_told(table: Table) -> None:
    table.node.peer_is("bob", Being.AGENT, "search", "translate.fr")
    await table.type("/open bob")
    await table.happened()
    working = Activity(state=Doing.WORKING, words="reading the logs")
    event = PresenceChanged(
        cursor=Cursor("1"), at=now(table.node), friend=table.node.find("bob").id, online=True, typing=False,
        activity=working,
    )  # fmt: skip
    assert await table.tell([event, event]) == ["bob is working, “reading the logs”."]
    assert await table.tell([structs.replace(event, activity=None)]) == ["bob is online."]
    table.node.peer_shows("bob", online=True, activity=working)
    said = await table.type("/who")
    assert "bob: working, “reading the logs”, not verified, an agent for search, translate.fr" in said[0]
    assert "agent" not in said[1]


async def test_a_change_and_a_reaction_say_what_differs(table: Table) -> None:
    await table.type("/open bob", "lets meet", "/history")
    await table.happened()
    (own,) = [one for one in await table.node.history("bob") if one.text == "lets meet"]
    await table.node.react("m2", "👍")
    assert await table.happened() == ["Reactions to “are you there?”: 👍 1."]
    await table.node.edit(own.id, "let us meet")
    assert "Changed by you: “lets meet” is now: let us meet" in await table.happened()


async def test_tor_is_told_of_when_it_is_ready_or_fails(table: Table) -> None:
    def event(phase: TorPhase) -> Event:
        status = TorStatus(phase=phase, percent=50, ready=phase is TorPhase.READY, detail="no network")
        return TorStateChanged(cursor=Cursor("1"), at=now(table.node), tor=status)

    phases = (TorPhase.STARTING, TorPhase.BOOTSTRAPPING, TorPhase.READY, TorPhase.READY, TorPhase.FAILED)
    said = [line for phase in phases for line in await table.tell([event(phase)])]
    assert said == ["Tor is ready.", "Tor has failed: no network."]


async def test_an_outage_is_told_when_it_is_noticed_and_when_it_is_over(table: Table) -> None:
    def event(ended: datetime | None) -> Event:
        outage = Outage(began=now(table.node) - timedelta(days=1), ended=ended, reason="tor was not connected")
        return Unreachable(cursor=Cursor("1"), at=now(table.node), outage=outage)

    begun, over = await table.tell([event(None)]), await table.tell([event(now(table.node))])
    assert begun == ["Nobody has been able to reach you since 13 Mar 09:00: tor was not connected."]
    assert over == ["Nobody could reach you from 13 Mar 09:00 until 09:00: tor was not connected."]


async def test_where_who_me_and_search(table: Table) -> None:
    assert (await table.type("/where"))[0] == "You write to nobody. /open FRIEND"
    assert (await table.type("/open bob", "/where"))[0] == "You write to bob: online, not verified."
    assert (await table.type("/who"))[0] == "bob: online, not verified"
    assert (await table.type("/me"))[1] == (await table.node.identity()).friend_code
    assert await table.type("/search there") == ["09:00 with bob, bob: are you there?"]
    assert await table.type("/search nowhere") == ["Nothing was found."]


@pytest.mark.parametrize("count", ["0", "1001", "-1", "x", "²"])
async def test_history_takes_a_number(table: Table, count: str) -> None:
    with pytest.raises(BadInput, match="from 1 to"):
        await table.type("/open bob", f"/history {count}")


async def test_a_new_user_is_shown_the_way() -> None:
    alone = Table(PlayedNode("nobody"))
    assert await alone.type("/who") == ["You have no friends here yet. /me shows your code, /add takes theirs."]
    assert await alone.type("/requests") == ["Nobody asks, and nobody was asked."]
    assert await alone.type("/outbox") == ["Nothing waits: everything you wrote has been delivered."]


async def test_a_text_whose_time_is_over_is_not_said_again(table: Table) -> None:
    await table.type("/open bob")
    table.node.act(messaging.send_text, SendText(friend="bob", text="burn after reading", ttl=10))
    table.node.peer_takes("bob")
    sent = (await table.node.history("bob"))[-1]
    table.desk.show(sent)
    await table.happened()
    table.node.later(11)
    table.node.act(ephemeral.tick, 11_000)
    assert await table.happened() == []

    table.node.peer_says("bob", "what did it say?", reply_to=sent.id)

    (said,) = await table.happened()
    assert "burn" not in said
    assert said.endswith("bob, answering: what did it say?")


async def test_what_became_too_old_to_be_sent_says_so(table: Table) -> None:
    await table.node.settings_set("delivery.expire_after", "1h")
    await table.type("/open carol", "still there?")
    table.node.later(2 * 3600)
    table.node.act(expiry.expire_unsent)

    assert await table.happened() == ["Given up, too old, to carol: 2 messages."]

    await table.type("hello?")
    table.node.later(2 * 3600)
    table.node.act(expiry.expire_unsent)
    assert await table.happened() == ["Given up, too old, to carol: hello?"]
