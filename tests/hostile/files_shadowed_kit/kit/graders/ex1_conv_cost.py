print('REACHED: the shadowed graders')


def test_conv_params(submission):
    return None
