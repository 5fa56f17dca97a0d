"""Both languages say everything, and nothing is left over."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import storesim
import storesim.scenario.promotions  # its settings are known once it is imported
from storesim import kpi
from storesim.errors import UsageError
from storesim.report.parts.assumptions import settings
from storesim.report.settings_zh import MEANINGS, meaning_zh
from storesim.report.words import CATALOGUE, LANGUAGES, Words
from storesim.scenario.explained import explained
from storesim.scenario.load import read_scenario
from storesim.scenario.spec import Spec

ROOT = Path(storesim.__file__).parent
SCENARIOS = Path(__file__).parents[2] / "scenarios"


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", CATALOGUE)
def test_every_key_has_words_in_both_languages_with_the_same_parts(key: str) -> None:
    zh, en = CATALOGUE[key]

    assert zh.strip()
    assert en.strip()
    # A month has a number in Chinese and a name in English.
    assert fields(zh) - {"month"} == fields(en) - {"name"}


def test_chinese_words_are_chinese_and_english_ones_english() -> None:
    latin = {key for key, (zh, _) in CATALOGUE.items() if not is_chinese(zh)}
    mixed = {key for key, (_, en) in CATALOGUE.items() if is_chinese(en)}

    # "and" joins with a comma, "levers.when" with brackets; a channel of JD keeps JD's own name beside the English one.
    assert latin == {"and", "check.of", "levers.when"}
    assert all(key.startswith("channel.") for key in mixed)


def test_chinese_sentences_have_chinese_punctuation() -> None:
    wrong = [key for key, (zh, _) in CATALOGUE.items() if re.search(r"[\u4e00-\u9fff][,;:()!?]", zh)]

    assert wrong == []


def test_every_count_and_ratio_has_a_label_in_both_languages() -> None:
    for name in (*kpi.COUNT, *kpi.RATIO):
        assert Words("zh")("kpi." + name)
        assert not is_chinese(Words("en")("kpi." + name))


def test_no_words_are_kept_that_nothing_says() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in ROOT.rglob("*")
        if path.suffix in (".py", ".jinja") and path.name != "words.py"
    )
    # Keys that are put together: f"chance.{…}", "stage." + name, say(level) …
    put_together = re.compile(
        r"(stage|channel|chance|goals|path|assumptions|provenance|reasons|mechanism|compare|rank|check|optimise|sweep)"
        r"\.(?!alternative|figure|note)"
    )

    unused = [key for key in CATALOGUE if f'"{key}"' not in sources and f"'{key}'" not in sources]

    assert [key for key in unused if not put_together.match(key)] == []


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    assert LANGUAGES == ("zh", "en")
    with pytest.raises(UsageError, match="there is no language 'fr'; write zh or en"):
        Words("fr")


def specs(base: type[Spec] = Spec) -> list[type[Spec]]:
    return [one for below in base.__subclasses__() for one in (below, *specs(below))]


@pytest.mark.parametrize("name", ["elena_mileva.yaml", "small_store.yaml"])
def test_every_setting_of_a_shipped_scenario_is_explained_in_both_languages(name: str) -> None:
    for setting in settings(read_scenario(SCENARIOS / name)):
        assert is_chinese(meaning_zh(setting.of, setting.name)), setting.path
        own = explained(setting.of)[setting.name]
        assert own or setting.name in ("mechanism", "conversion", "bounce"), setting.path


def test_no_chinese_explanation_outlives_its_setting() -> None:
    known = {f"{one.__name__}.{name}" for one in specs() for name in one.model_fields}

    assert set(MEANINGS) <= known


def test_a_guess_is_called_one_in_both_languages() -> None:
    for one in specs():
        for name, own in explained(one).items():
            if meaning := meaning_zh(one, name):
                assert ("*assumed*" in own) == ("（假设）" in meaning), f"{one.__name__}.{name}"
