"""Raises with a message of a gigabyte, from a thousand frames deep."""

def answer(*args, depth=0, **kwargs):
    if depth < 500:
        return answer(depth=depth + 1)
    raise ValueError("x" * (200 << 20))


conv_params = linear_macs = answer
