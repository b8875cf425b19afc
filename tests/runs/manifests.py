"""A manifest with nothing in it."""

from __future__ import annotations

from schemas.manifest import Manifest

MANIFEST = Manifest(
    run_id="t",
    status="committed",
    refusal=None,
    started_at="",
    finished_at="",
    inputs=[],
    outputs=[],
    options={},
    versions={},
    model_name="",
    model_fingerprint="",
    policy_version="",
    policy_digest="",
)
