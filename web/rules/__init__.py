"""The owner's rules: list, editor, calendar, versions, try it, and what discounts cost."""
