"""Logs of known truth: ordinary users, innocents that look coordinated, and campaigns."""
