"""Imports that a worker runs: files from Slack or a folder, in a process of their own."""
