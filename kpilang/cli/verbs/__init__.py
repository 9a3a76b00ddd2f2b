"""The verbs: each file defines `command`, a click command of the file's name, and is imported to run it."""
