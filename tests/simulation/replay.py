"""Play seeds and tell: `python -m tests.simulation.replay SEED…` prints each story, its counts and its trace."""

import sys

from tests.simulation.play import BrokenPromise, play


def tell(seed: int) -> str:
    """One seed's story, or how it broke."""
    try:
        report = play(seed)
    except BrokenPromise as broken:
        return str(broken)
    hits = [f"{times:6} {name}" for name, times in sorted(report.hits.items())]
    return "\n".join([*report.story, *hits, f"seed {seed}: {report.seconds:.0f} virtual s, trace {report.trace}"])


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        sys.stdout.write(tell(int(argument)) + "\n")
