"""Labelled records in; TFRecords of tf.train.Example out, in splits that do not leak."""
