"""Every promise of speed in one harness: beside peers, beside a limit, beside an earlier build."""
