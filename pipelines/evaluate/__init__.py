"""How good a model is: its verdicts meet the truth, and every figure comes with an interval."""
