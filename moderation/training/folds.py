"""Folds of rows for fits that are tried on what they have not seen; groups stay together."""

from __future__ import annotations

from typing import Any

import numpy as np

FOLDS = 5


def folds_of(truth: Any, groups: Any = None, *, folds: int = FOLDS) -> Any:
    """int64 ``[rows]``: the fold of each row, from 0 on; the same for equal rows.

    Groups are dealt out one by one, by their first row's label, the largest first: every fold has
    its share of each label as far as groups allow.

    Args:
        truth: int ``[rows]``.
        groups: ``[rows]``, equal for copies; None: each row is its own.
        folds: how many.
    """
    truth = np.asarray(truth)
    if groups is None:
        groups = np.arange(len(truth))
    _, first, codes, sizes = np.unique(
        np.asarray(groups), return_index=True, return_inverse=True, return_counts=True
    )
    dealt = np.lexsort((first, -sizes, truth[first]))
    fold = np.empty(len(first), dtype=np.int64)
    fold[dealt] = np.arange(len(first)) % folds
    return fold[codes]
