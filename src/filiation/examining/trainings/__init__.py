"""Claims about a training history, tested one by one."""
