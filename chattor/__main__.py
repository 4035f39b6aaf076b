"""`python -m chattor` and the `chattor` command."""

import gc
import sys


def main() -> None:
    """Run the command line and end the process with its exit code."""
    gc.disable()  # nothing that is imported is garbage: looking for some only takes time, now and later
    from chattor.cli.app import main as run

    gc.freeze()
    gc.enable()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
