"""EPL2, as Eltron's and older Zebra label printers speak it."""
