"""TSPL, as TSC's label printers and most inexpensive ones speak it."""
