"""By what friends enter each other's onions."""

from chattor.crypto.keys import DhKey, Identity
from chattor.handlers import guests
from chattor.protocol.limits import GUESTS_MAX
from chattor.store.repos.own import Guise
from tests.support.desk import Desk
from tests.support.dice import dice


def _guise(name: str) -> Guise:
    return Guise(identity=Identity.generate(dice(name)), epoch=1, created_ms=0)


def test_each_friend_has_a_key_of_his_own_for_each_of_our_addresses() -> None:
    home, away = _guise("home"), _guise("away")
    friends = tuple(DhKey(dice(f"friend {n}")(32)).public for n in range(3))
    assert len(guests.keys(home, friends)) == 3
    assert not guests.keys(home, friends) & guests.keys(away, friends)


def test_a_key_of_low_order_is_nobody_s() -> None:
    honest = DhKey(dice("honest")(32)).public
    assert guests.keys(_guise("home"), (bytes(32), honest)) == guests.keys(_guise("home"), (honest,))


def test_where_not_all_fit_a_visit_changes_nobody_s_place_on_the_same_day(desk: Desk) -> None:
    for number in range(GUESTS_MAX + 1):
        desk.befriend(Identity.generate(dice(f"friend {number}")))
    invited = desk.act(guests.invited)
    assert len(invited) == GUESTS_MAX
    desk.now += 60_000
    desk.act(lambda tx, ctx: tx.friends.update(GUESTS_MAX + 2, last_seen_ms=ctx.now))
    assert desk.act(guests.invited) == invited
    desk.now += 86_400_000
    desk.act(lambda tx, ctx: tx.friends.update(GUESTS_MAX + 2, last_seen_ms=ctx.now))
    assert desk.act(guests.invited)[1:] == invited[:-1]
