"""Certificates: PDFs per second and core against bare xhtml2pdf on the same document, and a worker's memory.

Draws the same certificates by `certificates.printing` and by a bare call of xhtml2pdf, alternating, with the same
subset of the fonts, the same background and QR code ready for both; prints the ratio (target: at least 0.7). Then
draws 1,000 certificates in one process and prints the memory that it holds (target: under 400 MB).
"""

from __future__ import annotations

import gc
import io
import os
import resource
import statistics
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

ROUNDS = 7
PER_ROUND = int(os.environ.get("BENCH_CERTIFICATES_PER_ROUND", "20"))
MANY = int(os.environ.get("BENCH_CERTIFICATES", "1000"))
SPEED_TARGET = 0.7
MEMORY_TARGET = 400  # MB

SURNAMES = "陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周"
GIVEN = "宜君志明淑芬俊傑雅婷家豪美玲建宏怡君承翰詩涵冠宇欣怡柏翰佳穎𠮷堃"


def main() -> None:
    """Measure and print."""
    root = Path(__file__).resolve().parents[1]
    sys.path.append(str(root / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    from certificates.printing import certificate_fonts

    facts = [_facts(number) for number in range(MANY)]
    with certificate_fonts(facts) as fonts:
        _speed(facts, fonts)
        _memory(facts, fonts)


def _speed(facts: list[dict[str, Any]], fonts: Any) -> None:
    from certificates.printing import print_facts

    bare = _bare_renderer(fonts)
    ours_seconds, bare_seconds = [], []
    print_facts(facts[0], fonts=fonts)
    bare(facts[0])
    for number in range(ROUNDS):
        some = facts[number * PER_ROUND : (number + 1) * PER_ROUND]
        ours_seconds.append(_timed(lambda some=some: [print_facts(item, fonts=fonts) for item in some]))
        bare_seconds.append(_timed(lambda some=some: [bare(item) for item in some]))
    ours, plain = (PER_ROUND / statistics.median(seconds) for seconds in (ours_seconds, bare_seconds))
    ratio = statistics.median(b / o for o, b in zip(ours_seconds, bare_seconds, strict=True))
    print(f"certificates per second and core: {ours:.1f}   bare xhtml2pdf: {plain:.1f}")
    print(f"ratio {ratio:.2f}, at least {SPEED_TARGET} wanted: {'met' if ratio >= SPEED_TARGET else 'MISSED'}")


def _bare_renderer(fonts: Any) -> Any:
    """Return what a plain script would do: the template, xhtml2pdf, no checks."""
    from django.template.loader import render_to_string
    from xhtml2pdf import pisa
    from xhtml2pdf.config.resources import ResourceAccessPolicy

    from certificates.background import background_pdf
    from certificates.printing import _context
    from common.qr import qr_png

    folder = fonts.folder / "bare"
    folder.mkdir()
    (folder / "background.pdf").write_bytes(background_pdf())
    policy = ResourceAccessPolicy(base_dir=fonts.folder, allow_remote=False)

    def render(facts: dict[str, Any]) -> bytes:
        code = folder / "qr.png"
        code.write_bytes(qr_png(facts["verify_url"]))
        images = {"background": str(folder / "background.pdf"), "qr": str(code)}
        html = render_to_string(facts["design"], {**_context(facts), "fonts": fonts, "images": images})
        out = io.BytesIO()
        pisa.pisaDocument(html, out, encoding="utf-8", resource_policy=policy)
        return out.getvalue()

    return render


def _memory(facts: list[dict[str, Any]], fonts: Any) -> None:
    from certificates.printing import print_facts

    begun = time.perf_counter()
    size = sum(len(print_facts(item, fonts=fonts)) for item in facts)
    seconds = time.perf_counter() - begun
    gc.collect()
    held, peak = _resident(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(facts)} certificates in {seconds:.0f} s, {size / len(facts) / 1024:.0f} KB each")
    print(
        f"memory of the worker {held:.0f} MB (at most {peak:.0f} MB, while the fonts are cut), "
        f"under {MEMORY_TARGET} wanted: {'met' if held < MEMORY_TARGET else 'MISSED'}"
    )


def _resident() -> float:
    """Return the resident memory of this process in MB."""
    status = Path("/proc/self/status")
    if not status.exists():  # not Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _timed(deed: Any) -> float:
    begun = time.perf_counter()
    deed()
    return time.perf_counter() - begun


def _facts(number: int) -> dict[str, Any]:
    """Return the facts of an invented certificate, as `certificates.wording` composes them."""
    from certificates import wording

    public_id = f"{number:016d}".translate(str.maketrans("01", "ZY"))
    name = SURNAMES[number % len(SURNAMES)] + GIVEN[number % len(GIVEN)] + GIVEN[(number * 7 + 3) % len(GIVEN)]
    return {
        "design": wording.DESIGN,
        "public_id": public_id,
        "serial": f"115-基礎-{number:04d}",
        "name": name,
        "agency": f"臺中市政府第 {number % 40} 局",
        "issuer": wording.ISSUER,
        "issuer_en": wording.ISSUER_EN,
        "issued_on": date(2026, 12, 10).isoformat(),
        "verify_url": wording.verify_url(public_id),
        "words": {
            "title": wording.TITLE,
            "title_en": wording.TITLE_EN,
            "serial": f"證號 115-基礎-{number:04d}",
            "course": "採購專業人員基礎班　115 年第 6 期",
            "statement": [
                "於民國 115 年 11 月 16 日至 115 年 12 月 5 日參加本府辦理之上列課程，",
                "課程 66 小時，出席 64.5 小時，經考試及格，符合結訓規定，特發此證。",
            ],
            "course_en": "Basic Class for Procurement Professionals (115-basic-6)",
            "statement_en": "16 November 2026 to 5 December 2026; course of 66 hours, 64.5 attended",
            "issued_on": "中華民國 115 年 12 月 10 日",
            "issued_on_en": "10 December 2026",
            "verify": "掃描或輸入號碼查驗",
            "verify_en": "Scan or enter the number to verify",
            "verify_at": "localhost:8000/verify/",
            "remark": wording.REMARK,
        },
    }


if __name__ == "__main__":
    main()
