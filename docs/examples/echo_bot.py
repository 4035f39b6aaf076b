"""Answers every message with its own words: python echo_bot.py [PROFILE]. Ends with Ctrl+C."""

import asyncio
import sys
from contextlib import suppress

from chattor.client import Client, Event, MessageReceived, connect
from chattor.errors import NoDaemon, UserError

BOT = "echo-bot"


async def answer(chattor: Client, event: Event) -> None:
    """Answer one event, once: the key makes it harmless to try again after a crash."""
    if isinstance(event, MessageReceived) and event.message and event.message.text:
        try:
            await chattor.send(event.friend, event.message.text, reply_to=event.id, key=f"{BOT}-{event.id}")
        except UserError as refused:  # somebody who is blocked by now, say
            print(f"{event.id} is not answered: {refused}", file=sys.stderr)
    await chattor.consumers_ack(event.cursor, BOT)


async def main(profile: str | None) -> None:
    """Answer whatever came since the last run, and then what comes."""
    async with connect(profile) as chattor:
        while True:
            with suppress(NoDaemon):  # in the middle of an answer: begin again behind the last one acknowledged
                async for event in chattor.events(consumer=BOT):
                    await answer(chattor, event)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(sys.argv[1] if sys.argv[1:] else None))
