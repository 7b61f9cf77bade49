"""In which order did a training read its files? A kind of material, its reader and its method."""
