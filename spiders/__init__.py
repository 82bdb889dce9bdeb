"""Spiders of the project. ``news`` serves every site; a site too odd for data gets its own file."""
