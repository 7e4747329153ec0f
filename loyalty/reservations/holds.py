"""What reservations hold, as a piece of the one statement that weighs it against a ledger.

Both sides must be read by the same statement: then a document that settles a reservation is seen with its ledger rows, or
not at all.
"""

HELD = """
reservation_item item JOIN reservation held ON held.id = item.reservation
WHERE held.released_at IS NULL AND held.expires_at > :at AND held.id IS DISTINCT FROM CAST(:own AS uuid)
  AND NOT EXISTS (SELECT FROM reservation_settled settled WHERE settled.reservation_id = held.id)
"""
"""Items of live reservations but `:own`, at `:at`; to be continued with AND."""
