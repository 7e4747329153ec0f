"""What every protocol is held to: golden frames, faults, fuzz; the same for a simulator and for a real device."""
