"""What is asked of adapters that are exhibited without their base."""
