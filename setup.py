"""The egg that scrapyd runs; everything it holds is told in pyproject.toml.

``scrapyd-deploy`` builds with ``setup.py bdist_egg``. Wheels are hatchling's and do not need this.
"""

from setuptools import setup

setup()
