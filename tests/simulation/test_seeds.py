"""Three hundred seeds of the simulation, and what it is worth: it repeats, and everything happened in it."""

import json
import os
import subprocess
import sys
from collections import Counter
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from tests.simulation.play import EVERYTHING, play

SEEDS = 300
CHUNK = 10


@pytest.fixture(scope="session")
def tally(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file for all workers of a run, a line for each chunk that is done."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "tally"


@pytest.mark.parametrize("first", range(0, SEEDS, CHUNK))
def test_every_promise_holds(first: int, tally: Path) -> None:
    hits: Counter[str] = Counter()
    for seed in range(first, first + CHUNK):
        hits += play(seed).hits
    with tally.open("a+") as lines:
        flock(lines, LOCK_EX)
        lines.write(json.dumps(hits) + "\n")
        lines.seek(0)
        chunks = [Counter(json.loads(line)) for line in lines]
    if len(chunks) * CHUNK == SEEDS:  # the last one sees all
        _everything_happened(sum(chunks, Counter()))


def _everything_happened(hits: Counter[str]) -> None:
    for name in EVERYTHING:
        sys.stdout.write(f"{hits[name]:6} {name}\n")
    assert not [name for name in EVERYTHING if not hits[name]]


@pytest.mark.parametrize("seed", [7, 8, 2972, 7395, 9731])
def test_a_seed_repeats_exactly_in_another_process(seed: int) -> None:
    told = [
        subprocess.run(
            [sys.executable, "-m", "tests.simulation.replay", str(seed)],
            env={**os.environ, "PYTHONHASHSEED": hashing},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hashing in ("1", "2")
    ]
    assert told[0] == told[1]
    assert play(seed).trace in told[0]
