"""What people see of a request after it was sent: its card and thread, direct messages, what it would change, buttons."""
