"""The first files of a project: a sample of ours (`sample`), or a draft of the user's own data.

`draft` asks the survey of an engine and guesses (`columns`, `links`); `write` puts the guesses into YAML, and
comments that ask to be checked; `place` writes all files or none. What is written is a spec like any other.
"""
