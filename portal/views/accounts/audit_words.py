"""What the audit calls the actions of the portal and what they were done to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.errors import N_
from portal.labels import RULINGS
from portal.store.accounts import OF_COMMUNITIES
from portal.terms import Ruling, Subject
from portal.views.accounts import role_words
from portal.views.imports import words as import_words
from portal.web import context

ACTIONS = {
    "log_in": N_("登录"),
    "log_out": N_("退出登录"),
    "create": N_("新建"),
    "open": N_("启用账号"),
    "close": N_("停用账号"),
    "set_password": N_("重设密码"),
    "set_language": N_("切换语言"),
    "import": N_("导入"),
    "undo": N_("撤销"),
    "discard_upload": N_("放弃文件"),
    "load_sample": N_("装入示例城市"),
    "seed_policy": N_("写入城市政策"),
    "complete_policy": N_("补全城市政策"),
    "replace_policy": N_("更换城市政策"),
    "restore_policy": N_("重新采用旧版政策"),
    "score": N_("计算评分"),
    "rename": N_("更名"),
    "add_alias": N_("添加别名"),
    "remove_alias": N_("去掉别名"),
    "pin": N_("标点"),
    "dismiss_pin": N_("不采用点位"),
    "draw": N_("绘制边界"),
    "link": N_("关联边界"),
    "link_all": N_("成批关联"),
    "merge": N_("合并"),
    "split": N_("拆分"),
    "assign": N_("指派"),
    "give_back": N_("撤销指派"),
    "rule_on_doubts": N_("核定位置"),
    "set_aside": N_("搁置"),
    "bring_back": N_("恢复待办"),
    "plan": N_("规划路线"),
    "delete": N_("删除"),
    "purge": N_("清理过期记录"),
    "begin_job": N_("发起任务"),
    "cancel_job": N_("取消任务"),
    "resume_job": N_("重新运行任务"),
}
SUBJECTS: dict[str, str] = {
    **import_words.SUBJECTS,
    Subject.SCORES: N_("服务评分"),
    Subject.EVIDENCE: N_("评分依据"),
    Subject.POLICY: N_("城市政策"),
    Subject.ROUTES: N_("巡查路线"),
    Subject.AREAS: N_("已存的范围"),
    Subject.ACCOUNTS: N_("账号"),
    Subject.JOBS: N_("任务"),
}
# Tables whose rows an undo put back.
TABLES = {
    "community": N_("小区"),
    "community_alias": N_("别名"),
    "community_gate": N_("出入口"),
    "community_history": N_("小区沿革"),
    "community_identity": N_("来源编号"),
    "complaint": N_("投诉"),
    "contract": N_("物业服务合同"),
    "finding": N_("检查发现的问题"),
    "firm": N_("物业服务企业"),
    "four_party_meeting": N_("四方联动"),
    "guide_price": N_("政府指导价"),
    "inspection": N_("现场检查"),
    "neighbourhood": N_("社区"),
    "owners_committee": N_("业委会"),
    "owners_committee_member": N_("业委会成员"),
    "party_organisation": N_("党组织"),
    "penalty": N_("扣分与表彰"),
    "rectification": N_("整改"),
    "road": N_("道路"),
    "street": N_("街道"),
    "street_evaluation": N_("街道社区评价"),
    "survey": N_("业主满意度"),
    "work_order": N_("工单"),
}
# What is told with an action, by key; other keys stay as they are.
DETAILS = {
    **TABLES,
    "role": N_("角色"),
    "source": N_("来源"),
    "state": N_("结果"),
    "city": N_("城市"),
    "written": N_("写入"),
    "communities": N_("小区"),
    "concerned": N_("所涉小区"),
    "complaints": N_("投诉"),
    "numbers": N_("投诉编号"),
    "aliases": N_("别名"),
    "followed": N_("随别名归入"),
    "ruling": N_("采用"),
    "corners": N_("拐点"),
    "stops": N_("站点"),
    "dropped": N_("未排入"),
    "login_attempts": N_("登录失败记录"),
    "ended_logins": N_("已退出的登录"),
    "stored_areas": N_("已存的范围"),
    "jobs": N_("任务"),
    "deeds": N_("撤销记录"),
    "kind": N_("种类"),
    "keys": N_("改动的项"),
    "version": N_("旧版"),
    "reason": N_("理由"),
}

# For the page, not for people.
KEYS_OF_THE_PAGE = ("deed",)


def name_action(code: str) -> str:
    """Return what an action is called; its code where it has no name here."""
    return context.say(ACTIONS[code]) if code in ACTIONS else code


def name_subject(code: str) -> str:
    """Return what an action was done to; the code where it has no name here."""
    return context.say(SUBJECTS[code]) if code in SUBJECTS else code


def name_object(row: Any) -> str:
    """Return what an action was done to, of a row of `portal.store.accounts.audit_page`."""
    entry = row.Audit
    earlier = entry.action in OF_COMMUNITIES and bool(entry.subject_id)
    subject = name_subject(Subject.COMMUNITIES if earlier else entry.subject)
    if row.name is None and row.key is None:
        return f"{subject} {row.concerned or entry.subject_id}".strip()
    name = context.community_name(row.name, row.key)
    return context.say(N_("{subject} {name}（{id}）"), subject=subject, name=name, id=entry.subject_id)


def say_detail(detail: Mapping[str, Any]) -> str:
    """Return what is told with an action, each part named: ``角色：业务员``."""
    told = [key for key in detail if key not in KEYS_OF_THE_PAGE]
    parts = [(context.say(DETAILS[key]) if key in DETAILS else key, _say(key, detail)) for key in told]
    return context.say(N_("、")).join(
        context.say(N_("{name}：{value}"), name=name, value=value) for name, value in parts
    )


def _say(key: str, detail: Mapping[str, Any]) -> str:
    value = detail[key]
    if key == "role":
        return role_words.name_role(str(value))
    if key == "ruling":
        return context.say(RULINGS[Ruling(str(value))])
    if key == "state":
        return import_words.name_state(str(value))
    listed = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if key == "numbers" and len(value) < detail["complaints"]:
        return context.say(N_("{listed} 等"), listed=listed)
    return listed
