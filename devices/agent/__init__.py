"""The device agent: takes jobs, does each at most once, says how it ended. Protocol: docs/agent-protocol.md."""
