"""Speaks to a WebSocket: sends every line of stdin, and prints the answer to each, or how the connection was closed."""

import sys

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

with connect(sys.argv[1], proxy=None) as wire:
    for line in sys.stdin:
        try:
            wire.send(line.strip())
            sys.stdout.write(f"{wire.recv(decode=True)}\n")
        except ConnectionClosed as closed:
            sys.stdout.write(f"closed: {closed.rcvd and closed.rcvd.code}\n")
            break
