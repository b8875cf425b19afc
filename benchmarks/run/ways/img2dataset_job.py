"""img2dataset: URLs of a file fetched, decoded, resized and written as JPEGs of 256 × 256."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from clocks import given, slope, tell


def main(job: dict[str, Any]) -> None:
    from img2dataset import download

    urls = Path(job["urls"]).read_text().split()
    output, some = Path(job["output"]), Path(job["output"]).with_suffix(".txt")

    def work(rows: int) -> None:
        shutil.rmtree(output, ignore_errors=True)
        some.write_text("\n".join(urls[:rows]))
        download(
            url_list=str(some),
            input_format="txt",
            output_folder=str(output),
            output_format="files",
            image_size=256,
            resize_mode="border",
            processes_count=job["processes"],
            thread_count=job["threads"],
            number_sample_per_shard=max(1, min(200, rows // job["processes"])),
            encode_quality=95,
            disallowed_header_directives=[],
            retries=2,
        )
        found = sum(1 for _ in output.rglob("*.jpg"))
        if found != rows:
            sys.exit(f"img2dataset wrote {found} pictures of {rows}")

    tell(slope(work, few=job["few"], rows=job["rows"]))


if __name__ == "__main__":
    main(given())
