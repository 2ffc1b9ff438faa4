"""Images of one domain into images of another."""
