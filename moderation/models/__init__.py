"""Model bundles: opening, binding to records, and scoring through Beam.

At launch, without TensorFlow: ``bundle`` opens a model; ``savedmodel`` reads its
signatures; ``binding`` makes up a card where there is none, with ``conventions``,
``bind_inputs``, ``labels`` and ``problems``; ``verify`` holds a card against the file.

On a worker: ``handler`` is Beam's; ``loading`` keeps one copy a process; ``scorer``
feeds (``inputs``, ``tokens``), calls, reads (``outputs``) and halves (``halving``);
``probe`` tells a broken model from a bad item.
"""
