"""Payments by a QR code that the customer's bank reads: the shop shows a code, a provider says when it was paid."""
