"""What a night costs of which most was judged before."""
