"""The language's meaning as data, and what runs it."""
