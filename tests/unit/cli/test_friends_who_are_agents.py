"""A friend who says that a program speaks there: badge, capabilities and what it does, in tables and as JSON."""

import json

from chattor.model.activity import Activity, Doing
from chattor.protocol.frames import Being
from tests.support.played import PlayedNode, inhabited
from tests.support.shell import shell_with

WORKING = Activity(state=Doing.WORKING, words="reading the logs")


def with_an_agent() -> PlayedNode:
    node = inhabited()
    node.peer_is("bob", Being.AGENT, "search", "translate.fr")
    node.peer_shows("bob", online=True, activity=WORKING)
    return node


async def test_the_list_and_the_page_of_a_friend_show_that_it_is_an_agent_and_what_it_does() -> None:
    async with shell_with(with_an_agent()) as shell:
        listed = (await shell.chattor("friends", "list")).out
        shown = (await shell.chattor("friends", "show", "bob")).out

    bob, carol = (next(line for line in listed.splitlines() if name in line) for name in ("bob", "carol"))
    assert "friend, agent, online, working, “reading the logs”" in bob
    assert "agent" not in carol
    assert "agent      search, translate.fr" in shown


async def test_programs_read_the_same() -> None:
    async with shell_with(with_an_agent()) as shell:
        bob, carol, *_ = json.loads((await shell.chattor("friends", "list", "--json")).out)

    assert (bob["agent"], bob["capabilities"]) == (True, ["search", "translate.fr"])
    assert bob["activity"] == {"state": "working", "words": "reading the logs"}
    assert (carol["agent"], carol["capabilities"], carol["activity"]) == (False, [], None)


async def test_what_somebody_says_to_do_does_not_pass_for_what_we_know_of_him() -> None:
    node = inhabited()
    node.peer_shows("bob", online=True, activity=Activity(state=Doing.WORKING, words="x”, verified"))
    async with shell_with(node) as shell:
        listed = (await shell.chattor("friends", "list")).out
    assert 'online, working, “x", verified”' in listed
