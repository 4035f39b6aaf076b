"""Posts what is new in an RSS feed to a channel of yours. The feed comes on stdin; nothing is fetched from here.

    curl -s https://example.org/feed.xml | python feed_to_channel.py CHANNEL SEEN

SEEN is a file that remembers what was posted, so that what you retract stays retracted.
"""

import asyncio
import sys
from pathlib import Path
from xml.etree import ElementTree

from chattor.client import connect
from chattor.errors import ChattorError

LONGEST = 4_000  # characters; a post holds 15,000 bytes


def items(feed: bytes) -> list[tuple[str, str]]:
    """The items of an RSS 2.0 feed, oldest first: what names each, and its title and link."""
    if b"<!DOCTYPE" in feed:
        raise ValueError("a feed that defines entities of its own is not read")
    found = []
    for item in ElementTree.fromstring(feed).iter("item"):
        title, link = (" ".join((item.findtext(tag) or "").split()) for tag in ("title", "link"))
        found.append((" ".join((item.findtext("guid") or link or title).split()), f"{title}\n{link}".strip()[:LONGEST]))
    return found[::-1]


async def main(channel: str, seen: Path, feed: bytes) -> None:
    """Post each item once; a run that was killed between posting and remembering is made good from the channel."""
    known = set(seen.read_text().splitlines()) if seen.exists() else set()
    async with connect() as chattor:
        posted = {post.text for post in await chattor.channels_feed(channel, limit=200)}
        for name, text in items(feed):
            if name in known or not text:
                continue
            if text not in posted:
                await chattor.channels_publish(channel, text)
            with seen.open("a") as file:
                file.write(f"{name}\n")


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.stdin.buffer.read()))
    except (ChattorError, ValueError, ElementTree.ParseError) as error:
        sys.exit(f"feed_to_channel: {error}")
