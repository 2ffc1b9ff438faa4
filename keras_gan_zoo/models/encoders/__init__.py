"""Games with an encoder, from samples back to latents."""
