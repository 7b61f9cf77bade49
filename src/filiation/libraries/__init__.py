"""A library: sketches of many models, searched by one."""
