"""The rules of code debt: values in, values or `Refused` out. No rows, no clock, no Slack."""
