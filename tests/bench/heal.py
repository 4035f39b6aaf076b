"""How long two friends are apart after a death, on a private network of real tor (R5): `… heal [STRIKES]` of each kind.

Printed are the seconds from the blow until both read a text that was written after it. R5 asks for 30.
"""

import asyncio
import statistics
import sys
import tempfile
from itertools import chain, repeat
from pathlib import Path

from chattor.transport.tor.network import PrivateNetwork
from tests.e2e.test_storm import weather
from tests.support.storm import EVERY


async def main(strikes: int) -> None:
    """Print median and worst of each kind."""
    with tempfile.TemporaryDirectory(prefix="ct-") as directory:
        async with PrivateNetwork(Path(directory)) as network:
            faults = chain.from_iterable(repeat(fault, strikes) for fault in EVERY)
            storm = await weather(network, faults, 1, within=60.0 * strikes * len(EVERY))
    for fault in EVERY:
        healed = [strike.healed for strike in storm.strikes if strike.fault == fault.__name__]
        spent = f"median {statistics.median(healed):5.1f} s  worst {max(healed):5.1f} s"
        sys.stdout.write(f"{fault.__name__:12} {len(healed)} x  {spent}\n")


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])) if sys.argv[1:] else main(3))
