"""What `import filiation` offers: each public name, in a file of its own."""
