"""Time, chance and counting: arrays in, arrays out."""
