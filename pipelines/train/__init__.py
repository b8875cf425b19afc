"""TFRecords of pipelines.preprocess in; a model bundle for pipelines.score out."""
