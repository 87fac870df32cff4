"""Which territory an account is in and why, and what is wrong with how accounts are divided up."""
