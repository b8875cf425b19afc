"""The file that decisions are appended to, and what they come to."""
