"""Make assignments out of their sources, grade what students hand in, and test the graders."""
