"""Requests to change who sells what: what is asked for, who decides, and what then becomes of the data."""
