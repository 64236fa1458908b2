"""The few scripts that execute, assemble and check the book."""
