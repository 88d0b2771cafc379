"""What is said, to whom, when: words, digest, requests, schedule, delivery."""
