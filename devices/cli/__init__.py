"""`tillcard devices`: run the agent, see what is plugged in, set devices up, try them, verify them, simulate them."""
