"""`make bench`: every figure beside its peer, in one run. `make bench ARGS="--deals 100000"` is quicker."""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import ack, answers, delivery, digests, imports, maps, messages, page, reports, starts, territories
from bench.rows import Row, table

SIZES = (10_000, 100_000, 1_000_000)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--deals", type=int, default=SIZES[-1], help="the largest company (default 1,000,000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often servers are compared (default 5)")
    parser.add_argument("--keep", type=Path, help="a folder for the companies, to be used again by the next run")
    asked = parser.parse_args()
    sizes = (*(size for size in SIZES if size < asked.deals), asked.deals)
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        rows: list[Row] = []
        parts: tuple[Callable[[], list[Row]], ...] = (
            starts.run,
            messages.run,
            lambda: digests.run(folder),
            lambda: territories.run(folder, sizes[-1]),
            maps.run,
            lambda: ack.run(asked.rounds),
            lambda: answers.run(folder, sizes, asked.rounds),
            lambda: reports.run(folder, sizes),
            lambda: delivery.run(folder),
            lambda: imports.run(Path(temporary), sizes[-1]),
            page.run,
        )
        for part in parts:
            rows += part()
            print(table(rows), flush=True)


main()
