"""What `search` shows to people: where a hit was written, by name."""

from tests.support.played import inhabited
from tests.support.shell import shell_with


async def test_a_post_is_found_in_a_channel_that_has_a_name() -> None:
    node = inhabited()
    node.peer_posts("bob", "the gate opens at nine")
    async with shell_with(node) as shell:
        found = (await shell.chattor("search", "in:*", "gate")).out
    (hit,) = (line for line in found.splitlines() if "gate" in line)
    assert "bob/public" in hit
