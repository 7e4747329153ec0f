"""How much one file may hold; beyond it the answer is a sentence, not a full memory."""

MOST_BYTES = 40_000_000
MOST_UNPACKED = 250_000_000
"""Bytes of all parts of an .xlsx together: 100,000 rows of 20 columns take about 90 million."""
MOST_PARTS = 1_000
MOST_ROWS = 199_999
MOST_COLUMNS = 78
"""A to BZ."""
MOST_CHARACTERS = 5_000
"""In one cell."""
