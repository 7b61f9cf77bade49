"""The index of public models that comes with the package: how it is made again."""
