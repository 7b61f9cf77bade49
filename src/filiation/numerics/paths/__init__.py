"""How a training moves through the space of its weights: lengths, turns, bends, spikes."""
