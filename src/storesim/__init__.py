"""Simulate, forecast and plan one JD.com store, visitor by visitor.

The public names are in `PUBLIC`; each is imported when it is first used, so that `import storesim` loads nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    # Written `X as X`, so that type checkers take them for public.
    from storesim.errors import (
        ConservationError as ConservationError,
        Fault as Fault,
        FileFaults as FileFaults,
        ForecastError as ForecastError,
        HistoryError as HistoryError,
        MissingExtra as MissingExtra,
        PlanError as PlanError,
        RunError as RunError,
        ScenarioError as ScenarioError,
        ShapeError as ShapeError,
        StoresimError as StoresimError,
        UsageError as UsageError,
    )
    from storesim.experiments.calibrate import calibrate as calibrate
    from storesim.experiments.calibrated import Calibration as Calibration
    from storesim.experiments.compare import Comparison as Comparison, compare as compare
    from storesim.experiments.optimise import Optimum as Optimum, optimise as optimise
    from storesim.experiments.sensitivity import Ranking as Ranking, rank_inputs as rank_inputs
    from storesim.experiments.sweep import Sweep as Sweep, SweepPlan as SweepPlan, sweep as sweep
    from storesim.experiments.sweep_shards import merge_sweep as merge_sweep, play_points as play_points
    from storesim.forecast.backtest import backtest as backtest
    from storesim.forecast.judged import score as score
    from storesim.forecast.outlook import Outlook as Outlook
    from storesim.forecast.predict import predict as predict
    from storesim.plan.advise import advise as advise
    from storesim.plan.break_down import break_down as break_down
    from storesim.plan.diagnose import diagnose as diagnose
    from storesim.plan.diagnosis import Diagnosis as Diagnosis
    from storesim.plan.goals import Goal as Goal, Goals as Goals
    from storesim.plan.replan import Replan as Replan, replan as replan
    from storesim.report.document import Report as Report
    from storesim.report.writers import write_report as write_report
    from storesim.results.apart import read_histories as read_histories
    from storesim.results.ensemble import Ensemble as Ensemble
    from storesim.results.history import History as History, read_history as read_history
    from storesim.results.run import Run as Run
    from storesim.runs.incremental import incremental as incremental
    from storesim.runs.many import replicate as replicate
    from storesim.runs.one import simulate as simulate
    from storesim.scenario.document import Scenario as Scenario
    from storesim.scenario.load import read_scenario as read_scenario
    from storesim.scenario.targets import Target as Target
    from storesim.study.many import Forecasts as Forecasts, forecast_many as forecast_many
    from storesim.study.run import Study as Study, run as run
    from storesim.study.shards import merge as merge, play_shard as play_shard
    from storesim.study.workbook import read_workbook as read_workbook
    from storesim.testing.check import approve as approve, check as check

__version__: Final = "0.1.0"

PUBLIC: Final[dict[str, str]] = {
    # verbs
    "read_scenario": "storesim.scenario.load",
    "read_history": "storesim.results.history",
    "read_histories": "storesim.results.apart",
    "simulate": "storesim.runs.one",
    "replicate": "storesim.runs.many",
    "incremental": "storesim.runs.incremental",
    "predict": "storesim.forecast.predict",
    "forecast_many": "storesim.study.many",
    "backtest": "storesim.forecast.backtest",
    "score": "storesim.forecast.judged",
    "break_down": "storesim.plan.break_down",
    "replan": "storesim.plan.replan",
    "advise": "storesim.plan.advise",
    "diagnose": "storesim.plan.diagnose",
    "write_report": "storesim.report.writers",
    "compare": "storesim.experiments.compare",
    "sweep": "storesim.experiments.sweep",
    "play_points": "storesim.experiments.sweep_shards",
    "merge_sweep": "storesim.experiments.sweep_shards",
    "rank_inputs": "storesim.experiments.sensitivity",
    "optimise": "storesim.experiments.optimise",
    "calibrate": "storesim.experiments.calibrate",
    "check": "storesim.testing.check",
    "approve": "storesim.testing.check",
    "read_workbook": "storesim.study.workbook",
    "run": "storesim.study.run",
    "play_shard": "storesim.study.shards",
    "merge": "storesim.study.shards",
    # nouns
    "Scenario": "storesim.scenario.document",
    "Target": "storesim.scenario.targets",
    "Run": "storesim.results.run",
    "Ensemble": "storesim.results.ensemble",
    "History": "storesim.results.history",
    "Diagnosis": "storesim.plan.diagnosis",
    "Outlook": "storesim.forecast.outlook",
    "Forecasts": "storesim.study.many",
    "Goal": "storesim.plan.goals",
    "Goals": "storesim.plan.goals",
    "Replan": "storesim.plan.replan",
    "Comparison": "storesim.experiments.compare",
    "Sweep": "storesim.experiments.sweep",
    "SweepPlan": "storesim.experiments.sweep",
    "Ranking": "storesim.experiments.sensitivity",
    "Optimum": "storesim.experiments.optimise",
    "Calibration": "storesim.experiments.calibrated",
    "Report": "storesim.report.document",
    "Study": "storesim.study.run",
    # what can go wrong
    "StoresimError": "storesim.errors",
    "FileFaults": "storesim.errors",
    "Fault": "storesim.errors",
    "ScenarioError": "storesim.errors",
    "HistoryError": "storesim.errors",
    "ShapeError": "storesim.errors",
    "ForecastError": "storesim.errors",
    "PlanError": "storesim.errors",
    "UsageError": "storesim.errors",
    "RunError": "storesim.errors",
    "ConservationError": "storesim.errors",
    "MissingExtra": "storesim.errors",
}
"""Every public name and the module that holds it."""


def __getattr__(name: str) -> Any:
    if name not in PUBLIC:
        raise AttributeError(f"module 'storesim' has no attribute {name!r}")
    found = getattr(import_module(PUBLIC[name]), name)
    # Kept, so that the next use costs nothing.
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *PUBLIC})
