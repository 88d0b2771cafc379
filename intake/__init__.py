"""Reading repositories and spreadsheets: what `debt scan` finds, and what imports bring in."""
