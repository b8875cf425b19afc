"""Model bundles: opening, binding to records, and scoring through Beam.

At launch, without TensorFlow: ``bundle`` opens a model; ``savedmodel`` reads its
signatures; ``binding`` makes up a card where there is none, with ``conventions``,
``bind_inputs``, ``labels`` and ``problems``; ``verify`` and ``verify_features`` hold a
card against the file.

On a worker: ``handler`` is Beam's; ``loading`` keeps one copy a process; ``scorer``
halves (``halving``) what ``calls`` feeds (``inputs``, ``tokens``), asks and reads
(``outputs``), in two steps where the card says how (``features``, ``assemble``);
``probe`` tells a broken model from a bad item, ``golden`` a changed one from the one
that was made.
"""
