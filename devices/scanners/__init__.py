"""Barcode scanners on a serial line, USB-CDC or HID-POS: whole codes with their symbology, GS1 and marking codes split."""
