"""One training step of each game, as the zoo and as others write it."""
