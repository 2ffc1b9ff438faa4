"""Games of solids, arrays of voxels."""
