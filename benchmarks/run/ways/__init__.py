"""One file a way of doing the work, each run as a process of its own.

A way may run with another python, or with another checkout's packages, so it leans on its
neighbours in this folder by their bare names and on nothing else of the benchmarks. It takes one
argument, a JSON object, and prints as its last line what a row cost, in seconds: ``{"clock": …,
"processor": …}``.
"""
