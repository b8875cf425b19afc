"""What comes in: files to rows, rows to records, records to distinct items."""
