"""Star line mode: the second language of receipt printers."""
