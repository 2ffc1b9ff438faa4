def build(name, networks):
    raise NotImplementedError
