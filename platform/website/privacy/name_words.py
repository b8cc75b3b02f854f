"""How people, schools, offices and companies are named in the text of a case, for `deidentify`.

A plain surname alone is no name: what follows or goes before (a title, a role, circles in place of the given name)
makes it one.
"""

from __future__ import annotations

import re

_HAN = "一-鿿"
# the commonest surnames; those that are also common words (應, 於, 全, 安, 任, 成 …) only with a colon before them
SURNAMES = (
    "陳林黃張李王吳劉蔡楊許鄭謝郭洪邱曾廖賴徐周葉蘇莊江呂羅高蕭潘朱簡鍾彭游詹胡施沈余趙盧梁顏柯孫魏翁戴范宋鄧"
    "杜侯薛傅丁馬曹藍溫蔣卓董古姜尤邵汪唐涂歐巫湯石姚康倪白連馮鄒田秦韓程嚴夏袁阮伍童鐘殷駱甘章崔史熊"
)
# 任何、如何 are no Mr Ho
_DOUBLE = "(?<![任如為因])何|歐陽|司徒|上官|張簡|范姜|諸葛|司馬|端木"
_MASK = "○〇◯OoＯXx×*＊●"
_TITLES = (
    "先生|小姐|女士|君|科長|股長|課長|組長|隊長|所長|館長|園長|主任秘書|主秘|主任|秘書|校長|區長|里長|局長|處長|副局長|"
    "副處長|專門委員|專員|科員|課員|組員|技士|技正|技佐|辦事員|書記|幹事|視察|秘書長|專案經理|總經理|副總|經理|董事長|負責人|"
    "工程師|建築師|技師|律師|會計師|老師|教授|議員|委員|監工|助理員|約僱人員|承辦人員|承辦人|承辦|同仁|大哥|大姐"
)
_ROLES = (
    "承辦人員|承辦人|承辦|聯絡人|聯繫人|經辦人|經辦|申請人|申訴人|異議人|負責人|代表人|代理人|主持人|召集人|監造人|檢舉人|"
    "陳情人|來電人|詢問人|當事人|課長|科長|股長|組長|主任|秘書|校長|局長|處長|專員|科員|技士|技正|技佐|教師|姓名|名叫|叫做"
)
# what comes after a name that is not set off by a mark
_BOUNDARY = (
    r"(?=$|[\s,，.。;；:：、!！?？()（）「」『』\[\]<>/]|先生|小姐|女士|君|科長|主任|表示|來電|詢問|致電|洽詢|電詢|反映|告知|"
    r"提出|說明|回復|回覆|聯絡|連絡|負責|辦理|承辦|簽辦|的|與|和|及|等|於|在|是|為|說|稱|問|請)"
)

# 林OO, 陳○明, 王××
NAMED_IN_PART = re.compile(
    rf"(?<![A-Za-z0-9])(?P<name>(?:{_DOUBLE}|[{SURNAMES}])(?:[{_MASK}]{{1,2}}[{_HAN}](?={_BOUNDARY})|[{_MASK}]{{2}}"
    rf"|[{_HAN}][{_MASK}]|[{_MASK}](?={_BOUNDARY}|{_TITLES}))(?:{_TITLES})?)(?![{_MASK}])"
)
# 承辦人：何全 (anything that can be a name), 承辦人林小明 (a common surname and an end)
NAMED_AFTER_ROLE = re.compile(
    rf"(?:{_ROLES})\s?(?:[:：]\s?(?P<sure>[{_HAN}]{{2,4}}){_BOUNDARY}|(?:為|是|叫)?\s?"
    rf"(?P<likely>(?:{_DOUBLE}|[{SURNAMES}])[{_HAN}]{{1,2}}){_BOUNDARY})"
)
# 王小明科長, 陳先生
NAMED_BEFORE_TITLE = re.compile(
    rf"(?P<name>(?:{_DOUBLE}|[{SURNAMES}])[{_HAN}]{{0,2}}?(?:{_TITLES}))(?![{_HAN}]?(?:資格|職務|一職|遴選))"
)
NOT_A_NAME = re.compile(
    "高級|高階|簡任|常務|連任|林務|林業|馬路|石化|何種|何位|何人|何時|溫泉|游泳|古蹟|白領|曾任|曾經|曾擔|曾為|謝謝|許多|許可|"
    "余額|周知|周邊|黃金|連絡|連同|程序|程式|石材|田野|白天|章節|史料|江河|施工|施作|高度|高額|藍圖|湯品|康樂|夏季|甘蔗|童軍|"
    "葉片|張貼|顏色|簡易|簡要|簡化|連續|連帶|嚴重|嚴格|殷實|嚴謹|章程|伍拾|石油|古物|馬達|莊嚴|賴以|余下|丁等|高於|何以|何者|何項|"
    "高中|高職|高工|高商|高農|高雄|何(?:單位|機關|處|科|校)|馬上|嚴禁|卓越|簡報|連署|簡單|簡稱|周全|周圍|"
    "無記名|未記名|不詳|略|無|如下|詳如|同上|廠商|機關|本人"
)
# schools and offices of whatever name; general words before them are no name
_GENERAL = (
    "[本各該某他貴此另市縣國公私校所的之及與和或、向對由為於在]|所屬|轄區|轄內|市立|縣立|國立|公立|私立|各級|偏遠|一般|部分|部份|"
    "其他|所有|多所|一所|兩所|二所|附設|附近|鄰近|小型|大型|新設|完全|綜合|普通|實驗|示範|兼辦|如為|例如|包括|以及"
)
SCHOOL_OR_OFFICE = re.compile(
    rf"(?:臺中市|新北市|臺北市|高雄市|桃園市|臺南市)?(?P<name>(?:(?!{_GENERAL})[{_HAN}]){{2}}"
    r"(?:國民小學|國民中學|高級中學|高級中等學校|國小|國中|高中|高工|高商|高農|幼兒園|科技大學|大學)"
    rf"|(?:[東西南北中](?=區公所)|(?:(?!{_GENERAL})[{_HAN}]){{2}})(?:區|鄉|鎮|市)公所"
    rf"|臺中市政府[{_HAN}]{{2,8}}?(?:局|處|委員會))"
)
COMPANY = re.compile(
    rf"(?:^|(?<=[\s,，。;；:：、（(「由向與和及係請洽給經因對將為]))"
    rf"(?P<name>(?![由向與及係請洽給經因對將為])(?:(?!(?:依|設立|登記|一般|外國|本國|投標|得標|成立|組成))[{_HAN}A-Za-z○〇]){{2,10}}"
    r"(?:股份有限公司|有限公司|企業社|工程行|土木包工業|建築師事務所|技師事務所))"
)
