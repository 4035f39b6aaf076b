"""The interface in a process of its own, for tests in a real terminal.

`python -m tests.support.window PAYLOAD [SCRATCH]`: PAYLOAD names a text of `tests.support.hostile`, or is `harmless`;
an editor gets its files in SCRATCH. What was sent is printed as JSON when it ends.
"""

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from chattor.model.message import Direction
from chattor.tui.app import run
from tests.support.hostile import BY_NUMBER, EVERYTHING, WickedGateway
from tests.support.played import PlayedNode
from tests.support.scenes import options

HARMLESS: Final = "hello"
MARK: Final = "SENT "


def payload(name: str) -> str:
    """By its name."""
    return {**BY_NUMBER, "everything": EVERYTHING, "harmless": HARMLESS}[name]


def main(name: str, scratch: str = "") -> None:
    """Run until it is left, then tell what was sent. An editor gets its files in `scratch`."""
    gateway = WickedGateway(payload(name))
    run(gateway, replace(options(), scratch=Path(scratch) if scratch else None))
    sys.stdout.write(MARK + json.dumps(asyncio.run(_said(gateway.node))) + "\n")


async def _said(node: PlayedNode) -> dict[str, list[str | None]]:
    """What was sent since it began, and what was not."""
    sent = [message.text for message in await node.history("f1") if message.direction is Direction.OUT]
    return {"sent": sent[1:], "drafts": [await node.draft(one.id) for one in await node.friends_list()]}


if __name__ == "__main__":
    main(*sys.argv[1:])
