"""Which links stand, and which of them counts (protocol §3 "Two links to one friend", §5 Limits).

Pure bookkeeping with no await: every step returns what to do and the owner does it. `Decision.promoted` is the link
that may greet and commit from now on; a link neither promoted nor closed waits until the older one was probed.
Links named in `close` are forgotten already. `repr` tells the whole state in a line.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from chattor.protocol.limits import FRIEND_LINKS, IDLE_AFTER, POOL_LINKS, STRANGER_LINKS, TIE_BREAK

L = TypeVar("L", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Generic[L]):
    """Links to close, a link to probe, and the link that became its peer's current one."""

    close: tuple[L, ...] = ()
    probe: L | None = None
    promoted: L | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class _Entry(Generic[L]):
    link: L
    peer: bytes
    own: bytes
    dialled: bool
    friend: bool
    since: float
    used: float
    open: bool = False


class Pool(Generic[L]):
    """The proven links of a node whose ik_sig is `own`; a peer is named by its ik_sig. Times are monotonic.

    The first link of a peer is the current one. A second one, dialled from the other side, is there only while the
    first is probed. `friend_links` bounds friends who dialled us.
    """

    def __init__(self, own: bytes, *, friend_links: int = FRIEND_LINKS) -> None:
        self._own = own
        self._friend_links = friend_links
        self._entries: dict[L, _Entry[L]] = {}
        self._peers: dict[bytes, list[_Entry[L]]] = {}

    def add(
        self, link: L, *, peer: bytes, dialled: bool, friend: bool, now: float, own: bytes | None = None
    ) -> Decision[L]:
        """A link was proved. `dialled`: by us; `own`: the ik_sig we showed, if it is a former one."""
        entry = _Entry(link=link, peer=peer, own=own or self._own, dialled=dialled, friend=friend, since=now, used=now)
        before = self.current(peer)
        victims = [other for other in self._peers.get(peer, ()) if other.dialled == dialled]
        if before is None and not dialled:
            victims = self._crowded_out(entry)
        if entry in victims:
            return Decision(close=(link,))
        self._forget(*victims)
        loser, probe = self._rival(entry)
        self._entries[link] = entry
        self._peers.setdefault(peer, []).append(entry)
        if loser is not None:
            self._forget(loser)
            victims.append(loser)
        return self._decision(peer, before, victims, probe)

    def opened(self, link: L) -> None:
        """Both HELLOs hold: a link that comes now did not cross this one, it means that somebody lost it."""
        if entry := self._entries.get(link):
            entry.open = True

    def alive(self, link: L) -> Decision[L]:
        """The probed link answered: it stays."""
        entry = self._entries.get(link)
        return self._end(entry.peer, self._peers[entry.peer][1:]) if entry else Decision()

    def silent(self, link: L) -> Decision[L]:
        """The probed link did not answer: the newer one takes its place, if there still is one."""
        entry = self._entries.get(link)
        if entry is None or len(self._peers[entry.peer]) < 2:
            return Decision()
        return self._end(entry.peer, [entry])

    def remove(self, link: L) -> Decision[L]:
        """A link is over; one that waited behind it is promoted. Harmless for a link that is forgotten already."""
        entry = self._entries.get(link)
        if entry is None:
            return Decision()
        return replace(self._end(entry.peer, [entry]), close=())

    def idle(self, now: float) -> tuple[L, ...]:
        """Links to close for want of use: strangers', and friends' we dialled beyond POOL_LINKS, oldest use first."""
        unused = [e for e in self._entries.values() if now - e.used >= IDLE_AFTER and self._is_settled(e)]
        closing = [entry for entry in unused if not entry.friend]
        self._forget(*closing)
        surplus = max(0, sum(entry.dialled for entry in self._entries.values()) - POOL_LINKS)
        spare = [entry for entry in unused if entry.friend and entry.dialled]
        extra = sorted(spare, key=lambda entry: entry.used)[:surplus]
        self._forget(*extra)
        return tuple(entry.link for entry in closing + extra)

    def use(self, link: L, now: float) -> None:
        """A link carried something."""
        if entry := self._entries.get(link):
            entry.used = now

    def reclassify(self, peer: bytes, *, friend: bool) -> None:
        """A peer became a friend, or is one no longer."""
        for entry in self._peers.get(peer, ()):
            entry.friend = friend

    def current(self, peer: bytes) -> L | None:
        """The link that counts."""
        links = self._peers.get(peer)
        return links[0].link if links else None

    def links(self, peer: bytes) -> tuple[L, ...]:
        """Every link of a peer, the current one first."""
        return tuple(entry.link for entry in self._peers.get(peer, ()))

    def __contains__(self, link: L) -> bool:
        return link in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        entries = self._entries.values()
        friends = sum(entry.friend for entry in entries)
        dialled = sum(entry.dialled for entry in entries)
        contested = len(entries) - len(self._peers)
        return (
            f"<Pool {friends} friends', {len(entries) - friends} strangers', {dialled} dialled, {contested} contested>"
        )

    def _crowded_out(self, newcomer: _Entry[L]) -> list[_Entry[L]]:
        """Who must go for one more peer that dialled us: the stranger unused for longest; of friends the newcomer."""
        alike = [entry for entry in self._entries.values() if not entry.dialled and entry.friend == newcomer.friend]
        if len(alike) < (self._friend_links if newcomer.friend else STRANGER_LINKS):
            return []
        weakest = [] if newcomer.friend else [entry for entry in alike if self._is_settled(entry)]
        return [min(weakest, key=lambda entry: entry.used, default=newcomer)]

    def _rival(self, entry: _Entry[L]) -> tuple[_Entry[L] | None, L | None]:
        """Against a link dialled from the other side: who loses at once, or which is probed."""
        for other in self._peers.get(entry.peer, ()):
            if other.open or entry.since - other.since > TIE_BREAK:
                return None, other.link
            ours_wins = entry.own < entry.peer
            return (other if entry.dialled == ours_wins else entry), None
        return None, None

    def _is_settled(self, entry: _Entry[L]) -> bool:
        """Whether nobody waits for its place."""
        return len(self._peers[entry.peer]) == 1

    def _end(self, peer: bytes, entries: list[_Entry[L]]) -> Decision[L]:
        before = self.current(peer)
        self._forget(*entries)
        return self._decision(peer, before, entries, None)

    def _decision(self, peer: bytes, before: L | None, closed: list[_Entry[L]], probe: L | None) -> Decision[L]:
        after = self.current(peer)
        promoted = after if after != before else None
        return Decision(close=tuple(entry.link for entry in closed), probe=probe, promoted=promoted)

    def _forget(self, *entries: _Entry[L]) -> None:
        for entry in entries:
            del self._entries[entry.link]
            links = self._peers[entry.peer]
            links.remove(entry)
            if not links:
                del self._peers[entry.peer]
