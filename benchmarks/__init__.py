"""Measurements behind the numbers of the documents, to be made again."""
