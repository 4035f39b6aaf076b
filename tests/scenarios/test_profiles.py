"""Two profiles of one user: to a friend of both they are two people, and neither store knows of the other."""

from pathlib import Path

from tests.support.image import image
from tests.support.people import KEY, befriend, people


async def test_two_profiles_have_a_friend_in_common_and_nothing_else(tmp_path: Path) -> None:
    async with people(tmp_path, "home", "work", "bob") as (home, work, bob):
        for profile, friend in ((home, "f1"), (work, "f2")):
            await befriend(profile, bob)
            await profile.node.send("f1", f"from {profile.name}")
            await bob.shown(f"from {profile.name}", friend=friend)

        known = await bob.node.friends_list()
        assert sorted(friend.name for friend in known) == ["home", "work"]
        assert len({friend.onion for friend in known}) == 2
        assert len({(await bob.node.friends_verify(friend.id)).digits for friend in known}) == 2

        await home.node.friends_block("f1")
        await work.node.send("f1", "still here at work")
        await bob.shown("still here at work", friend="f2")

        for profile, other in ((home, work), (work, home)):
            store = image(profile.path, KEY)
            assert f"from {profile.name}".encode() in store
            for secret in (other.identity.sig.public, other.identity.onion.public, f"from {other.name}".encode()):
                assert secret not in store
