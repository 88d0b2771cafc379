"""What all of it shares: JSON, ids, times, signatures, faults, recorded calls."""
