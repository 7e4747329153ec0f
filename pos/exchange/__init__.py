"""What tills and the outside world take from the shop and give to it: the change feed first."""
