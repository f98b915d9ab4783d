"""Every sentence that reading a file can make a user read, each with its remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from typing import NamedTuple

from portal.errors import N_, FileRefused, FileTooLarge

EXCERPT_CHARACTERS = 80
ROWS_SAID_ONCE = 3


class Problem(NamedTuple):
    """What is wrong, and what to do about it: marked texts with ``{placeholders}``."""

    reason: str
    remedy: str


def refuse(problem: Problem, **params: object) -> FileRefused:
    """Return the error that refuses a whole file because of ``problem``."""
    kind = FileTooLarge if problem in _TOO_LARGE else FileRefused
    return kind(problem.reason, remedy=problem.remedy, **params)


@dataclass(frozen=True, slots=True)
class Reject:
    """One cell, one row, or something about the whole file, that a person should know.

    Parameters
    ----------
    row
        Row of the source as its reader counts: 1 is the first line of a table
        (usually the header), or the first feature of a GIS layer; None for the whole file.
    field
        Column of the contract, or ``geometry``, ``lon``, ``lat``; "" for the whole row.
    value
        What stood there, cut to `EXCERPT_CHARACTERS`.
    reason, remedy
        Marked texts, translated where they are shown.
    blocking
        True when the row was left out; False when only the cell was.
    repaired
        True when the row was taken after something in it was mended.
    rows
        Of how many rows it is said; ``value`` is that of the first.
    params
        Fill the placeholders of both texts.
    """

    row: int | None
    field: str
    value: str
    reason: str
    remedy: str
    blocking: bool = True
    repaired: bool = False
    rows: int = 1
    params: Mapping[str, object] = attribute(default_factory=dict)


def reject(
    row: int | None, field: str, value: object, problem: Problem, /, *, blocking: bool, **params: object
) -> Reject:
    """Return the `Reject` of one cell, its value cut to an excerpt."""
    return Reject(row, field, excerpt(value), problem.reason, problem.remedy, blocking, params=params)


def repair(row: int, field: str, value: object, problem: Problem) -> Reject:
    """Return the `Reject` that tells that something in a row was mended."""
    return Reject(row, field, excerpt(value), problem.reason, problem.remedy, blocking=False, repaired=True)


def note(problem: Problem, field: str = "", value: object = None, /, **params: object) -> Reject:
    """Return what is said once of the whole file."""
    return Reject(None, field, excerpt(value), problem.reason, problem.remedy, blocking=False, params=params)


def say_once(rejects: Iterable[Reject], rows: int) -> list[Reject]:
    """Return ``rejects`` with a note that holds for all rows, or for a column, said once of the file."""
    listed = list(rejects)
    counts = Counter((item.field, item.reason) for item in listed if _is_note(item))
    everywhere = {
        (field, reason)
        for (field, reason), count in counts.items()
        if count == rows >= ROWS_SAID_ONCE or (reason in _SAID_ONCE and count > 1)
    }
    said: dict[tuple[str, str], Reject] = {}
    others = []
    for item in listed:
        kind = (item.field, item.reason)
        if not _is_note(item) or kind not in everywhere:
            others.append(item)
        else:
            said.setdefault(kind, replace(item, row=None, rows=counts[kind]))
    return [*said.values(), *others]


def _is_note(item: Reject) -> bool:
    return bool(item.row) and not item.blocking and not item.repaired


def excerpt(value: object) -> str:
    """Return a value as text, cut to `EXCERPT_CHARACTERS`."""
    text = "" if value is None else str(value)
    return text if len(text) <= EXCERPT_CHARACTERS else text[: EXCERPT_CHARACTERS - 1] + "…"


_EXPORT_AGAIN = N_("请重新导出")
_SAVE_AS_UTF8 = N_("请另存为 UTF-8 编码（Excel：CSV UTF-8 逗号分隔）")
_USE_DEGREES = N_("请导出为 EPSG:4326 或 EPSG:4490（经纬度）")
_SPLIT = N_("请拆分后分批导入")
_PACK_DATA = N_("请只打包数据文件")

# The file as the system sees it
NOT_FOUND = Problem(N_("没有这个文件"), N_("请检查路径"))
NOT_READABLE = Problem(N_("没有权限读取这个文件"), N_("请检查文件权限"))
NOT_A_FILE = Problem(N_("这不是普通文件"), N_("请给出文件本身，而不是文件夹、管道或设备"))
IS_A_LINK = Problem(N_("这是符号链接"), N_("请给出链接指向的文件本身"))
IS_EMPTY = Problem(N_("文件是空的"), _EXPORT_AGAIN)
IS_TOO_LARGE = Problem(
    N_("文件为 {size_mb} MB，超过上限 {limit_mb} MB"), N_("请拆分文件，或请管理员提高上限")
)
HAS_CHANGED = Problem(N_("读取时文件发生了变化"), N_("请等文件写完后再试"))

# What the child ran into
TOOK_TOO_LONG = Problem(N_("读取超过 {seconds} 秒，已停止"), _SPLIT)
OUT_OF_MEMORY = Problem(N_("读取所需内存超过上限 {limit_mb} MB"), _SPLIT)
READER_BROKE = Problem(
    N_("文件使读取程序出错，未导入任何内容"), N_("请重新导出，或换一种格式（GeoJSON、CSV、xlsx）")
)
RESULT_TOO_LARGE = Problem(N_("文件内容超过一次可导入的量"), _SPLIT)

# What the file is
UNKNOWN_KIND = Problem(
    N_("无法识别文件内容"), N_("请使用 GeoJSON、GeoPackage、打包的 Shapefile（zip）、KML、CSV 或 xlsx")
)
IS_XML = Problem(
    N_("文件内容是 XML 或网页，不能读取"), N_("请另存为 xlsx、CSV、GeoJSON 或 GeoPackage，改扩展名不够")
)
IS_VRT = Problem(N_("文件是 GDAL 虚拟数据集，只指向其他文件"), N_("请直接提供数据文件"))
IS_OLD_EXCEL = Problem(N_("文件是旧版 Excel（.xls）或带密码的工作簿"), N_("请去掉密码并另存为 .xlsx"))
IS_ROADS = Problem(N_("文件是道路数据（PBF）"), N_("请按道路导入"))
IS_NOT_ROADS = Problem(N_("文件不是 OpenStreetMap 道路数据"), N_("请使用 PBF 格式（.osm.pbf）"))
NEEDS_GEOMETRY = Problem(
    N_("这类数据必须有边界，文件中没有"), N_("请使用 GeoJSON、GeoPackage 或打包的 Shapefile")
)

# Text
BAD_ENCODING = Problem(N_("文字编码既不是 UTF-8 也不是 GB18030（第 {line} 行）"), _SAVE_AS_UTF8)
HAS_NUL = Problem(N_("文本中有空字节（NUL），文件已损坏或编码不对"), _SAVE_AS_UTF8)
LONG_LINE = Problem(N_("第 {line} 行超过 {limit} 个字符，不像表格"), N_("请确认文件是表格，每条记录一行"))
BAD_QUOTES = Problem(N_("第 {row} 行引号不配对，或文件不完整"), N_("请修正该行引号，或重新导出"))

# Tables
NO_ROWS = Problem(N_("文件只有表头，没有数据行"), N_("请确认导出完整"))
TOO_MANY_ROWS = Problem(N_("数据超过 {limit} 行"), _SPLIT)
TOO_MANY_COLUMNS = Problem(N_("列数超过 {limit}"), N_("请检查分隔符和表头"))
REPEATED_HEADERS = Problem(N_("表头重复：{headers}"), N_("请修改其中一个列名"))
MISSING_COLUMNS = Problem(
    N_("没有识别出必需的列：{fields}。文件中的列：{headers}"),
    N_(
        "请在预览中为该列选定字段，或把表头改成其中一种写法，"
        '或在映射文件的 [columns] 下写明 "列名" = "{code}"，见 data/README.md'
    ),
)
NO_KEY = Problem(N_("没有能唯一标识每一行的列"), N_("请在映射文件中用 key 指明一列，或合起来唯一的几列"))
NO_SUCH_LAYER = Problem(
    N_("没有名为「{name}」的工作表或图层，文件中有：{names}"), N_("请修改映射文件中的 layer")
)
OTHER_SHEETS = Problem(
    N_("只读了工作表「{name}」，没有读：{names}"),
    N_("如要导入，请在映射文件中用 layer 指明工作表，再导入一次"),
)
MERGED_NUMBER = Problem(
    N_("合并单元格里的一个数属于几行，无从分摊，这几行都留空"), N_("请取消合并，每行写自己的数")
)
MANY_LAYERS = Problem(N_("文件有多个图层：{names}"), N_("请在映射文件中用 layer 指明一个"))

# Archives
BAD_ARCHIVE = Problem(N_("压缩包已损坏或不完整"), N_("请重新打包或导出"))
ARCHIVE_BOMB = Problem(N_("压缩包解开后大得不正常（{unpacked_mb} MB）"), _PACK_DATA)
ARCHIVE_ENTRIES = Problem(N_("压缩包内有 {entries} 个文件，超过上限 {limit}"), _PACK_DATA)
ARCHIVE_NAMES = Problem(N_("压缩包内的路径指向包外：{name}"), N_("请不带文件夹重新打包"))
ARCHIVE_LINK = Problem(N_("压缩包内是链接而不是文件：{name}"), N_("请打包文件本身"))
ARCHIVE_SECRET = Problem(N_("压缩包已加密"), N_("请不设密码重新打包"))
ARCHIVE_NESTED = Problem(N_("压缩包里又是压缩包：{name}"), N_("请先解开，只上传里面的一层"))
ARCHIVE_UNKNOWN = Problem(
    N_("压缩包里没有 Shapefile 和 KML，也不是 xlsx 工作簿"), N_("请打包 .shp、.shx、.dbf、.prj，或使用 xlsx")
)

# Workbooks, documents, databases
BAD_WORKBOOK = Problem(N_("工作簿已损坏"), N_("请用 Excel 或 WPS 打开后重新保存"))
XML_ENTITIES = Problem(N_("工作簿里定义了 XML 实体，正常表格没有"), N_("请用 Excel 或 WPS 另存一份"))
XML_IN_KML = Problem(N_("KML 里定义了 XML 实体，正常文件没有"), _EXPORT_AGAIN)
BAD_KML = Problem(N_("KML 已损坏，或里面不是 KML"), _EXPORT_AGAIN)
KML_PASSED_OVER = Problem(
    N_("KML 里的链接和图片没有读，也不会访问：{parts}"), N_("如果地点在链接的文件里，请把那个文件另存后导入")
)
BAD_JSON = Problem(N_("JSON 已损坏，或嵌套过深"), _EXPORT_AGAIN)
JSON_NOT_FINITE = Problem(
    N_("第 {number} 个要素中有 {text}，GeoJSON 里不能写这样的数"),
    N_("请改成数字；没有值的写 null，位置不明的要素把 geometry 写成 null"),
)
NOT_GEOJSON = Problem(N_("JSON 不是 GeoJSON 要素集合（FeatureCollection）"), N_("请导出为 GeoJSON"))
BAD_GEOPACKAGE = Problem(N_("GeoPackage 已损坏"), _EXPORT_AGAIN)
NOT_A_GEOPACKAGE = Problem(N_("SQLite 数据库不是 GeoPackage"), N_("请导出为 GeoPackage"))
LAYER_NOT_PLAIN = Problem(N_("图层「{name}」是视图或虚拟表，会执行文件里的代码"), N_("请把图层另存为普通表"))
BAD_SHAPEFILE = Problem(N_("Shapefile 已损坏（{part}）"), _EXPORT_AGAIN)
INCOMPLETE_SHAPEFILE = Problem(
    N_("Shapefile 不完整：{name} 缺少同名的 .dbf"), N_("请把 .shp、.shx、.dbf、.prj 一起打包")
)
CRS_LINK = Problem(N_("文件用链接指定坐标系，不会访问该链接"), _USE_DEGREES)
UNKNOWN_CRS = Problem(N_("不支持文件的坐标系：{name}"), _USE_DEGREES)
NOT_DEGREES = Problem(N_("坐标不是经纬度，也没有注明坐标系"), _USE_DEGREES)

# Mapping files
BAD_MAPPING = Problem(N_("映射文件有误：{detail}"), N_("写法见 data/README.md"))

# Rows and cells
RAGGED_ROW = Problem(N_("该行的单元格数与表头不同"), N_("请检查该行是否多了或少了分隔符"))
IS_A_TOTAL = Problem(N_("这是小计或合计行，不是一条记录"), N_("无需处理；如果确是一条记录，请改名"))
IS_A_SIGNATURE = Problem(
    N_("这是制表人、填报单位或说明一类的行，不是一条记录"), N_("无需处理；如果确是一条记录，请改名")
)
IS_A_HEADER = Problem(N_("这一行又是表头"), N_("无需处理"))
IS_MISSING = Problem(N_("缺少必填的值"), N_("请补填"))
KEY_MISSING = Problem(N_("该行没有主键"), N_("请补填标识该行的列"))
KEY_DAMAGED = Problem(
    N_("编号已被表格软件或程序改成近似的数，丢了末尾几位，不能用来识别这一行"),
    N_("请从原系统重新导出，把编号存为文本（Excel：数据 → 从文本/CSV，列类型选“文本”；JSON：加引号）"),
)
KEY_REPEATS = Problem(N_("主键与前面的行重复"), N_("请更正主键，或删除重复行"))
NOT_A_NUMBER = Problem(N_("不是数字"), N_("请只写数字，如 1234.5"))
NOT_FINITE = Problem(N_("不是有限的数"), N_("请写数字，没有就留空"))
NOT_WHOLE = Problem(N_("不是整数"), N_("请只写整数，如 1234"))
OUT_OF_RANGE = Problem(N_("数值超出可能的范围"), N_("请更正，没有就留空"))
MAYBE_A_SHARE = Problem(
    N_("表头写明是百分数，这个数不大于 1，分不清是百分之几还是几成，没有采用"),
    N_("请带百分号写，如 86%；整列都是 0.86 这样的小数时，请去掉表头里的百分号"),
)
OTHER_UNIT = Problem(N_("单位不能换算成这个字段的单位"), N_("请换算后再填，或去掉这个值"))
UNIT_IN_HEADER = Problem(
    N_("「{header}」按{unit}换算：每个数乘以 {factor}"), N_("单位不对时，请改正表头再导入")
)
UNSEEN = Problem(
    N_("「{header}」有 {cells} 个单元格含看不见的控制字符，已去除"),
    N_("请核对这些文字：控制字符会让文字看起来是另一个样子，常随网页或聊天记录复制而来"),
)
UNIT_REFUSED = Problem(N_("「{header}」的单位不能换算成{unit}，整列没有采用"), N_("请换算后改写表头再导入"))
IS_A_RANGE = Problem(N_("写的是一个范围，这个字段只能有一个数"), N_("请只写一个数，没有就留空"))
IS_ROUNDED = Problem(N_("写的是约数，按所写的数采用"), N_("有准确的数时请更正"))
FROM_A_SERIAL = Problem(
    N_("日期写成了 Excel 的序列数，按 1900 日期系统换算"), N_("请核对；导出前把这一列设为日期格式更稳妥")
)
TO_THE_MONTH = Problem(N_("日期只写到年或月，开始取第一天，结束取最后一天"), N_("有准确的日期时请更正"))
TO_THE_QUARTER = Problem(N_("写的是日期或月份，按它所在的季度采用"), N_("请核对；写成 2025-Q4 更稳妥"))
NO_END = Problem(N_("没有写结束日期，按长期有效处理"), N_("有结束日期时请更正"))
HIGH_BELOW_LOW = Problem(N_("上限低于下限，没有采用"), N_("请更正"))
NOT_A_DATE = Problem(N_("不是日期"), N_("请写成 2025-03-31，或在映射文件中写明 time_format"))
NOT_A_TIME = Problem(N_("不是时间"), N_("请写成 2025-03-31 14:05:00，或在映射文件中写明 time_format"))
NOT_A_QUARTER = Problem(N_("不是季度"), N_("请写成 2025-Q4 或 2025年第四季度"))
NOT_A_FLAG = Problem(N_("既不是“是”也不是“否”"), N_("请写“是”或“否”，1 或 0"))
NOT_A_CHOICE = Problem(
    N_("不是已知的取值"), N_("请写其中一个：{known}；或在映射文件的 [values] 中写明对应的取值")
)
BAD_TEXT = Problem(N_("含有无法保存的字符"), N_("请重新填写"))
CODE_FORM = Problem(
    N_("不是统一社会信用代码：应为 18 位数字和大写字母，没有 I、O、S、V、Z"), N_("请按营业执照核对")
)
CODE_CHECK = Problem(N_("统一社会信用代码的校验码不对，可能有一位写错"), N_("请按营业执照核对"))
HALF_COORDINATE = Problem(N_("经度和纬度只有一个"), N_("请两个都填，或都留空"))
COORDINATE_RANGE = Problem(N_("坐标不在地球上"), N_("请用度：经度 -180 至 180，纬度 -90 至 90"))
COORDINATE_SWAPPED = Problem(N_("经度和纬度好像写反了"), N_("请交换这两列"))
NO_COORDINATE = Problem(N_("该行没有经纬度"), N_("请补填经度和纬度，或去掉该行"))
NO_GEOMETRY = Problem(N_("该行没有图形"), N_("请补画，或去掉该行"))
BAD_GEOMETRY = Problem(N_("图形无法使用"), N_("请重新绘制"))
RING_CLOSED = Problem(N_("边界的首尾没有闭合，已补上"), N_("请在地图上核对"))
WRONG_GEOMETRY = Problem(N_("图形类型不适合这类数据"), N_("边界请用面，位置请用点"))

# What is no fault of single rows, but how a whole column is written.
_SAID_ONCE = frozenset(
    one.reason for one in (IS_ROUNDED, FROM_A_SERIAL, TO_THE_MONTH, TO_THE_QUARTER, NO_END)
)
_TOO_LARGE = (IS_TOO_LARGE, RESULT_TOO_LARGE, OUT_OF_MEMORY, TOO_MANY_ROWS, ARCHIVE_BOMB)
