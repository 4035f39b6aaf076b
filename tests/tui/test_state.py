"""The reducer: what is shown after something happened. No terminal, no node, no clock."""

from datetime import UTC, datetime, timedelta

from msgspec import structs

from chattor.model import events
from chattor.model.activity import Activity, Doing
from chattor.model.friend import Friend, FriendState, Request, RequestDirection
from chattor.model.ids import Cursor, FriendId, MessageId
from chattor.model.message import Direction, Message, MessageState, Sent
from chattor.model.status import Identity, Outage, Status, TorPhase, TorStatus
from chattor.tui.state import reduce
from chattor.tui.updates import (
    Asked,
    Attended,
    FriendsLoaded,
    IdentityLoaded,
    MessageSent,
    NodeFound,
    NodeLost,
    Opened,
    PageLoaded,
    ReadDone,
    RequestsLoaded,
    StatusLoaded,
    Update,
)
from chattor.tui.view import EVERYTHING, Part, View
from chattor.tui.words import presence_words

AT = datetime(2026, 3, 14, 9, tzinfo=UTC)
BOB, CAROL = FriendId("f1"), FriendId("f2")


def friend(id: FriendId = BOB, name: str = "bob", **changes: object) -> Friend:
    one = Friend(
        id=id, name=name, onion="x", state=FriendState.FRIEND, online=False, typing=False, verified=False,
        muted=False, unread=0, last_seen=None,
    )  # fmt: skip
    return structs.replace(one, **changes)


def message(number: int, direction: Direction = Direction.IN, **changes: object) -> Message:
    one = Message(
        id=MessageId(f"m{number}"), friend=BOB, direction=direction, text=f"text {number}",
        state=MessageState.DELIVERED, seq=number, reply_to=None, edited=False, reactions={},
        sent_at=AT + timedelta(seconds=number), received_at=None, expires_at=None,
    )  # fmt: skip
    return structs.replace(one, **changes)


def after(view: View, *updates: Update) -> View:
    for update in updates:
        view = reduce(view, update)
    return view


def page(
    *numbers: int, before: int | None = None, first: bool = True, state: MessageState = MessageState.READ
) -> PageLoaded:
    return PageLoaded(
        friend=BOB,
        messages=tuple(message(number, state=state) for number in numbers),
        before=MessageId(f"m{before}") if before else None,
        first=first,
    )


def received(number: int, friend: FriendId = BOB) -> events.MessageReceived:
    return events.MessageReceived(
        cursor=Cursor("1"), at=AT + timedelta(seconds=number), friend=friend, id=MessageId(f"m{number}"),
        message=message(number, friend=friend),
    )  # fmt: skip


def moved(number: int, state: MessageState, friend: FriendId = BOB) -> events.MessageStateChanged:
    return events.MessageStateChanged(cursor=Cursor("1"), at=AT, friend=friend, id=MessageId(f"m{number}"), state=state)


def known(*friends: Friend) -> View:
    return View(friends=friends or (friend(), friend(CAROL, "carol")))


def opened(*numbers: int) -> View:
    return after(known(), Opened(friend=BOB), page(*numbers))


def shown(view: View) -> list[str]:
    assert view.thread is not None
    return [one.id for one in view.thread.messages]


# Loading


def test_what_was_looked_up_is_shown() -> None:
    identity = Identity(name="mara", friend_code="ct1", onion="x.onion", fingerprint="f")
    tor = TorStatus(phase=TorPhase.READY, percent=100, ready=True)
    status = Status(
        version="0", pid=1, profile="default", onion="x", tor=tor, reachable=True, friends=1, online=0,
        unread=0, outbox=3,
    )  # fmt: skip
    request = Request(
        id=CAROL,
        direction=RequestDirection.INCOMING,
        name="carol",
        note="",
        onion="y",
        state=FriendState.INCOMING,
        at=AT,
    )
    view = after(
        View(),
        IdentityLoaded(identity=identity),
        StatusLoaded(status=status),
        FriendsLoaded(friends=(friend(),)),
        RequestsLoaded(requests=(request,)),
    )
    assert (view.identity, view.tor, view.waiting) == (identity, tor, 3)
    assert (view.friends, view.incoming) == ((friend(),), (request,))


def test_what_is_being_looked_up_is_no_longer_stale_until_it_changes_again() -> None:
    view = after(structs.replace(known(), stale=EVERYTHING), Asked(parts=EVERYTHING))
    assert view.stale == frozenset()
    view = after(view, events.FriendChanged(cursor=Cursor("1"), at=AT, friend=BOB))
    assert view.stale == {Part.FRIENDS}


def test_a_gap_makes_everything_stale() -> None:
    assert after(known(), events.Gap(cursor=Cursor("9"), at=AT)).stale == EVERYTHING


def test_a_node_that_stops_is_lost_until_it_is_found_and_then_everything_is_stale() -> None:
    lost = after(known(), NodeLost())
    assert lost.lost
    found = after(lost, NodeFound())
    assert (found.lost, found.stale) == (False, EVERYTHING)


