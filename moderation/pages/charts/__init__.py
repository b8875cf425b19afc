"""Charts as inline SVG, drawn by a library and looked at in light, in the dark and on paper."""
