"""The name rules that a new installation starts with; afterwards they are rows that administrators edit.

They were written against the names of Taichung's 547 agencies and schools. What a rule says is a proposal:
the agency stays unconfirmed until somebody has looked. Where the name alone does not tell (the election
commission belongs to the central government, for example), no rule speaks, and the row is left to a person.
"""

from typing import NamedTuple

from .enums import AgencyKind


class NameRule(NamedTuple):
    """One default row of `AgencyNameRule`; its place in the list gives its order."""

    pattern: str
    kind: AgencyKind
    parent_name: str = ""
    note: str = ""


GOVERNMENT = "臺中市政府"

DEFAULT_RULES: tuple[NameRule, ...] = (
    NameRule(rf"^{GOVERNMENT}$", AgencyKind.OTHER, "", "市政府本身，樹的根"),
    NameRule(r"^臺中市(議會|.+區民代表會)$", AgencyKind.OTHER, "", "民意機關，不隸屬市政府"),
    # the indigenous district governs itself and has agencies of its own
    NameRule(r"^臺中市(.+區)立幼兒園$", AgencyKind.SCHOOL, r"臺中市\1公所", "直轄市山地原住民區所屬"),
    NameRule(r"^臺中市(.+區)(清潔隊|立圖書館)$", AgencyKind.SUBORDINATE, r"臺中市\1公所", "直轄市山地原住民區所屬"),
    NameRule(r"^臺中市.+區公所$", AgencyKind.DISTRICT_OFFICE, GOVERNMENT, "區公所"),
    # second-level agencies that every district or quarter has
    NameRule(r"^臺中市.+戶政事務所$", AgencyKind.SUBORDINATE, "臺中市政府民政局", "戶政事務所"),
    NameRule(r"^臺中市.+地政事務所$", AgencyKind.SUBORDINATE, "臺中市政府地政局", "地政事務所"),
    NameRule(r"^臺中市.+衛生所$", AgencyKind.SUBORDINATE, "臺中市政府衛生局", "衛生所"),
    NameRule(r"^臺中市.+公有零售市場$", AgencyKind.SUBORDINATE, "臺中市政府經濟發展局", "公有零售市場"),
    NameRule(r"^臺中市政府(警察局|消防局|環境保護局).+$", AgencyKind.SUBORDINATE, r"臺中市政府\1", "局本部所屬"),
    # schools: the ending says it
    NameRule(
        r"^臺中市.+(國民小學|國民中學|國民中小學|高級中學|高級中等學校|教育學校|啟明學校|啟聰學校|幼兒園)$",
        AgencyKind.SCHOOL,
        "臺中市政府教育局",
        "市立學校及幼兒園",
    ),
    # second-level agencies by name
    NameRule(r"^臺中市(生命禮儀管理處|孔廟忠烈祠聯合管理所)$", AgencyKind.SUBORDINATE, "臺中市政府民政局"),
    NameRule(r"^臺中市家庭教育中心$", AgencyKind.SUBORDINATE, "臺中市政府教育局"),
    NameRule(r"^臺中市(新建|養護)工程處$", AgencyKind.SUBORDINATE, "臺中市政府建設局"),
    NameRule(
        r"^臺中市(交通事件裁決處|停車管理處|公共運輸處|公共運輸及捷運工程處|捷運工程處|車輛行車事故鑑定委員會)$",
        AgencyKind.SUBORDINATE,
        "臺中市政府交通局",
    ),
    NameRule(r"^臺中市政府住宅發展工程處$", AgencyKind.SUBORDINATE, "臺中市政府都市發展局"),
    NameRule(r"^臺中市(動物保護防疫處|海岸資源漁業發展所)$", AgencyKind.SUBORDINATE, "臺中市政府農業局"),
    NameRule(r"^臺中市風景區管理所$", AgencyKind.SUBORDINATE, "臺中市政府觀光旅遊局"),
    NameRule(r"^臺中市(立仁愛之家|家庭暴力及性侵害防治中心)$", AgencyKind.SUBORDINATE, "臺中市政府社會局"),
    NameRule(r"^臺中市(勞動檢查處|就業服務處)$", AgencyKind.SUBORDINATE, "臺中市政府勞工局"),
    NameRule(r"^臺中市食品藥物安全處$", AgencyKind.SUBORDINATE, "臺中市政府衛生局"),
    NameRule(r"^臺中市(文化資產處|立圖書館|立.*美術館)$", AgencyKind.SUBORDINATE, "臺中市政府文化局"),
    NameRule(r"^臺中市政府公務人力訓練中心$", AgencyKind.SUBORDINATE, "臺中市政府人事處"),
    NameRule(r"^臺中市政府資訊中心$", AgencyKind.SUBORDINATE, "臺中市政府研究發展考核委員會"),
    # what bears the government's name and ends like a first-level agency is one
    NameRule(r"^臺中市政府.+(局|處|委員會)$", AgencyKind.BUREAU, GOVERNMENT, "一級機關"),
    NameRule(r".+(股份有限公司|公司)$", AgencyKind.ENTERPRISE, GOVERNMENT, "公營事業"),
)

DISTRICTS: tuple[tuple[str, str, str], ...] = (
    # codes and names of the 29 districts as the Ministry of the Interior lists them, read on 2026-11-20
    ("66000010", "中區", "Central District"),
    ("66000020", "東區", "East District"),
    ("66000030", "南區", "South District"),
    ("66000040", "西區", "West District"),
    ("66000050", "北區", "North District"),
    ("66000060", "西屯區", "Xitun District"),
    ("66000070", "南屯區", "Nantun District"),
    ("66000080", "北屯區", "Beitun District"),
    ("66000090", "豐原區", "Fengyuan District"),
    ("66000100", "東勢區", "Dongshi District"),
    ("66000110", "大甲區", "Dajia District"),
    ("66000120", "清水區", "Qingshui District"),
    ("66000130", "沙鹿區", "Shalu District"),
    ("66000140", "梧棲區", "Wuqi District"),
    ("66000150", "后里區", "Houli District"),
    ("66000160", "神岡區", "Shengang District"),
    ("66000170", "潭子區", "Tanzi District"),
    ("66000180", "大雅區", "Daya District"),
    ("66000190", "新社區", "Xinshe District"),
    ("66000200", "石岡區", "Shigang District"),
    ("66000210", "外埔區", "Waipu District"),
    ("66000220", "大安區", "Da’an District"),
    ("66000230", "烏日區", "Wuri District"),
    ("66000240", "大肚區", "Dadu District"),
    ("66000250", "龍井區", "Longjing District"),
    ("66000260", "霧峰區", "Wufeng District"),
    ("66000270", "太平區", "Taiping District"),
    ("66000280", "大里區", "Dali District"),
    ("66000290", "和平區", "Heping District"),
)
