"""Steps: the programs themselves, from their first start to the last look at their disks."""

from typing import Final

from chattor.demo import feeds, remains
from chattor.demo.patience import together
from chattor.demo.story import NOTE, Story, expect

STOP_WITHIN: Final = 2.0  # s


async def network(story: Story) -> str:
    """Bring up the private Tor network."""
    await story.world.start_network()
    return "3 authorities and 3 relays agree"


async def init(story: Story) -> str:
    """Make both profiles from the command line."""
    made = await together(story.ada.init(), story.ben.init())
    story.identities = dict(zip(story.world.people, made, strict=True))
    for person, identity in story.identities.items():
        expect(identity.name == person.name, f"{person.name} is called {identity.name}")
        for path in (person.paths.database, person.paths.keyfile):
            expect(path.stat().st_mode & 0o777 == 0o600, f"{path.name} is open to others")
    expect(made[0].friend_code != made[1].friend_code, "both have the same friend code")
    return "two friend codes"


async def start(story: Story) -> str:
    """Start both daemons."""
    await together(story.ada.start(), story.ben.start())
    return "their sockets answer"


async def reachable(story: Story) -> str:
    """Wait for both onions."""
    await together(story.ada.reachable(), story.ben.reachable())
    return "both are published"


async def restart(story: Story) -> str:
    """Both stop and start again."""
    took = await together(story.ada.stop(), story.ben.stop())
    expect(max(took) <= STOP_WITHIN, f"stopping took {max(took):.1f} s")
    for person in story.world.people:
        expect(not person.paths.socket.exists(), f"{person.name}'s socket is still there")
    await together(story.ada.start(), story.ben.start())
    await together(story.ada.reachable(), story.ben.reachable())
    return f"stopped in {max(took):.1f} s"


async def rest(story: Story) -> str:
    """Stop, and look through every file."""
    await together(story.ada.stop(), story.ben.stop())
    secrets = {"the note": NOTE.encode(), "a post": feeds.FIRST.encode()}
    secrets["a message"] = f"{story.ada.name}, talk ".encode()
    for person, identity in story.identities.items():
        secrets[f"{person.name}'s friend code"] = identity.friend_code.encode()
        secrets[f"{person.name}'s onion"] = identity.onion.removesuffix(".onion").encode()
    found = remains.search(tuple(person.paths.data for person in story.world.people), secrets)
    expect(not found, f"readable: {'; '.join(found)}")
    return "no text, no post, no friend code, no onion"
