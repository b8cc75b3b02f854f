"""Files of notices as others publish them, made small for the tests."""

import copy
import json

RECORD = {
    "date": 20260302,
    "filename": "TIQ-1-71000001",
    "brief": {"type": "公開招標公告", "title": "校舍防水修繕工程", "category": "工程類511-建築物"},
    "job_number": "115D0001",
    "unit_id": "3.87.52",
    "unit_name": "臺中市政府教育局",
    "detail": {
        "type": "公開招標公告",
        "url": "https://web.pcc.gov.tw/tps/1.html",
        "機關資料:機關代碼": "3.87.52",
        "機關資料:機關名稱": "臺中市政府教育局",
        "採購資料:標案案號": "115D0001",
        "採購資料:標案名稱": "校舍防水修繕工程",
        "採購資料:標的分類": "工程類511-建築物",
        "採購資料:預算金額": "5,000,000元",
        "採購資料:採購金額級距": "公告金額以上未達查核金額",
        "採購資料:後續擴充": "否",
        "招標資料:招標方式": "公開招標",
        "招標資料:公告日": "115/03/02",
    },
}
FAILED = {
    "date": 20260320,
    "filename": "NAI-1-71000002",
    "brief": {"type": "無法決標公告", "title": "校舍防水修繕工程"},
    "job_number": "115D0001",
    "unit_id": "3.87.52",
    "unit_name": "臺中市政府教育局",
    "detail": {
        "type": "無法決標公告",
        "無法決標公告:機關代碼": "3.87.52",
        "無法決標公告:機關名稱": "臺中市政府教育局",
        "無法決標公告:標案案號": "115D0001",
        "無法決標公告:標案名稱": "校舍防水修繕工程",
        "無法決標公告:標的分類": "<工程類>511建築物",
        "無法決標公告:招標方式": "公開招標",
        "無法決標公告:無法決標的理由": "流標(無廠商投標或未達法定開標家數)",
        "無法決標公告:無法決標的理由:remind": "理由請擇一填列",
        "無法決標公告:是否沿用本案號及原招標方式續行招標": "是",
        "無法決標公告:原招標公告之刊登採購公報日期": "115/03/02",
        "無法決標公告:無法決標公告日期": "115/03/20",
    },
}
AWARD = {
    "date": 20260430,
    "filename": "BDM-1-71000003",
    "brief": {"type": "決標公告", "title": "校舍防水修繕工程"},
    "job_number": "115D0001",
    "unit_id": "3.87.52",
    "unit_name": "臺中市政府教育局",
    "detail": {
        "type": "決標公告",
        "機關資料:機關名稱": "臺中市政府教育局",
        "已公告資料:標案名稱": "校舍防水修繕工程",
        "已公告資料:標的分類": "<工程類>511建築物",
        "已公告資料:預算金額": "5,000,000元",
        "已公告資料:原公告日期": "115/04/01",
        "投標廠商:投標廠商家數": "3",
        "決標資料:決標日期": "115/04/27",
        "決標資料:總決標金額": "4,850,000元\r\n\t\t肆佰捌拾伍萬元",
    },
}


def record(base=RECORD, detail=None, **given):
    """A record like `base` with other values; `detail` by its keys, None takes one out."""
    made = copy.deepcopy(base) | given
    made["detail"] |= detail or {}
    made["detail"] = {key: value for key, value in made["detail"].items() if value is not None}
    return made


def as_json(*records, unit_name="臺中市政府教育局"):
    """The bytes of a file of one unit."""
    return json.dumps({"unit_name": unit_name, "records": list(records)}, ensure_ascii=False).encode()
