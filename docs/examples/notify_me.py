"""Sends a friend what comes on stdin, if anything does: a crontab line that tells you only what went wrong.

    0 4 * * *  backup 2>&1 | python notify_me.py FRIEND

The same text is sent once a day, however often this runs.
"""

import asyncio
import hashlib
import sys
from datetime import date

from chattor.client import connect
from chattor.errors import ChattorError

LONGEST = 15_000  # bytes; a message holds 16,000


async def main(friend: str, text: str) -> None:
    """Queue the message; it leaves as soon as the friend can be reached."""
    once = hashlib.sha256(f"{date.today()} {text}".encode()).hexdigest()
    async with connect() as chattor:
        await chattor.send(friend, text, key=f"notify-{once}")


if __name__ == "__main__":
    said = sys.stdin.buffer.read()[-LONGEST:].decode(errors="ignore").strip()  # what went wrong stands at the end
    try:
        if said:
            asyncio.run(main(sys.argv[1], said))
    except ChattorError as error:
        sys.exit(f"notify_me: {error}. {error.hint}")
