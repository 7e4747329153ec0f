"""Receipt printers: layout-neutral content, ESC/POS bytes, the driver, its simulator and its decoder."""
