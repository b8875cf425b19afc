"""Speed and memory: beside peers, a limit, an earlier build; and single questions."""
