"""Scrapy commands of this project; found through the setting COMMANDS_MODULE."""
