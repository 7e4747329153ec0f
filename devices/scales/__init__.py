"""Scales: readings with all their flags, one file a dialect, one driver for all of them."""
