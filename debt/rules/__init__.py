"""Rules over an artifact: score, estimate, tier, dates, reminders, approval, gate, ending."""
