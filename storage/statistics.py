"""What SQLite is told about its tables, so that it finds rows by the right index from the first import on.

Left to itself it believes that a workspace has ten rows, and reads all of them where an index leads to the few that a
card shows. Running ANALYZE after an import would not do: connections that are open keep what they read at their start.
"""

from sqlalchemy import Connection, Table

from storage.tables import crm, ledger, metadata, table_of

LARGE, SMALL = 1_000_000, 1_000
"""Rows of a table of deals, and of one of people or territories."""
DISTINCT = {
    "workspace_id": 1,
    **dict.fromkeys(("id", "key", "deal_id", "account_id", "parent_id", "reverses_id"), LARGE),
    **dict.fromkeys(("person_id", "territory_id", "on_day", "expected_close_on"), 1_000),
}
"""How many values a column has; others have a few."""
FEW = 10

_LARGE_TABLES = {
    table_of(model).name
    for module in (crm, ledger)
    for model in vars(module).values()
    if isinstance(model, type) and hasattr(model, "__table__")
}


def install(connection: Connection) -> None:
    """Write the statistics of all tables; other databases than SQLite gather their own."""
    if connection.dialect.name != "sqlite":
        return
    connection.exec_driver_sql("ANALYZE")
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    rows = [row for table in metadata.sorted_tables for row in statistics(table)]
    connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", rows)
    connection.exec_driver_sql("ANALYZE sqlite_schema")


def statistics(table: Table) -> list[tuple[str, str, str]]:
    """A row of sqlite_stat1 for the primary key and for each index: all rows, then rows alike in the first columns."""
    keys = {table.name: ([column.name for column in table.primary_key], True)}
    keys |= {
        str(index.name): ([column.name for column in index.columns], bool(index.unique)) for index in table.indexes
    }
    return [(table.name, name, _alike(table, columns, unique)) for name, (columns, unique) in keys.items() if columns]


def _alike(table: Table, columns: list[str], unique: bool) -> str:
    rows = LARGE if table.name in _LARGE_TABLES else SMALL
    counts = [rows]
    for name in columns:
        rows = max(1, rows // DISTINCT.get(name, FEW))
        counts.append(rows)
    if unique:
        counts[-1] = 1
    return " ".join(map(str, counts))
