"""Where one stopped reading and what one began to write: kept by the node, through its death, for every face."""

from chattor.model.events import FriendChanged
from chattor.model.message import Wait
from tests.scenarios.conftest import Two
from tests.support.people import Person


async def _unread(person: Person) -> int:
    return (await person.node.friends_list())[0].unread


async def test_the_read_marker_and_a_draft_outlive_a_crash_and_every_face_hears_of_them(friends: Two) -> None:
    alice, bob = friends
    for text in ("one", "two", "three"):
        await alice.node.send("f1", text, Wait.DELIVERED)
    assert await _unread(bob) == 3
    since = (await bob.node.recv()).cursor
    _, second, _ = await bob.node.history("f1")

    await bob.node.read("f1", second.id)
    await bob.node.draft("f1", "as for the sec")
    assert (await bob.expect(FriendChanged, since)).friend == "f1"
    bob.crash()
    await bob.start()

    assert await _unread(bob) == 1
    assert [message.state for message in await bob.node.history("f1")] == ["read", "read", "delivered"]
    assert await bob.node.draft("f1") == "as for the sec"
    await bob.node.send("f1", "as for the second: yes", Wait.DELIVERED)
    assert await bob.node.draft("f1") == "", "what was sent is no draft any more"
    assert await alice.texts("f1") == ["one", "two", "three", "as for the second: yes"]
