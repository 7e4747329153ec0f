"""What the Armenian registers share: the goods of a receipt as they take them, returns by rows, the driver's own book."""
