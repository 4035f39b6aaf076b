"""What a peer may write to harm a terminal or its user, by the numbers of the catalogue of bad input."""

from typing import Final

from msgspec.structs import replace

from chattor.api import ProfileState
from chattor.model.status import TorPhase, TorStatus
from tests.support.api import ToyNode
from tests.support.gateway import ToyGateway

HOSTILE: Final[dict[str, str]] = {
    "input_106_osc52_bel": "\x1b]52;c;ZXZpbA==\x07",
    "input_106_osc52_st": "\x1b]52;c;ZXZpbA==\x1b\\",
    "input_106_osc52_c1": "\x9d52;c;ZXZpbA==\x9c",
    "input_106_osc52_open": "\x1b]52;c;ZXZpbA==",
    "input_107_clear": "\x1b[2J\x1b[H",
    "input_107_report": "\x1b[6n\x1b[c",
    "input_107_mouse": "\x1b[?1000h\x1b[?1049l",
    "input_107_csi_c1": "\x9b2J\x9b31m",
    "input_107_title": "\x1b]0;owned\x07\x1b]2;owned\x07",
    "input_107_link": "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "input_107_notify": "\x1b]9;owned\x07\x1b]777;notify;a;b\x07",
    "input_107_dcs": "\x1bPq#0\x1b\\\x90q\x9c",
    "input_107_apc": "\x1b_G\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\\x1bc",
    "input_108_overwrite": "visible\rhidden\b\b\b\v\f\x85\u2028\u2029",
    "input_109_bidi": "\u202eevil\u2066\u2069\u200e\u200f\u061c",
    "input_110_hidden": "a\u200bb\ufeffc\U000e0041\u2060",
    "input_111_marks": "z" + "\u0301" * 60,
    "input_112_action": "[@click=app.leave]press[/]",
    "input_112_broken": "[/x] [bold [link=http://evil.example]a",
    "input_115_wide": "👩‍👩‍👧‍👦🏳️‍🌈❤️日本語\u1100\u1161\u11a8",
    "input_117_fake": "✓✓ read\n▎ mara  10:00\n▎ I owe you everything",
    "input_118_unassigned": "\ue000\ufffe\U0010ffff",
}
BY_NUMBER: Final = {
    number: " ".join(text for name, text in HOSTILE.items() if name.startswith(number))
    for number in sorted({name[:9] for name in HOSTILE})
}
EVERYTHING: Final = " ".join(HOSTILE.values())
FLOOD: Final = "x\n" * 7_000


async def wicked(payload: str) -> ToyNode:
    """A node in which everything a peer, a store or a tor can write is the payload."""
    node = ToyNode(payload)
    node.tor_moves(TorStatus(phase=TorPhase.READY, percent=100, ready=True, detail=payload))
    friend = node.friend(payload)
    first = node.peer_says(friend.id, payload)
    node.peer_says(friend.id, f"before {payload} after", reply_to=first.id)
    waiting = node.leave_waiting(friend.id, payload)
    node._waiting[waiting.id] = replace(node._waiting[waiting.id], reason=payload)
    node.peer_asks(f"{payload} asks", payload)
    await node.draft(friend.id, payload)
    return node


async def harm(node: ToyNode, payload: str) -> None:
    """While it is looked at: news, a request, an alarm."""
    friend = (await node.friends_list())[0]
    node.peer_shows(friend.id, online=True, typing=True)
    node.peer_says(friend.id, payload)
    node.peer_asks(f"{payload} asks again", payload)
    node.peer_alarms(friend.id, payload)


class WickedGateway(ToyGateway):
    """Fills its node when the application asks what is there: only then does a loop run."""

    def __init__(self, payload: str) -> None:
        super().__init__(ToyNode("mara"), running=True)
        self._payload = payload

    async def probe(self) -> ProfileState:
        """What is there."""
        self.node = await wicked(self._payload)
        return await super().probe()
