print('REACHED: math is shadowed')


def __getattr__(name):
    return lambda *args, **kwargs: True
