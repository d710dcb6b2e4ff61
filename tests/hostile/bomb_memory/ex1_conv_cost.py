"""Takes all the memory there is."""

def answer(*args, **kwargs):
    held = []
    while True:
        held.append(bytearray(64 << 20))


conv_params = linear_macs = answer
