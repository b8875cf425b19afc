"""The contract: every file that enters or leaves the house, as typed models.

One module per noun. Nothing here imports Beam or TensorFlow, so a schema can
be read anywhere. ``python -m schemas`` writes the generated JSON Schemas that
lie in ``schemas/json``, and BigQuery's tables in ``schemas/bigquery``; a test keeps them in step.
"""

from __future__ import annotations

SCHEMA_VERSION = "1"
"""Version of every file layout in this package; written into each file that has a header."""
