"""What a peer may write to harm a terminal or its user, by the numbers of the catalogue of bad input."""

from dataclasses import replace
from random import Random
from typing import Final

from chattor.api import ProfileState
from chattor.model.activity import Activity, Doing
from chattor.model.status import TorPhase, TorStatus
from tests.support.gateway import PlayedGateway
from tests.support.played import PlayedNode

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
_BITS: Final = (
    *map(chr, (*range(1, 32), *range(0x7F, 0xA0))),
    *"\u2028\u2029\u061c\u200e\u200f\u202a\u202e\u2066\u2069\u200b\ufeff\ue000\U000e0041\u0301",
    *("\x1b[", "\x1b]52;c;", "\x1b]8;;", "\x1bP", "\x1b_", "?1049l", "2J", "[@click=app.leave]", "[/]"),
    *("日本", "👩\u200d👧", "é", *"evil [0m;7<>/\\{}$`'\"%"),
)
FLOOD: Final = "x\n" * 7_000


def fuzzed(seed: int, size: int = 300) -> str:
    """A text of what terminals obey, in an order nobody thought of; it has one ordinary word in it."""
    dice = Random(seed)
    return "evil" + "".join(dice.choice(_BITS) for _ in range(size))


def wicked(payload: str) -> PlayedNode:
    """A node in which everything a peer, a store or a tor can write is the payload."""
    node = PlayedNode("mara")
    node.tor_moves(TorStatus(phase=TorPhase.READY, percent=100, ready=True, detail=payload))
    friend = node.friend("eve")
    first = node.peer_says(friend.id, "hello")
    node.peer_says(friend.id, "around", reply_to=first.id)
    node.leave_waiting(friend.id, "hello")
    node.peer_asks("mallory", "hello")
    node.peer_posts(friend.id, "hello")
    node._core.own = replace(node._core.own, name=payload)
    spoil(node, payload)
    node.rewrite("UPDATE friends SET draft = ?, agent = 1, capabilities = ?", payload, payload)
    node._core.signs._does(1, Activity(state=Doing.WORKING, words=payload))
    node.rewrite("INSERT INTO consumers (name, cursor, at_ms) VALUES (?, 1, 1)", payload)
    node.rewrite(
        "INSERT INTO agents (name, token_hash, scopes, created_ms) VALUES (?, randomblob(32), 'read', 1)", payload
    )
    node.rewrite(
        "INSERT INTO agent_calls (agent, at_ms, method, subject, outcome, counted) VALUES (1, 1, ?, ?, ?, 1)",
        payload, payload, payload,
    )  # fmt: skip
    node.rewrite(
        "INSERT INTO approvals (agent, at_ms, action, friend, name, text) VALUES (1, 1, 'send', 1, ?, ?)",
        payload,
        payload,
    )
    return node


def harm(node: PlayedNode, payload: str) -> None:
    """While it is looked at: news, a request, an alarm."""
    node.peer_shows("f1", online=True)
    node.peer_says("f1", "hello")
    node.peer_asks("trudy", "hello")
    node.peer_alarms("f1", payload)
    spoil(node, payload)


def spoil(node: PlayedNode, payload: str) -> None:
    """As if nothing had been cleaned when it came in: every face must do it for itself."""
    node.rewrite("UPDATE friends SET name = CASE state WHEN 'friend' THEN ? ELSE ? END", payload, f"{payload} asks")
    node.rewrite("UPDATE friends SET note = ?, reason = ?", payload, payload)
    node.rewrite("UPDATE messages SET text = ? WHERE text = 'hello'", payload)
    node.rewrite("UPDATE channels SET alarm = ?, name = name || ?", payload, payload)
    node.rewrite("UPDATE posts SET text = ?", payload)
    node.rewrite("UPDATE messages SET text = ? WHERE text = 'around'", f"before {payload} after")


class WickedGateway(PlayedGateway):
    """Fills its node when the application asks what is there: only then does a loop run."""

    def __init__(self, payload: str, *, exists: bool = True, running: bool = True) -> None:
        super().__init__(PlayedNode("mara"), exists=exists, running=running)
        self._payload = payload

    async def probe(self) -> ProfileState:
        """What is there."""
        self.node = wicked(self._payload)
        return await super().probe()
