"""Shtrih-M fiscal registers, protocol versions 1 and 2: frames, commands, driver, simulator."""
