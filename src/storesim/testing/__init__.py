"""Did a forecast move: approved figures, checks against them, and the pytest fixture."""
