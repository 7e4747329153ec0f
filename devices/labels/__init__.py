"""Label printers: what stands on a label, where it stands, and the bytes of three languages that print it."""
