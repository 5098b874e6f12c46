"""How many were never recorded, and when to refuse to say: multiple systems estimation.

`table = CaptureTable.from_csv("table.csv")` holds how many people were recorded by exactly which lists; every estimator
takes it and returns an `Estimate` or a `Refusal`.
"""

from tumen.estimation.bounds import chao_bound, zelterman
from tumen.estimation.certificate import Certificate, CertificateFails
from tumen.estimation.certifying import check, existence
from tumen.estimation.comparing import Comparison, compare
from tumen.estimation.consistency import Check, consistency
from tumen.estimation.convergence import Convergence, convergence
from tumen.estimation.coverage import sample_coverage
from tumen.estimation.decomposable import average_decomposable
from tumen.estimation.doubly_robust import doubly_robust
from tumen.estimation.errors import BadModel, BadPlan, BadTable, EstimationError, UnknownList, UnknownMethod
from tumen.estimation.gather import gather_report
from tumen.estimation.latent import latent_class
from tumen.estimation.latent_chains import Effort
from tumen.estimation.linkages import combine_linkages
from tumen.estimation.loglinear import LogLinear
from tumen.estimation.one_source import OneInflation, one_inflation, one_source
from tumen.estimation.population import AnalysisPlan, Population, Verdict
from tumen.estimation.printing import comparison_text
from tumen.estimation.registry import Bootstrap, Settings
from tumen.estimation.reporting import comparison_data
from tumen.estimation.results import Estimate, Interval, Outcome, Refusal, RefusalCode
from tumen.estimation.scoring import Score, Scores, score, score_text
from tumen.estimation.selection import select_bic
from tumen.estimation.sensitivity import Curve, TippingPoint, sensitivity, tipping_points
from tumen.estimation.sentences import Language, Sentence, tell
from tumen.estimation.simulation import Scenario, Simulated, simulate
from tumen.estimation.stepwise import stepwise
from tumen.estimation.strata import Total, by_strata, total
from tumen.estimation.summary import lay_summary
from tumen.estimation.table import CaptureTable, FrequencyCounts
from tumen.estimation.thresholding import threshold
from tumen.estimation.verdicts import Finding

__all__ = [
    "CaptureTable",
    "FrequencyCounts",
    "Population",
    "AnalysisPlan",
    "Verdict",
    "Bootstrap",
    "Settings",
    "Estimate",
    "Refusal",
    "RefusalCode",
    "Outcome",
    "Interval",
    "LogLinear",
    "select_bic",
    "stepwise",
    "compare",
    "Comparison",
    "Finding",
    "sensitivity",
    "Curve",
    "tipping_points",
    "TippingPoint",
    "by_strata",
    "total",
    "Total",
    "consistency",
    "Check",
    "lay_summary",
    "gather_report",
    "comparison_text",
    "comparison_data",
    "Sentence",
    "Language",
    "tell",
    "existence",
    "check",
    "Certificate",
    "EstimationError",
    "BadTable",
    "BadModel",
    "BadPlan",
    "UnknownList",
    "UnknownMethod",
    "CertificateFails",
    "latent_class",
    "Effort",
    "Convergence",
    "convergence",
    "average_decomposable",
    "threshold",
    "chao_bound",
    "zelterman",
    "sample_coverage",
    "one_source",
    "one_inflation",
    "OneInflation",
    "doubly_robust",
    "combine_linkages",
    "Scenario",
    "Simulated",
    "simulate",
    "Score",
    "Scores",
    "score",
    "score_text",
]
