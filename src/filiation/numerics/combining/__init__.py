"""Many p-values or bets into one."""
