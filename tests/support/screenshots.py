"""Make the pictures of the documentation: `python -m tests.support.screenshots docs/images [SCENE …]`."""

import asyncio
import os
import re
import sys
from pathlib import Path
from typing import Final

from tests.support.scenes import SCENES, Scene, perform, stage

PICTURES: Final = ("first-code", "chat", "palette", "verify")
_FONTS: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)  # a picture fetches nothing from the net


async def picture(scene: Scene) -> str:
    """The scene as SVG; the same every time."""
    app, gateway = stage(scene)
    async with app.run_test(size=scene.size) as pilot:
        await perform(scene, pilot, gateway)
        return _FONTS.sub("", app.export_screenshot(title="chattor"))


def main(folder: str, *names: str) -> None:
    """Write them."""
    for variable in ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_DIM_FACTOR"):
        os.environ.pop(variable, None)
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for name in names or PICTURES:
        (target / f"{name}.svg").write_text(asyncio.run(picture(SCENES[name])), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
