"""What Click cannot read, what doctor finds and what the log warns of, to a reader of Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli.conftest import Type

from storesim.cli.main import COMMANDS
from storesim.cli.usage import language_typed
from storesim.scenario.load import read_scenario
from storesim.scenario.written import yaml_of

ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_tells_of_an_unknown_option_in_chinese(name: str, typed: Type) -> None:
    ran = typed(name, "--nonsense", "--lang", "zh")

    assert ran.returncode == 2
    assert f"用法：storesim {name} " in ran.stderr
    assert f"说明：storesim {name} --help\n\n错误：没有选项 '--nonsense'" in ran.stderr
    assert not ENGLISH.search(ran.stderr)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["frobnicate"], "没有命令 'frobnicate'"),
        (["run", "--see", "3"], "没有选项 '--see'；是不是"),
        (["run"], "缺少参数 'SCENARIO'"),
        (["optimise", "x.yaml"], "缺少选项 '--total-budget'"),
        (["run", "x.yaml", "--jobs", "two"], "'--jobs' 的值不对：'two' 不是整数"),
        (["run", "x.yaml", "--jobs", "0"], "'--jobs' 的值不对：0 不在范围 x>=1 之内"),
        (["run", "x.yaml", "--executor", "slurm"], "'slurm' 不在可选之列：'processes', 'serial', 'dask', 'ray'"),
        (["run", "x.yaml", "--runs", "many"], "'--runs' 的值不对：'many' 不是模拟次数；请写 1 到 100,000，或 auto"),
        (["run", "x.yaml", "-o", ""], "的值不对：路径是空的；请写文件或文件夹的名称"),
        (["run", "x.yaml", "-o", __file__], "是文件，不是文件夹"),
        (["plan", "x.yaml", "--target", "-5"], "'-5' 不能作为目标金额；请写大于 0 的数，例如 500万"),
        (["plan", "x.yaml", "--fail-under", "2"], "'--fail-under' 的值不对：2 超过 1；是不是 2%？"),
        (["plan", "x.yaml", "--fail-under", "much"], "'much' 不是数字；应写比例（0 到 1，或 3%）"),
        (["run", "x.yaml", "--resume=3"], "选项 '--resume' 后面不能有值"),
        (["run", "a.yaml", "b.yaml", "c.yaml"], "多出了参数（b.yaml c.yaml）"),
        (["report"], "缺少参数"),
    ],
)
def test_wrong_usage_is_told_in_chinese(words: list[str], says: str, typed: Type) -> None:
    ran = typed(*words, "--lang=zh")

    assert ran.returncode == 2
    assert says in ran.stderr
    assert not ENGLISH.search(ran.stderr)


def test_a_value_forgotten_at_the_end_is_told_in_chinese(typed: Type) -> None:
    assert "选项 '--seed' 后面要有一个值" in typed("run", "x.yaml", "--lang", "zh", "--seed").stderr


def test_wrong_usage_is_told_in_english_as_click_does(typed: Type) -> None:
    ran = typed("run", "--qqq", "--lang", "en")

    assert ran.returncode == 2
    assert ran.stderr == (
        "Usage: storesim run [OPTIONS] SCENARIO\nTry 'storesim run --help' for help.\n\n"
        "Error: No such option '--qqq'.\n"
    )


def test_a_command_line_without_words_shows_the_help(typed: Type) -> None:
    ran = typed()

    assert ran.returncode == 2
    assert "Commands:" in ran.stderr


def test_the_last_language_typed_counts() -> None:
    assert language_typed(["run", "--lang", "zh", "x.yaml"]) == "zh"
    assert language_typed(["run", "--lang=en", "--lang=zh"]) == "zh"
    assert language_typed(["run", "--lang", "fr"]) is None
    assert language_typed(["run", "--lang"]) is None
    assert language_typed([]) is None


def test_doctor_and_origins_speak_chinese(typed: Type, scenario: Path) -> None:
    looked, shown = typed("doctor", "--lang", "zh"), typed("show", scenario, "--origin", "--lang", "zh")

    assert not re.search("processors|folder|free|looking|labels", looked.stdout)
    assert "market.weekend = 0.82  # 默认" in shown.stdout
    assert "# default" not in shown.stdout


def test_a_warning_of_the_log_is_told_in_the_language_of_the_command(typed_anew: Type, scenario: Path) -> None:
    everywhere = {
        f"stages.{stage}.playbook": {"channels.express.daily_budget": 60} for stage in ("launch", "growth", "stable")
    }
    scenario.write_text(yaml_of(read_scenario(scenario).with_(everywhere)), encoding="utf-8")
    words = ("show", scenario, "--set", "channels.express.daily_budget=450", "--lang")

    zh, en = typed_anew(*words, "zh").stderr, typed_anew(*words, "en").stderr

    assert zh.startswith("警告 storesim.scenario.load: --set channels.express.daily_budget 没有作用：各阶段")
    assert en.startswith("WARNING storesim.scenario.load: --set channels.express.daily_budget has no effect: the")


def test_what_is_wrong_with_a_variant_is_said_of_with(typed: Type, scenario: Path) -> None:
    ran = typed("compare", scenario, "--with", "channels.express.bid=-1", "--lang", "en")

    assert ran.returncode == 3
    assert ran.stderr.startswith("--with channels.express.bid=-1: channels.express.bid is -1; ")
