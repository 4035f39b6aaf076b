"""Two sides with two links keep exactly one of them, and the same (protocol §3), however the news arrive.

Ana dials X, Ben dials Y. Each side proves both at its own time, HELLOs come through in between or do not, each side
hears of a close a moment later, and a probe is answered by whoever still has the link open. Only where the two sides
see both links in the same order, or close together, is a promise made: a proof cannot take longer than that on one
side alone.
"""

from hypothesis import given
from hypothesis import strategies as st

from chattor.net.pool import Decision, Pool
from chattor.protocol.limits import TIE_BREAK

ANA, BEN = b"a" * 32, b"b" * 32


class Node:
    """One side: its pool, and the links it greeted on."""

    def __init__(self, own: bytes, peer: bytes, dials: str, standing: set[str]) -> None:
        self.pool: Pool[str] = Pool(own)
        self.open: set[str] = set()
        self.probing: list[str] = []
        self.other: Node = self
        self._peer = peer
        self._dials = dials
        self._standing = standing

    @property
    def current(self) -> str | None:
        """The link it would send on."""
        return self.pool.current(self._peer)

    def prove(self, link: str, now: float) -> None:
        """The handshake of a link ends here, unless the other side closed it before."""
        if link in self._standing:
            self.obey(self.pool.add(link, peer=self._peer, dialled=link == self._dials, friend=True, now=now))

    def obey(self, decision: Decision[str]) -> None:
        """What a node does with a decision."""
        if decision.promoted is not None:
            self.open.add(decision.promoted)
        if decision.probe is not None:
            self.probing.append(decision.probe)
        for link in decision.close:
            self._standing.discard(link)
            self.other.obey(self.other.pool.remove(link))

    def settle(self) -> None:
        """Probes come back from whoever has the link open, or do not."""
        for link in self.probing:
            answered = link in self._standing & self.other.open
            self.obey(self.pool.alive(link) if answered else self.pool.silent(link))


def _exchange_hellos(ana: Node, ben: Node, come_through: int) -> None:
    """On a link that both greeted on: 0 nothing yet, 1 the responder's HELLO, 2 the dialler's too."""
    for link, sides in (("X", (ana, ben)), ("Y", (ben, ana))):
        if link in ana.open & ben.open:
            for side in sides[:come_through]:
                side.pool.opened(link)


@given(
    gap=st.floats(0, 3 * TIE_BREAK),
    lag=st.floats(0, TIE_BREAK),
    x_first=st.booleans(),
    turned=st.booleans(),
    hellos=st.lists(st.integers(0, 2), min_size=4, max_size=4),
    ben_settles_first=st.booleans(),
)
def test_both_sides_keep_the_same_link(
    gap: float, lag: float, x_first: bool, turned: bool, hellos: list[int], ben_settles_first: bool
) -> None:
    standing = {"X", "Y"}
    ana, ben = Node(ANA, BEN, "X", standing), Node(BEN, ANA, "Y", standing)
    ana.other, ben.other = ben, ana
    order = ["X", "Y"] if x_first else ["Y", "X"]
    seen_by_ben = order[::-1] if turned and gap <= TIE_BREAK else order
    news = [(0.0, ana, order[0]), (gap, ana, order[1]), (lag, ben, seen_by_ben[0]), (lag + gap, ben, seen_by_ben[1])]
    for come_through, (at, node, link) in zip(hellos, sorted(news, key=lambda item: item[0]), strict=True):
        node.prove(link, at)
        _exchange_hellos(ana, ben, come_through)
    for node in (ben, ana) if ben_settles_first else (ana, ben):
        node.settle()
    assert ana.current == ben.current is not None
    assert standing == {ana.current}
    assert len(ana.pool) == len(ben.pool) == 1
