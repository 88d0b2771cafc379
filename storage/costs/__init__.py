"""Hours, usage, budgets, trains, value and ROI plans, as stored and summed."""
