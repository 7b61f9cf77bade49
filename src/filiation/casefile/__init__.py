"""The record of an examination on disk: written whole, verified byte for byte."""
