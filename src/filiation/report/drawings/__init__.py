"""Pictures as SVG, each with a table behind it."""
