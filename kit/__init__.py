"""A verification suite and teaching kit for a homework on convolutional networks."""

__version__ = "0.1.0"
