"""Some forty real names of agencies of Taichung City, and its 29 districts.

Names of agencies are public facts (the city's list of agencies, state of November 2026); who works there
in this demonstration is invented.
"""

from accounts.enums import AgencyKind
from accounts.models import Agency, District
from accounts.services import ensure_districts, ensure_name_rules

CITY = "臺中市政府"
BUREAUS = [
    "秘書處", "民政局", "財政局", "教育局", "經濟發展局", "建設局", "水利局", "農業局", "觀光旅遊局", "社會局",
    "勞工局", "警察局", "消防局", "衛生局", "環境保護局", "文化局", "地政局", "法制局", "都市發展局",
    "研究發展考核委員會", "人事處", "主計處",
]  # fmt: skip
SUBORDINATES = [
    ("臺中市新建工程處", "建設局"),
    ("臺中市養護工程處", "建設局"),
    ("臺中市停車管理處", ""),
    ("臺中市文化資產處", "文化局"),
    ("臺中市食品藥物安全處", "衛生局"),
]
DISTRICT_OFFICES = ["和平區", "東勢區", "北屯區", "西屯區", "大甲區", "清水區", "霧峰區", "豐原區"]
SCHOOLS = [
    ("臺中市中區光復國民小學", "中區"),
    ("臺中市北區太平國民小學", "北區"),
    ("臺中市北屯區大坑國民小學", "北屯區"),
    ("臺中市北屯區四張犁國民小學", "北屯區"),
    ("臺中市南區信義國民小學", "南區"),
    ("臺中市南屯區大墩國民小學", "南屯區"),
]


def lay() -> None:
    """Create the districts, the rules that read names, and the agencies with their superiors."""
    ensure_districts()
    ensure_name_rules()
    city = Agency.objects.create(name=CITY, kind=AgencyKind.BUREAU, is_confirmed=True)
    bureaus = {
        name: Agency.objects.create(name=CITY + name, kind=AgencyKind.BUREAU, parent=city, is_confirmed=True)
        for name in BUREAUS
    }
    for name, bureau in SUBORDINATES:
        Agency.objects.create(
            name=name, kind=AgencyKind.SUBORDINATE, parent=bureaus.get(bureau, city), is_confirmed=True
        )
    for name in DISTRICT_OFFICES:
        Agency.objects.create(
            name=f"臺中市{name}公所",
            kind=AgencyKind.DISTRICT_OFFICE,
            parent=bureaus["民政局"],
            district=District.objects.get(name=name),
            is_confirmed=True,
        )
    for name, district in SCHOOLS:
        Agency.objects.create(
            name=name,
            kind=AgencyKind.SCHOOL,
            parent=bureaus["教育局"],
            district=District.objects.get(name=district),
            is_confirmed=True,
        )
