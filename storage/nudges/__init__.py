"""Who is due for a direct message, about what, and how often they may be spoken to."""
