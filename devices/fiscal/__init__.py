"""Fiscal registers: what a fiscal job says, one driver a maker, each with its simulator."""
