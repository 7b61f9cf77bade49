"""Where a statistic meets its null: sketch, plan, run, power."""
