"""How quickly labelled records become TFRecords."""
