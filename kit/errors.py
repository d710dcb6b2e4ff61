"""What the kit says to somebody whose input it cannot use."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Input that cannot be used. The message names the value and what would be right; the exit status is 2."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest known words, or all of them where none is near.

    >>> did_you_mean("conv_parms", ["conv_params", "conv_macs", "warp"])
    'Did you mean conv_params or conv_macs?'
    >>> did_you_mean("zzz", ["warp", "accuracy"])
    'Known are: warp, accuracy.'
    """
    known = list(known)
    near = difflib.get_close_matches(word, known, n=3)
    return f"Did you mean {' or '.join(near)}?" if near else f"Known are: {', '.join(known)}."
