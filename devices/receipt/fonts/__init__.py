"""The font files; README.md says where each comes from."""
