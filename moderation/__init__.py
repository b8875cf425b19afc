"""The library: records, images, models, verdicts, audit, runs. Never imports pipelines."""
