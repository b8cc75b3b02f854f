"""QR codes as pictures for documents."""

import io

import segno


def qr_png(text: str, *, scale: int = 6) -> bytes:
    """A PNG of the QR code for `text`, `scale` pixels a module, with the quiet zone that scanners need."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=scale, border=4)
    return out.getvalue()
