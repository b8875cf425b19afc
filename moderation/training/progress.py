"""How far training is: what an epoch gave, the best so far, when to slow down and when to stop."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from typing import Any

from schemas.recipe import TrainingSpec

_SMALLEST_GAIN = 1e-5
_SLOWER = 0.5


@dataclass
class Progress:
    """Kept in every checkpoint."""

    epoch: int = 0
    """Epochs that are done."""
    best: float | None = None
    best_epoch: int = 0
    since_slowed: int = 0
    rate_scale: float = 1.0
    history: list[dict[str, Any]] = field(default_factory=list)
    resumed_after: list[int] = field(default_factory=list)
    """Epochs after which a training that had ended went on."""

    def take(self, figures: dict[str, Any], training: TrainingSpec) -> bool:
        """Note an epoch's figures; returns whether it is the best so far."""
        self.epoch += 1
        self.history.append({"epoch": self.epoch, **figures})
        value = figures.get(training.monitor)
        if value is None or not math.isfinite(value):
            value = -figures["val_loss"]
        elif training.monitor == "val_loss":
            value = -value
        is_best = self.best is None or value > self.best + _SMALLEST_GAIN
        if is_best:
            self.best, self.best_epoch, self.since_slowed = value, self.epoch, 0
            return True
        self.since_slowed += 1
        if training.schedule == "plateau" and self.since_slowed >= training.plateau_patience:
            self.rate_scale *= _SLOWER
            self.since_slowed = 0
        return False

    def is_over(self, training: TrainingSpec) -> bool:
        """All epochs done, or no better one for too long."""
        if self.epoch >= training.epochs:
            return True
        patience = training.early_stopping
        rests = self.epoch <= training.frozen_epochs
        return patience is not None and not rests and self.epoch - self.best_epoch >= patience

    def ended(self, training: TrainingSpec) -> str:
        """Why there were no more epochs, in a line."""
        if self.epoch >= training.epochs:
            return f"all {self.epoch} epochs were trained"
        waited = self.epoch - self.best_epoch
        return (
            f"stopped early after epoch {self.epoch} of {training.epochs}: {training.monitor} was "
            f"not better than in epoch {self.best_epoch} for {waited} epochs"
        )

    def to_json(self) -> str:
        """Everything, as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Progress:
        """What ``to_json`` gave."""
        return cls(**json.loads(text))
