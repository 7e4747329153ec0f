"""Byte ports: TCP and serial behind one small interface, their libraries' errors translated here."""
