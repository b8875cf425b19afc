"""For tools that want a setup.py, Dataflow's ``--setup_file`` among them.

All metadata lie in pyproject.toml; setuptools reads them from there.
"""

from __future__ import annotations

from setuptools import setup

setup()
