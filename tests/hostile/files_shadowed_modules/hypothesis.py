print('REACHED: hypothesis is shadowed')


def __getattr__(name):
    return lambda *args, **kwargs: True
