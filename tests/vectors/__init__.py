"""Answers others published, second implementations, and our own frozen answers."""

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


def vectors(name: str) -> list[dict[str, Any]]:
    """The tests of one vendored file."""
    tests: list[dict[str, Any]] = json.loads((DATA / name).read_text())["tests"]
    return tests
