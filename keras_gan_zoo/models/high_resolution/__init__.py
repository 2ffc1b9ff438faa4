"""Games of large images."""
