"""Tillcard's point of sale: what is sold, recorded and counted."""

__version__ = "0.1.0"
