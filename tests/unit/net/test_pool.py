"""Which links stand: the tie-breaks, the places, the order of leaving. Links are words here."""

from itertools import permutations

import pytest

from chattor.net.pool import Decision, Pool
from chattor.protocol.limits import IDLE_AFTER, POOL_LINKS, STRANGER_LINKS

SMALL, OWN, LARGE = b"a" * 32, b"m" * 32, b"z" * 32
NOTHING: Decision[str] = Decision()


def peer(number: int) -> bytes:
    return number.to_bytes(32, "big")


def pool() -> Pool[str]:
    return Pool(OWN)


class TestTwoLinksToOneFriend:
    """Protocol §3: exactly one survives, and both sides agree which."""

    def test_the_first_link_counts_at_once(self) -> None:
        links = pool()
        decision = links.add("a", peer=SMALL, dialled=True, friend=True, now=0)
        assert decision == Decision(promoted="a")
        assert links.current(SMALL) == "a"
        assert repr(links) == "<Pool 1 friends', 0 strangers', 1 dialled, 0 contested>"

    @pytest.mark.parametrize("dialled", [True, False])
    @pytest.mark.parametrize("later", [1.0, 1000.0])
    def test_of_the_same_dialler_the_newer_wins(self, dialled: bool, later: float) -> None:
        links = pool()
        links.add("old", peer=SMALL, dialled=dialled, friend=True, now=0)
        decision = links.add("new", peer=SMALL, dialled=dialled, friend=True, now=later)
        assert decision == Decision(close=("old",), promoted="new")
        assert links.links(SMALL) == ("new",)

    @pytest.mark.parametrize("apart", [0.0, 30.0])
    @pytest.mark.parametrize("ours_first", [True, False])
    @pytest.mark.parametrize(("other", "winner"), [(SMALL, "theirs"), (LARGE, "ours")])
    def test_input_31_of_crossed_links_the_one_dialled_by_the_smaller_identity_wins(
        self, apart: float, ours_first: bool, other: bytes, winner: str
    ) -> None:
        links = pool()
        order = [("ours", True), ("theirs", False)]
        (first, first_dialled), (second, second_dialled) = order if ours_first else order[::-1]
        links.add(first, peer=other, dialled=first_dialled, friend=True, now=0)
        decision = links.add(second, peer=other, dialled=second_dialled, friend=True, now=apart)
        assert links.links(other) == (winner,)
        expected = Decision(close=(second,)) if first == winner else Decision(close=(first,), promoted=second)
        assert decision == expected

    def test_input_31_both_sides_keep_the_same_of_two_crossed_links(self) -> None:
        for order_here, order_there in permutations([("x", "y"), ("y", "x")]):
            here, there = Pool[str](SMALL), Pool[str](LARGE)
            for name in order_here:
                here.add(name, peer=LARGE, dialled=name == "x", friend=True, now=0)
            for name in order_there:
                there.add(name, peer=SMALL, dialled=name == "y", friend=True, now=0)
            assert here.current(LARGE) == there.current(SMALL) == "x"
            assert len(here) == len(there) == 1

    def test_a_later_link_from_the_other_side_waits_until_the_old_one_was_probed(self) -> None:
        links = pool()
        links.add("old", peer=SMALL, dialled=True, friend=True, now=0)
        decision = links.add("new", peer=SMALL, dialled=False, friend=True, now=30.1)
        assert decision == Decision(probe="old")
        assert links.current(SMALL) == "old"
        assert links.links(SMALL) == ("old", "new")
        assert repr(links) == "<Pool 2 friends', 0 strangers', 1 dialled, 1 contested>"

    @pytest.mark.parametrize("ours_first", [True, False])
    @pytest.mark.parametrize("other", [SMALL, LARGE])
    def test_a_link_that_was_open_already_did_not_cross_the_new_one_however_young_it_is(
        self, other: bytes, ours_first: bool
    ) -> None:
        links = pool()
        links.add("old", peer=other, dialled=ours_first, friend=True, now=0)
        links.opened("old")
        decision = links.add("new", peer=other, dialled=not ours_first, friend=True, now=1)
        assert decision == Decision(probe="old"), "its other end may be gone: whoever dials has no link"

    def test_opening_what_is_gone_is_nothing(self) -> None:
        links = pool()
        links.opened("gone")
        assert len(links) == 0

    def contested(self) -> Pool[str]:
        links = pool()
        links.add("old", peer=SMALL, dialled=True, friend=True, now=0)
        links.add("new", peer=SMALL, dialled=False, friend=True, now=100)
        return links

    def test_if_the_old_one_answers_it_stays(self) -> None:
        links = self.contested()
        assert links.alive("old") == Decision(close=("new",))
        assert links.links(SMALL) == ("old",)
        assert links.silent("old") == NOTHING, "the question is settled"

    def test_if_the_old_one_is_silent_the_newer_wins(self) -> None:
        links = self.contested()
        assert links.silent("old") == Decision(close=("old",), promoted="new")
        assert links.links(SMALL) == ("new",)
        assert links.alive("old") == NOTHING

    def test_if_the_old_one_ends_meanwhile_the_newer_is_promoted(self) -> None:
        links = self.contested()
        assert links.remove("old") == Decision(promoted="new")

    def test_if_the_newer_ends_meanwhile_the_old_one_stays(self) -> None:
        links = self.contested()
        assert links.remove("new") == NOTHING
        assert links.silent("old") == NOTHING, "a silent link alone dies of its own deadline"
        assert links.current(SMALL) == "old"

    def test_a_third_from_the_newer_side_takes_over_the_wait(self) -> None:
        links = self.contested()
        decision = links.add("newest", peer=SMALL, dialled=False, friend=True, now=102)
        assert decision == Decision(close=("new",), probe="old")
        assert links.silent("old") == Decision(close=("old",), promoted="newest")

    def test_a_third_from_the_older_side_settles_it_as_crossed(self) -> None:
        links = self.contested()
        decision = links.add("newest", peer=SMALL, dialled=True, friend=True, now=102)
        assert decision == Decision(close=("old", "newest"), promoted="new")
        assert links.links(SMALL) == ("new",)

    def test_links_of_different_peers_have_nothing_to_do_with_each_other(self) -> None:
        links = pool()
        for number in range(10):
            decision = links.add(str(number), peer=peer(number), dialled=number % 2 == 0, friend=True, now=0)
            assert decision == Decision(promoted=str(number))
        assert len(links) == 10

    def test_removing_what_is_gone_is_nothing(self) -> None:
        links = self.contested()
        links.silent("old")
        assert links.remove("old") == NOTHING
        assert links.remove("never seen") == NOTHING
        assert links.remove("new") == NOTHING
        assert links.current(SMALL) is None
        assert "new" not in links
        links.use("new", now=200)
        assert repr(links) == "<Pool 0 friends', 0 strangers', 0 dialled, 0 contested>"


