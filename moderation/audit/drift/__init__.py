"""Two runs side by side: what is counted for it, how far apart they are, and what is chance."""
