"""Everything that Turf remembers: tables, repositories, imports and migrations."""
