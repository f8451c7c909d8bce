"""How the Chinese catalogue is written: punctuation, and one word for one thing."""

import re

import pytest

from ui import catalogue

ENTRIES = [(str(message.id), str(message.string)) for message in catalogue.read("zh") if message.id]
# Code and formulas are not Chinese, whatever stands beside them.
FOREIGN = re.compile(r"`[^`]*`|\$[^$]*\$")
IDEOGRAPH, FULL = "[一-鿿]", "[，。：；？！、（）]"


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a half-width mark at a Chinese character", rf"{IDEOGRAPH}[,:;?!()]|[,;!)]{IDEOGRAPH}|\({IDEOGRAPH}"),
        ("a blank at a full-width mark", rf" {FULL}|{FULL}\** "),
        ("a blank before the per cent sign", r"[\d}] %"),
        ("three dots for six", r"\.\.\.|(?<!…)…(?!…)(?=。)"),
    ],
)
def test_marks_are_those_of_chinese(what: str, pattern: str) -> None:
    found = [text for _, text in ENTRIES if re.search(pattern, FOREIGN.sub("`", text))]
    assert not found, f"{what}: {found}"


WORDS = {
    "第 {n} 轮, not 轮次, which is the setting's name": r"第 [^ ]+ 轮次|[\d}] 个轮次|[一每]个?轮次",
    "预测, not 回答, of a network's output": r"回答(?!平均值|十个问题)",
    "真实值": "真值",
    "节点": "结点",
    "最大值汇聚": "最大汇聚",
    "空洞; 膨胀 is said once": "膨胀(?!）D)",
    "标准化": "归一化",
    "多层网络": "网络链|一串层",
    "课程代码": "课程写法|笔记本里的(?:写法|那|测试)",
    "判断依据": "依据何在",
    "导出与分享": "带走",
    "按, not 点击, of a button": "点击“",
    "访客": "访问者",
    "你": "您",
}


@pytest.mark.parametrize("right", WORDS)
def test_one_thing_has_one_word(right: str) -> None:
    found = [text for _, text in ENTRIES if re.search(WORDS[right], text)]
    assert not found, f"{right}: {found}"
