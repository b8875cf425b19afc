"""Items that the audit shows: which they are, their pictures, and what moved their scores."""