def test_an_event_of_no_interest_leaves_the_same_view() -> None:
    view = known()
    assert after(view, Attended(attending=False)) is view
    assert after(view, moved(1, MessageState.READ)).friends is view.friends


# The open conversation


def test_going_to_a_conversation_shows_its_newest_page() -> None:
    view = opened(1, 2, 3)
    assert shown(view) == ["m1", "m2", "m3"]
    assert view.thread is not None
    assert (view.thread.loaded, view.thread.complete, view.thread.divider) == (True, True, None)


def test_opening_what_is_open_changes_nothing() -> None:
    view = opened(1)
    assert after(view, Opened(friend=BOB)) is view


def test_a_page_of_another_conversation_is_not_mixed_in() -> None:
    view = after(known(), Opened(friend=CAROL), page(1, 2))
    assert shown(view) == []


def test_the_divider_stands_before_the_first_unread_message() -> None:
    view = after(
        known(friend(unread=2)),
        Opened(friend=BOB),
        PageLoaded(
            friend=BOB,
            messages=(message(1, state=MessageState.READ), message(2), message(3)),
            before=None,
            first=True,
        ),
    )
    assert view.thread is not None
    assert (view.thread.divider, view.thread.fresh) == ("m2", 2)


def test_an_older_page_comes_before_and_takes_the_divider_along() -> None:
    view = after(known(friend(unread=4)), Opened(friend=BOB), page(3, 4, first=False, state=MessageState.DELIVERED))
    view = after(view, page(1, 2, before=3, state=MessageState.DELIVERED))
    assert shown(view) == ["m1", "m2", "m3", "m4"]
    assert view.thread is not None
    assert (view.thread.divider, view.thread.complete) == ("m1", True)


def test_an_older_page_nobody_waits_for_any_more_is_dropped() -> None:
    view = opened(3, 4)
    assert shown(after(view, page(1, 2, before=9))) == ["m3", "m4"]


def test_messages_that_came_while_the_page_was_looked_up_are_kept_after_it() -> None:
    view = after(known(), Opened(friend=BOB), received(3), page(1, 2))
    assert shown(view) == ["m1", "m2", "m3"]
    view = after(known(), Opened(friend=BOB), received(2), page(1, 2))
    assert shown(view) == ["m1", "m2"]


def test_the_newest_page_again_corrects_and_continues_what_is_loaded() -> None:
    view = after(opened(1, 2, 3), page(2, 3, 4, first=False))
    assert shown(view) == ["m1", "m2", "m3", "m4"]


def test_without_overlap_the_newest_page_stands_alone_and_more_is_older() -> None:
    view = after(opened(1, 2), page(8, 9, first=False))
    assert shown(view) == ["m8", "m9"]
    assert view.thread is not None
    assert not view.thread.complete


def test_a_message_arrives_and_is_counted() -> None:
    view = after(known(), received(5))
    assert view.friends[0].unread == 1
    assert view.friends[0].last_message_at == AT + timedelta(seconds=5)
    assert Part.FRIENDS in view.stale


def test_a_message_in_the_open_conversation_is_appended_once() -> None:
    view = after(opened(1), received(2), received(2))
    assert shown(view) == ["m1", "m2"]
    assert view.friends[0].unread == 1


def test_while_the_reader_looks_elsewhere_a_divider_announces_what_is_new() -> None:
    view = after(opened(1), received(2), received(3))
    assert view.thread is not None
    assert (view.thread.divider, view.thread.fresh) == ("m2", 2)


def test_while_he_looks_on_no_divider_comes() -> None:
    view = after(opened(1), Attended(attending=True), received(2))
    assert view.thread is not None
    assert view.thread.divider is None
    assert view.must_read == BOB


def test_after_reading_the_next_unseen_message_moves_the_divider() -> None:
    view = after(opened(1), received(2), ReadDone(friend=BOB), received(3))
    assert view.thread is not None
    assert (view.thread.divider, view.thread.fresh) == ("m3", 1)


def test_nothing_is_to_be_read_while_nobody_looks_or_no_node_answers() -> None:
    view = after(opened(1), received(2))
    assert view.must_read is None
    assert after(view, Attended(attending=True), NodeLost()).must_read is None
    assert after(view, Attended(attending=True), ReadDone(friend=BOB)).must_read is None


def test_a_message_without_its_text_is_looked_up() -> None:
    gone = structs.replace(received(2), message=None)
    assert after(opened(1), gone).stale >= {Part.THREAD, Part.FRIENDS}


def test_our_own_message_is_shown_at_once_and_whoever_writes_has_read() -> None:
    sent = Sent(id=MessageId("m9"), friend=BOB, state=MessageState.QUEUED, seq=1)
    view = after(opened(1), received(2), MessageSent(sent=sent, text="yes", at=AT))
    assert shown(view) == ["m1", "m2", "m9"]
    assert view.thread is not None
    assert view.thread.divider is None
    assert shown(after(view, MessageSent(sent=sent, text="yes", at=AT))) == ["m1", "m2", "m9"]


