"""Changes to the weights of another model (LoRA and its kin): read, and merged while being read."""
