"""The rule set in the making: edited rule by rule, then put in force as the next version."""
