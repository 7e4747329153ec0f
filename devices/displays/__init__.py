"""Customer displays of two lines: what they say, fitted and written in letters they have, in three dialects."""
