"""What a client of the gateway may use."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The node takes some more connections than there are clients: people come in too."""

    clients: int = 200
    strangers: int = 32  # who have not shown a token yet, at once
    login: float = 10.0  # s until the token is shown
    heartbeat: float = 5.0  # s between two pings
    dead: float = 30.0  # s without an answer to a ping, or that one message may take to be read
    farewell: float = 1.0  # s until a connection that ends is cut
    ahead: int = 4  # messages of a client that are taken before the one under way is done; each may have a mebibyte
    mailbox: int = 100  # messages that wait to be read; events beyond are dropped and have to be caught up with
    backlog: int = 1 << 22  # bytes that wait to be read; then nothing more is taken from the node
    window: int = 1 << 16  # bytes the system keeps for a client, so that the mailbox is where things wait
