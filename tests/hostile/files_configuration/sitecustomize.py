import builtins

builtins.print('REACHED: sitecustomize ran')
