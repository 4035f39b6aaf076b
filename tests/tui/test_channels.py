"""Channels in the interface: what their rows say, and how one reads, writes and takes back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec import structs

from chattor.model.channel import Access, Channel, Post
from chattor.model.ids import ChannelId, FriendId, PostId
from chattor.tui.feed import FeedLook, empty, notice, rows
from chattor.tui.glyphs import UNICODE
from chattor.tui.places import places
from chattor.tui.screens.feed_pane import FeedPane
from chattor.tui.state import reduce
from chattor.tui.updates import ChannelsLoaded, FeedLoaded, FeedOpened, Opened
from chattor.tui.view import Feed, View
from tests.support.peers import code_of
from tests.support.scenes import SCENES, Scene, Stage, playing, until

AT = datetime(2026, 3, 14, 9, tzinfo=UTC)
LOOK = FeedLook(glyphs=UNICODE, zone=UTC, today=date(2026, 3, 14), cells=60)
NEWS = Channel(
    id=ChannelId("c3"), name="news", owner="ada", own=False, access=Access.PUBLIC, subscribed=True, posts=2, unread=1,
    last_sync=AT, friend=FriendId("f1"),
)  # fmt: skip


def post(number: int, **changes: object) -> Post:
    one = Post(
        id=PostId(f"p{number}"), channel=NEWS.id, seq=number, text=f"post {number}",
        created_at=AT + timedelta(minutes=number), seen_by=None, retracted=False,
    )  # fmt: skip
    return structs.replace(one, **changes)


def said(one: Channel, *posts: Post) -> str:
    drawn = rows(Feed(channel=one.id, posts=posts, loaded=True), one, LOOK)
    return "\n".join("".join(text for text, _ in (*left, *right)) for row in drawn for left, right in row.lines)


def test_what_is_missing_taken_back_or_contradicted_is_said_in_words() -> None:
    text = said(NEWS, post(1), post(4, gap=2), post(5, text=None, retracted=True), post(6, contradicted=True))
    assert "2 posts are missing here" in text
    assert "this post was taken back" in text
    assert "another post claims this place" in text
    assert text.index("post 1") < text.index("missing") < text.index("post 4"), "the newest at the bottom"
    assert "seen by" not in text
    code = "ct1" + "q" * 85
    ended = said(NEWS, post(1, text=None, successor=code))
    assert "became another identity" in ended
    assert code in "".join(ended.replace("▎", "").split()), "whole, whatever the width"
    assert "seen by 2" in said(structs.replace(NEWS, own=True), post(1, seen_by=2))


def test_who_writes_and_what_is_wrong_stands_below() -> None:
    assert notice(NEWS, UNICODE) == [("Only ada writes here.", "muted")]
    assert notice(structs.replace(NEWS, own=True), UNICODE) == ()
    assert "said two things" in notice(structs.replace(NEWS, alarm="it said two things"), UNICODE)[0][0]
    assert "gone" in notice(structs.replace(NEWS, note="its owner is gone"), UNICODE)[0][0]
    assert empty(structs.replace(NEWS, last_sync=None)) != empty(NEWS)


def test_a_channel_or_a_conversation_is_open_never_both() -> None:
    view = reduce(View(channels=(NEWS,)), FeedOpened(channel=NEWS.id))
    view = reduce(view, FeedLoaded(channel=NEWS.id, posts=(post(1),)))
    assert (view.channel, view.thread) == (NEWS, None)
    assert structs.replace(view, attending=True).must_read_channel == NEWS.id
    assert reduce(view, FeedLoaded(channel=ChannelId("c9"), posts=())) is view, "an answer nobody waits for any more"
    assert reduce(view, Opened(friend=FriendId("f1"))).feed is None
    assert reduce(view, ChannelsLoaded(channels=())).feed is None, "the channel is gone"


def test_empty_channels_of_friends_do_not_crowd_the_list() -> None:
    quiet, stranger = structs.replace(NEWS, posts=0), structs.replace(NEWS, posts=0, friend=None)
    offered = structs.replace(NEWS, subscribed=False)
    assert View(channels=(NEWS, quiet, stranger, offered)).followed == (NEWS, stranger)


async def write(now: Stage, text: str) -> None:
    await now.type(text)
    await now.press("enter")


async def test_a_post_is_written_and_taken_back() -> None:
    async with playing(SCENES["feed"]) as now:
        await write(now, "we have //cake")
        await write(now, "/dance")
        assert "There is no command /dance" in now.text()
        assert [one.text for one in await now.node.channels_feed("public", 1)] == ["we have //cake"]
        assert "we have //cake" in now.text()

        await now.press(*["backspace"] * len("/dance"), "up", "y")
        assert now.app.clipboard == "we have //cake"
        await now.press("d", "tab", "enter")
        assert "we have //cake" not in now.text()
        assert "this post was taken back" in now.text()
        assert [one.text for one in await now.node.channels_feed("public", 1)] == [None]


async def test_what_is_read_is_no_longer_new_and_a_new_post_appears() -> None:
    async with playing(SCENES["feed-wide"]) as now:
        assert "Only ada writes here." in now.text()
        assert "2 new" not in now.text()
        assert [one.unread for one in await now.node.channels_list() if one.posts == 2] == [0]
        await now.node.friends_rename("ada", "adele")
        await until(now.pilot, lambda: "adele/public" in now.text())
        await now.press("alt+c")
        await write(now, "friends")
        await write(now, "")
        assert "Nothing is posted yet" in now.text()


async def test_no_word_of_a_post_is_cut_off_at_any_width() -> None:
    async with playing(SCENES["feed-wide"]) as now:
        now.node.peer_posts("ada", " ".join("a" * (number % 9 + 1) for number in range(40)))
        await until(now.pilot, lambda: "a" * 9 in now.text())
        for width in range(76, 84):
            await now.pilot.resize_terminal(width, 40)
            await now.settle()
            feed = now.app.screen.query_one(FeedPane).posts
            shown = [line[feed.region.x :] for line in now.text().splitlines()[feed.region.y : feed.region.bottom]]
            assert sum(line.count("a" * 9) for line in shown) == 4, width
            assert not [line for line in shown if "…" in line], width


async def test_a_post_that_was_found_leads_to_its_channel() -> None:
    async with playing(SCENES["feed"]) as now:
        await write(now, "cake at four")
        await now.press("ctrl+k")
        await write(now, "ada")
        assert now.app.view.channel is None
        await now.press("f3")
        await now.type("in:public cake")
        await until(now.pilot, lambda: "a post by you" in now.text())
        await now.press("enter")
        await until(now.pilot, lambda: now.app.view.channel is not None)
        assert "cake at four" in now.text()


async def test_a_channel_is_created_subscribed_to_and_left() -> None:
    async with playing(Scene(keys=("enter",))) as now:
        await write(now, "/create garden")
        await write(now, "fri")
        assert "Post in garden" in now.text()
        await write(now, "beans!")
        assert [one.text for one in await now.node.channels_feed("garden")] == ["beans!"]

        await write(now, f"/subscribe {code_of('zelda')}")
        await now.press("enter")
        assert now.screen == "Main"
        assert "/public · subscribed" in now.text()
        assert "Nothing was fetched yet" in now.text()

        await now.press("ctrl+p")
        await write(now, "unsubscribe")
        assert "/public · subscribed" not in now.text()
        assert {one.name for one in now.app.view.followed} == {"public", "friends", "garden"}


@pytest.mark.parametrize(("written", "screen"), [("creat", "Ask"), ("subscr", "Subscribe")])
async def test_the_list_of_channels_leads_to_more_of_them(written: str, screen: str) -> None:
    async with playing(SCENES["channels"]) as now:
        assert "Create a channel" in now.text()
        await now.type(f"{written}")
        await now.press("enter")
        assert now.screen == screen


async def test_a_wrong_code_is_said_in_place() -> None:
    async with playing(Scene(keys=("enter",))) as now:
        await write(now, "/subscribe ct1nonsense")
        await now.press("enter")
        assert now.screen == "Subscribe"
        assert "code" in now.text()


async def test_everywhere_one_can_go_is_in_one_list_with_what_is_new_first() -> None:
    async with playing(Scene()) as now:
        now.node.peer_posts("ada", "Two seats are left.")
        await until(now.pilot, lambda: any(one.unread for one in now.app.view.channels))
        items = [item.text for item in places(now.app.view, now.app.glyphs)]
        assert items[:3] == ["boris", "ada/public", "zoe"]
        assert {"ada", "千代", "theo", "public", "friends"} == set(items[3:])
        await now.press("ctrl+k")
        await now.type("ada/pub")
        await now.press("enter")
        assert now.app.view.channel is not None
        assert now.app.view.channel.name == "public"


async def test_a_request_is_gone_to_as_well_and_back_leads_to_a_channel_too() -> None:
    async with playing(Scene(keys=("alt+c", "enter", "enter"))) as now:
        channel = now.app.view.here
        assert channel is not None
        await now.press("alt+a")
        assert now.app.view.open is not None
        await now.press("alt+z")
        assert now.app.view.here == channel
        await now.press("ctrl+k")
        await now.type("zoe")
        await now.press("enter")
        assert now.screen == "Requests"


async def test_one_steps_through_friends_and_channels_in_the_order_of_the_list() -> None:
    async with playing(Scene(keys=("enter",))) as now:
        seen = [now.app.view.here]
        for _ in range(6):
            await now.press("alt+down")
            seen.append(now.app.view.here)
        listed = [*(one.id for one in now.app.view.listed), *(one.id for one in now.app.view.followed)]
        assert set(seen) == set(listed)
