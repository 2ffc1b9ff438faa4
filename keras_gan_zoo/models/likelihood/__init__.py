"""Models that say how likely a sample is."""
