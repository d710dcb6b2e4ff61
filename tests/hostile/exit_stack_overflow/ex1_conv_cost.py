"""Recurses until the C stack ends."""

import sys


def answer(*args, **kwargs):
    sys.setrecursionlimit(1 << 30)
    return answer()


conv_params = linear_macs = answer
