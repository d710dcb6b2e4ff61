print('REACHED: usercustomize ran')
