# SPDX-License-Identifier: GPL-3.0-or-later
"""`python carry.py RUN_JSON ADDRESS`: standard input and output of a connection to a device of a running lab.

A proxy command for SSH: the controller names the device by the address that its configuration gives it, such as
192.168.2.1, and the lab has a port on loopback for it. Imports nothing of the lab, because it starts for each login.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from pathlib import Path


def main(run_file: str, address: str) -> int:
    addresses = json.loads(Path(run_file).read_text(encoding="utf-8"))["addresses"]
    if address not in addresses:
        print(f"the lab has no device at {address}; there are: {', '.join(addresses)}", file=sys.stderr)
        return 1
    with socket.create_connection(tuple(addresses[address])) as connection:
        threading.Thread(target=_send, args=(connection,), daemon=True).start()
        while data := connection.recv(65536):
            _write(data)
    return 0


def _send(connection: socket.socket) -> None:
    while data := os.read(0, 65536):
        connection.sendall(data)
    connection.shutdown(socket.SHUT_WR)


def _write(data: bytes) -> None:
    while data:
        data = data[os.write(1, data) :]


if __name__ == "__main__":
    try:
        # What may still stand in a thread that reads must not hold the end up.
        code = main(*sys.argv[1:3])
    except OSError as error:
        print(f"carry: {error}", file=sys.stderr)
        code = 1
    os._exit(code)
