"""Prices and discounts: pure functions over whole numbers, the same in Python and in the browser.

The browser's twin is `web/till/engine/`, file for file. `docs/pricing.md` is the policy with worked examples.
"""
