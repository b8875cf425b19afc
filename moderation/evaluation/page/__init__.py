"""An evaluation as a page with plots."""
