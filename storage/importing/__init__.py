"""Reading exports into the database: staged and checked apart, then merged in one short transaction."""
