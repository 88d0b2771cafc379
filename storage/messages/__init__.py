"""The ledger of messages, their kinds and recipients, and Slack events already seen."""
