"""Did this model come from that one? Forensic statistics on language models."""

__version__ = "0.1.0"
