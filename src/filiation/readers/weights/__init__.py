"""From containers to layers: which tensor plays which role in which layer."""
