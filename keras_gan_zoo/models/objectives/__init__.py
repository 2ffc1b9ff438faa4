"""Other losses, distances and penalties for the same two players."""
