"""Everything that was said leaves page by page, whoever it was said to, and nothing of limited time."""

from chattor.model.export import ExportPage
from chattor.node.node import Node
from tests.scenarios.conftest import Two


async def _all(node: Node, friend: str | None, limit: int) -> list[ExportPage]:
    pages = [await node.export_page(friend, None, limit)]
    while pages[-1].cursor is not None:
        pages.append(await node.export_page(friend, pages[-1].cursor, limit))
    return pages


async def test_pages_hold_every_message_once_and_in_order(friends: Two) -> None:
    alice, bob = friends
    texts = [f"line {number}" for number in range(25)]
    for text in texts:
        await alice.node.send("bob", text)
    await bob.shown(*texts)
    for friend in (None, "bob"):
        for limit in (1, 7, 25, 1000):
            pages = await _all(alice.node, friend, limit)
            assert [one.text for page in pages for one in page.messages] == texts
            assert pages[0].names == {"f1": "bob"}
    assert [one.text for page in await _all(bob.node, None, 4) for one in page.messages] == texts


async def test_it_is_as_in_the_history(friends: Two) -> None:
    alice, bob = friends
    first = await alice.node.send("bob", "hello")
    await alice.node.send("bob", "again", reply_to=first.id)
    await bob.shown("again")
    page = await bob.node.export_page()
    assert page.messages == await bob.node.history("alice")


async def test_a_text_of_limited_time_stays_behind(friends: Two) -> None:
    alice, bob = friends
    await alice.node.ephemeral("bob", 3600)
    await alice.node.send("bob", "burn this")
    await bob.shown("burn this")
    page = await bob.node.export_page()
    assert "burn this" not in str(page)
    assert page.messages[-1].ttl == 3600


async def test_a_conversation_that_is_over_leaves_too(friends: Two) -> None:
    alice, bob = friends
    await alice.node.send("bob", "remember me")
    await bob.shown("remember me")
    await alice.node.friends_remove("bob")
    page = await alice.node.export_page()
    assert [one.text for one in page.messages] == ["remember me"]
    assert list(page.names.values()) == ["bob"]
