"""ZPL II, as Zebra's label printers and many others speak it."""
