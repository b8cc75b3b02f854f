"""The preview of an import counts every verdict."""

from common.imports import ImportPreview, Outcome, RowVerdict


def test_a_preview_counts_and_picks_its_verdicts():
    new = RowVerdict(2, Outcome.NEW, "王小明", payload={"score": 80})
    changed = RowVerdict(3, Outcome.CHANGED, "陳美玲", ("70 → 80",), {"score": 80})
    same = RowVerdict(4, Outcome.UNCHANGED, "林大同")
    refused = RowVerdict(5, Outcome.REFUSED, "無此人", ("不在名單上",))
    preview = ImportPreview("scores.ods", [new, changed, same, refused])
    assert preview.counts == {Outcome.NEW: 1, Outcome.CHANGED: 1, Outcome.UNCHANGED: 1, Outcome.REFUSED: 1}
    assert preview.to_apply == [new, changed]
    assert preview.refused == [refused]
    assert ImportPreview("empty.ods", []).counts == dict.fromkeys(Outcome, 0)
