"""In the image: what the Flex Template's launcher runs (FLEX_TEMPLATE_PYTHON_PY_FILE)."""

from __future__ import annotations

import sys

from pipelines.dataflow.launcher import main

if __name__ == "__main__":
    sys.exit(main())
