"""A draft of the rules replayed over past receipts, beside the rules of today. Receipts are read, never changed."""
