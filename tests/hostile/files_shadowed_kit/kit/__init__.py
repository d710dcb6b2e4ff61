print('REACHED: the shadowed kit')
