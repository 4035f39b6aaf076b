"""The interface in a process of its own, for tests in a real terminal: `python -m tests.support.window PAYLOAD`.

PAYLOAD names a text of `tests.support.hostile`, or is `harmless`. What was sent is printed as JSON when it ends.
"""

import asyncio
import json
import sys
from typing import Final

from chattor.tui.app import run
from tests.support.hostile import BY_NUMBER, EVERYTHING, WickedGateway
from tests.support.scenes import options

HARMLESS: Final = "hello"
MARK: Final = "SENT "


def payload(name: str) -> str:
    """By its name."""
    return {**BY_NUMBER, "everything": EVERYTHING, "harmless": HARMLESS}[name]


def main(name: str) -> None:
    """Run until it is left, then tell what was sent."""
    gateway = WickedGateway(payload(name))
    run(gateway, options())
    sent = [message.text for message in gateway.node._messages.values() if message.direction == "out"]
    said = {"sent": sent[1:], "drafts": list(asyncio.run(_drafts(gateway)).values())}
    sys.stdout.write(MARK + json.dumps(said) + "\n")


async def _drafts(gateway: WickedGateway) -> dict[str, str]:
    return {one.id: await gateway.node.draft(one.id) for one in await gateway.node.friends_list()}


if __name__ == "__main__":
    main(sys.argv[1])
