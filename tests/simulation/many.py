"""Play many seeds on all cores: `python -m tests.simulation.many COUNT [FIRST]`, or `make simulate SEEDS=COUNT`.

Prints each seed that broke a promise and how to replay it, then how often everything happened. Fails if a promise
was broken, or if a fault or a branch was never met.
"""

import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.play import EVERYTHING, BrokenPromise, play

PROGRESS = 500
"""Seeds between two lines that tell how far it is."""
Outcome = tuple[Counter[str], float, str]
"""What was met, virtual seconds, and what broke."""


def attempt(seed: int) -> Outcome:
    """One seed."""
    try:
        report = play(seed)
    except BrokenPromise as broken:
        return Counter(), 0.0, str(broken)
    return report.hits, report.seconds, ""


def main(count: int, first: int = 0) -> int:
    """Play them; how many things are wrong."""
    hits: Counter[str] = Counter()
    seeds_with: Counter[str] = Counter()
    hours, broken = 0.0, 0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        seeds = range(first, first + count)
        for seed, (met, seconds, story) in zip(seeds, pool.map(attempt, seeds, chunksize=4), strict=True):
            hits += met
            seeds_with.update((+met).keys())
            hours += seconds / 3600
            if story:
                broken += 1
                sys.stdout.write(f"{story}\n\n")
            if not (seed + 1) % PROGRESS:
                sys.stdout.write(f"… {seed + 1 - first:,} seeds, broken: {broken}\n")
            sys.stdout.flush()
    for name in sorted(hits):
        sys.stdout.write(f"{hits[name]:8} in {seeds_with[name]:6} seeds  {name}\n")
    missing = [name for name in EVERYTHING if not hits[name]]
    sys.stdout.write(f"{count} seeds, {hours:.0f} virtual hours; broken: {broken}; never met: {missing or 'nothing'}\n")
    return broken + len(missing)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])) != 0)
