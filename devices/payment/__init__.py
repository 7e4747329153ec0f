"""Payment terminals: the conversation that takes money from a card, and what is known when it breaks off."""
