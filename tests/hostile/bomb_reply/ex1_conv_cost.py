"""Answers with more than a wire should carry."""

def answer(*args, **kwargs):
    return ["x" * 1000] * 100_000


conv_params = linear_macs = answer
