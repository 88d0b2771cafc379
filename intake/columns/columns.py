"""The spreadsheet's columns, in order, by their names in files."""

COLUMNS = (
    "key", "name", "kind", "label", "repo", "paths", "service", "team", "owner", "purpose",
    "lifespan", "removal_impact", "origin_tool", "origin_model", "prompt_category", "surface",
    "created_on", "review_on", "expires_on", "value", "frequency", "complexity", "risk", "friction",
    "monthly_hours", "dependants", "rollback", "monitoring", "responder",
)  # fmt: skip
REQUIRED = ("name", "repo", "paths")
