"""Runnable pipelines, one module each: options, ``build()``, ``main()``. No domain logic."""