class TestPlaces:
    """Limits: friends have their own, strangers few."""

    def test_the_stranger_unused_for_longest_makes_room(self) -> None:
        links = pool()
        for number in range(STRANGER_LINKS):
            links.add(f"s{number}", peer=peer(number), dialled=False, friend=False, now=number)
        links.use("s0", now=100)
        decision = links.add("late", peer=peer(99), dialled=False, friend=False, now=101)
        assert decision == Decision(close=("s1",), promoted="late")
        assert len(links) == STRANGER_LINKS

    def test_strangers_never_cost_a_friend_his_place(self) -> None:
        links = pool()
        for number in range(1000):
            links.add(f"s{number}", peer=peer(number), dialled=False, friend=False, now=number)
        for number in range(1000, 1100):
            decision = links.add(f"f{number}", peer=peer(number), dialled=False, friend=True, now=2000)
            assert decision == Decision(promoted=f"f{number}")
        assert repr(links) == "<Pool 100 friends', 32 strangers', 0 dialled, 0 contested>"

    def test_friends_who_dial_in_are_bounded_by_what_the_process_may_open(self) -> None:
        links: Pool[str] = Pool(OWN, friend_links=2)
        links.add("a", peer=peer(1), dialled=False, friend=True, now=0)
        links.add("b", peer=peer(2), dialled=False, friend=True, now=0)
        assert links.add("c", peer=peer(3), dialled=False, friend=True, now=0) == Decision(close=("c",))
        again = links.add("a2", peer=peer(1), dialled=False, friend=True, now=0)
        assert again == Decision(close=("a",), promoted="a2"), "who has a place keeps it"
        assert links.add("d", peer=peer(4), dialled=True, friend=True, now=0) == Decision(promoted="d")

    def test_a_stranger_who_became_a_friend_holds_no_strangers_place(self) -> None:
        links = pool()
        for number in range(STRANGER_LINKS):
            links.add(f"s{number}", peer=peer(number), dialled=False, friend=False, now=0)
        links.reclassify(peer(5), friend=True)
        assert links.add("next", peer=peer(99), dialled=False, friend=False, now=1) == Decision(promoted="next")
        assert "s5" in links


class TestIdle:
    """Who leaves for want of use."""

    def filled(self, dialled: int) -> Pool[str]:
        links = pool()
        for number in range(dialled):
            links.add(f"d{number}", peer=peer(number), dialled=True, friend=True, now=number)
        return links

    def test_friends_stay_while_there_is_room(self) -> None:
        links = self.filled(POOL_LINKS)
        assert links.idle(now=1_000_000) == ()

    def test_beyond_it_those_unused_for_longest_leave(self) -> None:
        links = self.filled(POOL_LINKS + 3)
        links.use("d1", now=60)
        assert links.idle(now=60 + IDLE_AFTER) == ("d0", "d2", "d3")
        assert len(links) == POOL_LINKS
        assert links.current(peer(0)) is None

    def test_nobody_leaves_before_five_minutes_without_use(self) -> None:
        links = self.filled(POOL_LINKS + 3)
        assert links.idle(now=IDLE_AFTER - 0.1) == ()
        assert links.idle(now=IDLE_AFTER + 1.0) == ("d0", "d1")

    def test_friends_who_dialled_us_stay(self) -> None:
        links = self.filled(POOL_LINKS)
        for number in range(100, 200):
            links.add(f"in{number}", peer=peer(number), dialled=False, friend=True, now=0)
        assert links.idle(now=1_000_000) == ()

    def test_strangers_leave_even_when_there_is_room(self) -> None:
        links = pool()
        links.add("in", peer=peer(1), dialled=False, friend=False, now=0)
        links.add("out", peer=peer(2), dialled=True, friend=False, now=0)
        links.add("friend", peer=peer(3), dialled=True, friend=True, now=0)
        assert links.idle(now=IDLE_AFTER - 1) == ()
        assert links.idle(now=IDLE_AFTER) == ("in", "out")

    def test_a_contested_link_is_not_idle(self) -> None:
        links = pool()
        links.add("old", peer=peer(1), dialled=False, friend=False, now=0)
        links.add("new", peer=peer(1), dialled=True, friend=False, now=IDLE_AFTER)
        assert links.idle(now=IDLE_AFTER + 1) == ()
