"""Reads source trees: files to functions, functions to hashed features of three channels."""
