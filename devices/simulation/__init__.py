"""Devices made of software: the real protocol over TCP or a pty, at the pace of a real line, with faults."""
