"""What one page shows in a question or two: the Home tab and an artifact's card."""
