"""How a store behaves: its parts, and the order of the day."""
