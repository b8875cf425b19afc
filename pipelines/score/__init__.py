"""The main job: records in; verdicts, dead letters, review queue and audit out."""
