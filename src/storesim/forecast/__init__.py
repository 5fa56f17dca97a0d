"""What comes next: methods, joint paths, scores; for simulated days and a user's own alike."""
