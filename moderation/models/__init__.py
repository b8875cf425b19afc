"""Model bundles: opening, binding to records, and scoring through Beam."""
