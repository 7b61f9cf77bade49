"""Weights that a quantiser packed into other tensors: one module for each way of packing."""
