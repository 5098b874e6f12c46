"""How many were never recorded, and when to refuse to say: multiple systems estimation.

`table = CaptureTable.from_csv("table.csv")` holds how many people were recorded by exactly which lists; every estimator
takes it and returns an `Estimate` or a `Refusal`.
"""

from tumen.estimation.certificate import Certificate, CertificateFails
from tumen.estimation.errors import BadModel, BadPlan, BadTable, EstimationError, UnknownList, UnknownMethod
from tumen.estimation.population import AnalysisPlan, Population, Verdict
from tumen.estimation.registry import Bootstrap, Settings
from tumen.estimation.results import Estimate, Interval, Outcome, Refusal, RefusalCode
from tumen.estimation.table import CaptureTable, FrequencyCounts

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
    "Certificate",
    "EstimationError",
    "BadTable",
    "BadModel",
    "BadPlan",
    "UnknownList",
    "UnknownMethod",
    "CertificateFails",
]
