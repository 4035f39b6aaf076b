"""What is done to one friend's settings and to the profile as a whole: from the window, against the real node."""

from pathlib import Path

import pytest

from chattor.tui.app import WIPED
from chattor.tui.screens.main import Main
from chattor.tui.widgets.plain import Field, Plain
from tests.support.played import PASSPHRASE
from tests.support.scenes import SCENES, Scene, Stage, playing, until


async def _command(now: Stage, line: str) -> None:
    await now.type(line)
    await now.press("enter")


def _toasts(now: Stage) -> str:
    return " ".join(note.message for note in now.app._notifications)


# One friend


async def test_what_is_set_for_one_friend_is_shown_and_changed() -> None:
    async with playing(SCENES["chat"]) as now:
        await _command(now, "/friend")
        assert now.screen == "FriendCard"
        assert now.node.find("ada").onion in now.text()
        await now.press("down", "enter")
        await now.type("off")
        await now.press("enter")
        assert now.node.find("ada").options["receipts"] == "off"
        await now.press("home", "enter", "down", "enter")
        assert now.node.find("ada").muted
        await now.press("escape")
        assert now.screen == "Main"


@pytest.mark.parametrize("written", ["3d", "30d", "never"])
async def test_a_retention_is_taken_as_it_is_written(written: str) -> None:
    async with playing(SCENES["chat"]) as now:
        await _command(now, "/friend")
        await now.press("end", "enter")
        await now.type(written)
        await now.press("enter")
        assert now.node.find("ada").options["retention"] == written
        assert written in now.text()


async def test_from_a_friend_one_gets_to_the_safety_number_and_back() -> None:
    async with playing(SCENES["chat"]) as now:
        await _command(now, "/friend")
        await now.press("tab", "tab", "tab", "enter")
        assert now.screen == "Verify"
        await now.press("right", "enter")
        assert now.screen == "FriendCard"
        assert now.node.find("ada").verified


# Address and identity


@pytest.mark.parametrize(
    ("what", "said"), [("onion", "Move to a new address?"), ("identity", "Become a new identity?")]
)
async def test_an_address_is_changed_only_after_it_was_said_what_that_means(what: str, said: str) -> None:
    async with playing(SCENES["chat"]) as now:
        before = await now.node.identity()
        await _command(now, f"/rotate {what}")
        assert said in now.text()
        assert "friend code changes" in " ".join(now.text().split())
        await now.press("escape")
        assert await now.node.identity() == before

        await _command(now, "/rotate")
        await now.type(what)
        await now.press("enter", "right", "enter")
        after = await now.node.identity()
        assert after.onion != before.onion
        assert (after.fingerprint != before.fingerprint) is (what == "identity")
        await now.press("alt+i")
        assert "Still answering at" in now.text()


async def test_there_is_no_other_thing_to_rotate() -> None:
    async with playing(SCENES["chat"]) as now:
        await _command(now, "/rotate screen")
        assert now.screen == "Main"
        assert "onion or identity" in _toasts(now)


# Files


async def test_a_backup_is_a_new_file_and_replaces_nothing(tmp_path: Path) -> None:
    async with playing(Scene()) as now:
        taken, free = tmp_path / "taken", tmp_path / "free"
        taken.write_text("mine")
        await now.press("enter")
        await _command(now, f"/backup {taken}")
        await now.press("enter")
        problem = now.app.screen.query_one("#problem", Plain).content
        assert "is there already, and nothing is replaced" in str(problem)
        now.app.screen.query_one("#file", Field).value = str(free)
        await now.press("enter")
        assert now.screen == "Main"
        assert (taken.read_text(), free.stat().st_mode & 0o777) == ("mine", 0o600)
        assert free.read_bytes().startswith(b"ctbk")
        await _command(now, f"/backup {tmp_path / 'nowhere' / 'x'}")
        await now.press("enter")
        assert now.screen == "SaveAs"


@pytest.mark.parametrize(
    ("picked", "holds", "lacks"),
    [("this markdown", "# ada", "boris"), ("all json", '"text":"Call me!"', "# ada")],
)
async def test_conversations_are_written_down(tmp_path: Path, picked: str, holds: str, lacks: str) -> None:
    async with playing(SCENES["chat"]) as now:
        await _command(now, "/export")
        await now.type(picked)
        await now.press("enter")
        assert "not encrypted" in now.text()
        now.app.screen.query_one("#file", Field).value = str(tmp_path / "talk")
        await now.press("enter")
        assert now.screen == "Main"
        text = (tmp_path / "talk").read_text()
        assert holds in text
        assert lacks not in text
        assert (tmp_path / "talk").stat().st_mode & 0o777 == 0o600


# The profile


async def test_a_passphrase_is_changed_by_whoever_knows_it() -> None:
    async with playing(Scene()) as now:
        await now.press("enter")
        await _command(now, "/passphrase")
        for word in ("wrong guess", "battery staple horse", "battery staple hose"):
            await now.type(word)
            await now.press("enter")
        assert "not the same" in now.text()
        assert "strong" in now.text()
        now.app.screen.query_one("#again", Field).value = "battery staple horse"
        await now.press("enter")
        assert "Wrong passphrase" in now.text()
        now.app.screen.query_one("#old", Field).value = PASSPHRASE
        await now.press("enter", "enter", "enter")
        assert now.screen == "Main"
        assert now.gateway._passphrase == "battery staple horse"


async def test_a_profile_is_deleted_by_its_name_only() -> None:
    async with playing(Scene()) as now:
        await now.press("enter")
        await _command(now, "/wipe")
        await now.type("work")
        await now.press("enter")
        assert "Nothing was deleted" in now.text()
        wiped_by_another_name = now.gateway.wiped
        now.app.screen.query_one("#name", Field).value = "default"
        await now.press("enter")
        await until(now.pilot, lambda: now.app.return_code is not None)
        assert (wiped_by_another_name, now.gateway.wiped) == (False, True)
        said = "".join(str(line) for line in now.app._exit_renderables)
        assert said.startswith(WIPED)
        assert "/home/mara/notes" in said


async def test_nothing_is_deleted_by_leaving_the_question() -> None:
    async with playing(Scene()) as now:
        await now.press("enter")
        await _command(now, "/wipe")
        await now.press("escape")
        assert isinstance(now.app.screen, Main)
        assert not now.gateway.wiped


async def test_the_way_to_another_profile_is_told() -> None:
    async with playing(Scene()) as now:
        await now.press("enter")
        await _command(now, "/profiles")
        assert "default  this window" in now.text()
        assert "chattor profiles switch NAME" in now.text()
