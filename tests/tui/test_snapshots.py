"""What the screens look like. A changed picture is looked at (`snapshot_report.html`), then `--snapshot-update`."""

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.support.scenes import SCENES, Scene, perform, stage

Compare = Callable[..., bool]


def same(snap_compare: Compare, scene: Scene) -> bool:
    app, gateway = stage(scene)

    async def play(pilot: Pilot[Any]) -> None:
        await perform(scene, pilot, gateway)

    return snap_compare(app, terminal_size=scene.size, run_before=play)


@pytest.mark.parametrize("name", SCENES)
def test_scene(name: str, snap_compare: Compare) -> None:
    assert same(snap_compare, SCENES[name])


@pytest.mark.parametrize("name", ["chat", "requests", "first-code", "palette"])
def test_scene_without_colour(name: str, snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert same(snap_compare, SCENES[name])
