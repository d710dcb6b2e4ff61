print('REACHED: json is shadowed')


def __getattr__(name):
    return lambda *args, **kwargs: True
