"""Containers as bytes: safetensors, pickles as descriptions, protobuf, dtypes, JSON and TOML."""
