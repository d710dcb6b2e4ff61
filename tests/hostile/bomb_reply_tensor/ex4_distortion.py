"""Answers with a tensor of a gigabyte."""

import torch


def answer(*args, **kwargs):
    return torch.zeros(250_000_000)


displacement_field = warp = elastic_distortion = answer
