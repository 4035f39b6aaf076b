"""What the documentation says exists does exist."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import keys_page, rpc_page, screenshots
from tests.support.scenes import SCENES

ROOT = Path(__file__).parents[2]
_SHOWN_BY = re.compile(r"`([a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`")
_LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("line", (ROOT / "docs/behaviours.md").read_text().splitlines())
def test_every_behaviour_names_a_test(line: str) -> None:
    for file, name in _SHOWN_BY.findall(line):
        assert re.search(rf"^ *(async )?def {name}\(", (ROOT / "tests" / file).read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "made"), [("rpc.md", rpc_page.page), ("keys.md", keys_page.page), ("screens.md", screenshots.page)]
)
def test_the_pages_made_from_the_code_are_current(name: str, made: Callable[[], str]) -> None:
    assert (ROOT / "docs" / name).read_text() == made(), "`make docs` writes it anew"


def test_there_are_behaviours() -> None:
    assert len(_SHOWN_BY.findall((ROOT / "docs/behaviours.md").read_text())) > 30


@pytest.mark.parametrize("page", [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in _LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), target


async def test_a_picture_is_the_same_every_time_and_fetches_nothing() -> None:
    scene = SCENES["help"]
    drawn = await screenshots.picture(scene)
    assert drawn == await screenshots.picture(scene)
    assert not re.search(r"url\((?!#)|href=|@import|<script", drawn)
