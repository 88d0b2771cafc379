"""Charts: what they show, their words, and the process that draws them."""
