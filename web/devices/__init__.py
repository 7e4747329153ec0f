"""The owner's page of devices: what is plugged in, how it is, what to do about it."""
