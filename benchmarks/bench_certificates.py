"""Certificates per second and core against bare xhtml2pdf on the same document with the same subset of the fonts.

Also the memory of the process after 1,000 of them. The targets: at least 0.7 of the bare speed, below 400 MB.
"""

from __future__ import annotations

import io
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CERTIFICATES = int(os.environ.get("BENCH_CERTIFICATES", "1000"))
COMPARED = 40
ROUNDS = 3
SPEED_TARGET = 0.7
MEMORY_TARGET_MB = 400
NAMES = ("王小明", "陳美玲", "林𠮷祥", "張堃", "Aki Pasaw", "歐陽思齊")


def main() -> None:
    """Print the ratio and the memory; leave with 1 where a target is missed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    from certificates.printing import certificate_fonts, print_facts

    facts = [_facts(number) for number in range(COMPARED)]
    with certificate_fonts(facts) as fonts:
        ours = _rate(lambda: [print_facts(item, fonts=fonts) for item in facts])
        bare = 0.0
        for _round in range(ROUNDS):
            bare = max(bare, _rate(_bare_work(facts, fonts)))
            ours = max(ours, _rate(lambda: [print_facts(item, fonts=fonts) for item in facts]))
        before = _peak_memory()
        for number in range(CERTIFICATES):
            print_facts(facts[number % COMPARED], fonts=fonts)
    memory = _peak_memory()
    ratio = ours / bare
    print(f"certificates per second and core: {ours:.1f}, bare xhtml2pdf: {bare:.1f}")
    print(f"ratio: {ratio:.2f} (≥ {SPEED_TARGET})")
    print(f"memory after {CERTIFICATES:,} certificates: {memory:.0f} MB (before: {before:.0f}; < {MEMORY_TARGET_MB})")
    if ratio < SPEED_TARGET or memory >= MEMORY_TARGET_MB:
        sys.exit(1)


def _bare_work(facts: list[dict[str, Any]], fonts: Any) -> Callable[[], object]:
    """The same documents, laid out beforehand as HTML, through xhtml2pdf and nothing else."""
    from django.template.loader import render_to_string
    from xhtml2pdf import pisa
    from xhtml2pdf.config.resources import ResourceAccessPolicy

    from certificates import printing
    from common.pdf import _lay_out_images
    from common.qr import qr_png

    policy = ResourceAccessPolicy(base_dir=fonts.folder, allow_remote=False)
    pages = []
    for number, item in enumerate(facts):
        folder = fonts.folder / f"bare-{number}"
        folder.mkdir(exist_ok=True)
        images = {"background": printing.background_pdf(), "qr": qr_png(item["verify_url"])}
        context = {**printing._context(item), "fonts": fonts, "images": _lay_out_images(Path(folder), images)}
        pages.append(render_to_string(item["design"], context))

    def work() -> None:
        for page in pages:
            pisa.pisaDocument(page, io.BytesIO(), encoding="utf-8", resource_policy=policy)

    return work


def _rate(work: Callable[[], object]) -> float:
    """Documents per second of processor time: what else runs on the machine does not count."""
    start = time.process_time()
    work()
    return COMPARED / (time.process_time() - start)


def _peak_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _facts(number: int) -> dict[str, Any]:
    """The frozen facts of a certificate, as `certificates.wording.compose_facts` makes them."""
    from certificates import wording

    public_id = f"{number:032x}"
    return {
        "design": wording.DESIGN,
        "serial": f"(115)中市秘購訓字第{number + 1:04}號",
        "public_id": public_id,
        "issuer": wording.ISSUER,
        "issuer_en": wording.ISSUER_EN,
        "issued_on": "2026-11-20",
        "name": NAMES[number % len(NAMES)],
        "agency": "臺中市政府秘書處",
        "verify_url": f"http://localhost:8000/verify/{public_id}/",
        "words": {
            "title": wording.TITLE,
            "title_en": wording.TITLE_EN,
            "course": "採購專業人員基礎班 第 1 期",
            "course_en": "Basic class for procurement professionals, term 1",
            "statement": "參加本府採購專業人員基礎訓練，課程 66 小時，實際出席 64 小時，考試及格，特此證明。",
            "statement_en": "66 hours of training, 64 attended, examination passed",
            "remark": "本證明為臺中市政府之結訓證明，並非採購專業人員考試及格證書。",
            "remark_en": "This is the City's certificate of completion.",
            "issued_on": "中華民國 115 年 11 月 20 日",
            "issued_on_en": "20 November 2026",
        },
    }


if __name__ == "__main__":
    main()
