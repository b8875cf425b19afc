"""Exact sums under keys of which there are as many as rows: by ranges of keys, each on its own.

A tally holds what there are few of. Of texts, pictures or a column's values there may be millions;
so what is counted of them travels as arrays, dealt into ranges by key, and one range at a time is
in memory: behind a shuffle of the engine, or out of files of the local disk.
"""
