"""Samples from latents alone: the GANs that all others begin with."""
