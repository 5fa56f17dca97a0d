"""What if: scenarios compared on common luck, settings swept, ranked and optimised."""
