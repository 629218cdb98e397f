"""The search text `q`: read into tokens, parsed into terms, compiled into clauses with bound values."""