def test_a_message_gets_further() -> None:
    view = after(opened(1), moved(1, MessageState.READ))
    assert view.thread is not None
    assert view.thread.messages[0].state is MessageState.READ
    assert view.stale == {Part.STATUS}


def test_a_message_sent_elsewhere_is_looked_up() -> None:
    assert Part.THREAD in after(opened(1), moved(7, MessageState.QUEUED)).stale


def test_an_expired_message_loses_its_text() -> None:
    view = after(opened(1), events.Expired(cursor=Cursor("1"), at=AT, friend=BOB, id=MessageId("m1")))
    assert view.thread is not None
    assert (view.thread.messages[0].text, view.thread.messages[0].state) == (None, MessageState.EXPIRED)


def test_a_friend_who_is_gone_takes_the_conversation_along() -> None:
    assert after(opened(1), FriendsLoaded(friends=())).thread is None


# Friends


def test_presence_comes_and_goes_and_leaves_last_seen() -> None:
    def presence(*, online: bool, typing: bool = False) -> events.PresenceChanged:
        return events.PresenceChanged(cursor=Cursor("1"), at=AT, friend=BOB, online=online, typing=typing)

    here = after(known(), presence(online=True, typing=True)).friends[0]
    assert (here.online, here.typing, here.last_seen) == (True, True, None)
    gone = after(known(here), presence(online=False)).friends[0]
    assert (gone.online, gone.typing, gone.last_seen) == (False, False, AT)


def test_what_a_friend_does_is_shown_until_he_says_otherwise() -> None:
    def presence(activity: Activity | None) -> events.PresenceChanged:
        return events.PresenceChanged(
            cursor=Cursor("1"), at=AT, friend=BOB, online=True, typing=False, activity=activity
        )

    working = Activity(state=Doing.WORKING, words="reading")
    here = after(known(), presence(working)).friends[0]
    assert (here.activity, presence_words(here, AT, UTC)) == (working, ("working, “reading”", "good"))
    idle = after(known(here), presence(None)).friends[0]
    assert (idle.activity, presence_words(idle, AT, UTC)) == (None, ("online", "good"))


def test_presence_of_a_stranger_changes_nothing() -> None:
    view = known()
    event = events.PresenceChanged(cursor=Cursor("1"), at=AT, friend=FriendId("f9"), online=True, typing=False)
    assert after(view, event) is view


def test_tor_moves() -> None:
    tor = TorStatus(phase=TorPhase.BOOTSTRAPPING, percent=45)
    assert after(known(), events.TorStateChanged(cursor=Cursor("1"), at=AT, tor=tor)).tor == tor


def test_an_outage_is_known_while_it_lasts() -> None:
    lasting = Outage(began=AT, ended=None, reason="tor was not connected")
    over = structs.replace(lasting, ended=AT + timedelta(minutes=5))

    def told(outage: Outage | None) -> events.Unreachable:
        return events.Unreachable(cursor=Cursor("1"), at=AT, outage=outage)

    assert after(known(), told(lasting)).outage == lasting
    assert after(known(), told(lasting), told(over)).outage is None
    assert after(known(), told(lasting), told(None)).outage is None
    status = Status(
        version="1", pid=1, profile="p", onion="o", tor=TorStatus(), reachable=False, friends=0, online=0, unread=0,
        outbox=0, outages=[over],
    )  # fmt: skip
    assert after(known(), StatusLoaded(status=status)).outage is None
    assert after(known(), StatusLoaded(status=structs.replace(status, outages=[lasting, over]))).outage == lasting


def test_requests_and_friendships_make_both_lists_stale() -> None:
    for event in (
        events.FriendRequested(cursor=Cursor("1"), at=AT, friend=BOB, request=None),
        events.FriendAdded(cursor=Cursor("1"), at=AT, friend=BOB, detail=None),
        events.FriendRemoved(cursor=Cursor("1"), at=AT, friend=BOB),
    ):
        assert after(known(), event).stale == {Part.FRIENDS, Part.REQUESTS}


def test_the_list_has_unread_first_then_recent_then_names_and_no_friends_last() -> None:
    early, late = AT, AT + timedelta(hours=1)
    view = known(
        friend(FriendId("f1"), "zoe"),
        friend(FriendId("f2"), "adam"),
        friend(FriendId("f3"), "early", last_message_at=early),
        friend(FriendId("f4"), "late", last_message_at=late),
        friend(FriendId("f5"), "unread", last_message_at=early, unread=1),
        friend(FriendId("f6"), "asked", state=FriendState.OUTGOING),
        friend(FriendId("f7"), "blocked", state=FriendState.BLOCKED),
        friend(FriendId("f8"), "asks", state=FriendState.INCOMING),
    )
    assert [one.name for one in view.listed] == ["unread", "late", "early", "adam", "zoe", "asked", "blocked"]


def test_the_next_unread_is_never_the_open_one() -> None:
    view = known(friend(unread=1), friend(CAROL, "carol", unread=2))
    assert view.next_unread in {BOB, CAROL}
    assert after(view, Opened(friend=BOB)).next_unread == CAROL
    assert known().next_unread is None
