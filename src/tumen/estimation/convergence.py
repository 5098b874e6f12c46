"""Have chains converged? Rank-normalised split R-hat and effective sample sizes (Vehtari, Gelman, Simpson, Carpenter
& Buerkner 2021, Bayesian Analysis 16:667), and the modes of what they drew.

A good figure here is necessary, never sufficient: chains that all miss a mode agree with each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Convergence:
    """What the chains say of one quantity.

    Attributes:
        r_hat: the larger of the rank-normalised split R-hat of the draws and of their distances from the median.
        bulk_ess: effective number of draws for the centre of the distribution.
        tail_ess: the smaller effective number of draws of the 5 % and 95 % quantiles.
    """

    r_hat: float
    bulk_ess: float
    tail_ess: float


def convergence(chains: Floats) -> Convergence:
    """Judge chains (rows) of draws (columns) of one quantity.

    Raises:
        ValueError: fewer than two chains or fewer than eight draws each.
    """
    if chains.ndim != 2 or chains.shape[0] < 2 or chains.shape[1] < 8:
        raise ValueError(f"at least two chains of eight draws are needed, got an array of shape {chains.shape}")
    halves = split(chains)
    folded = np.abs(halves - np.median(halves))
    r_hat = max(_r_hat(normal_scores(halves)), _r_hat(normal_scores(folded)))
    tails = [effective_size((halves <= np.quantile(halves, q)).astype(float)) for q in (0.05, 0.95)]
    return Convergence(r_hat, effective_size(normal_scores(halves)), min(tails))


def split(chains: Floats) -> Floats:
    """Cut each chain into its first and second half, so that a drifting chain disagrees with itself."""
    half = chains.shape[1] // 2
    return np.concatenate([chains[:, :half], chains[:, -half:]])


def normal_scores(chains: Floats) -> Floats:
    """Replace all draws by the normal quantiles of their ranks: heavy tails then do not hide a disagreement."""
    _, place, times = np.unique(chains.ravel(), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(times) - (times - 1) / 2)[place].reshape(chains.shape)  # equal draws share the mean rank
    scores: Floats = ndtri((ranks - 0.375) / (chains.size + 0.25))
    return scores


def _r_hat(chains: Floats) -> float:
    length = chains.shape[1]
    within = float(chains.var(axis=1, ddof=1).mean())
    between = length * float(chains.mean(axis=1).var(ddof=1))
    if within == 0.0:
        return 1.0 if between == 0.0 else float("inf")
    return float(np.sqrt((length - 1) / length + between / within / length))


def effective_size(chains: Floats) -> float:
    """How many independent draws are worth as much, by Geyer's initial monotone sequence over all chains."""
    count, length = chains.shape
    centred = chains - chains.mean(axis=1, keepdims=True)
    size = 1 << (2 * length - 1).bit_length()
    spectrum = np.fft.rfft(centred, size)
    covariance = np.fft.irfft(spectrum * np.conj(spectrum), size)[:, :length].mean(axis=0) / length
    within = covariance[0] * length / (length - 1)
    pooled = within * (length - 1) / length + float(chains.mean(axis=1).var(ddof=1))
    if pooled == 0.0:
        return float(count * length)  # every draw is the same: nothing to be uncertain about
    correlation = 1 - (within - covariance) / pooled
    correlation[0] = 1.0
    pairs = correlation[: length // 2 * 2].reshape(-1, 2).sum(axis=1)
    below = np.flatnonzero(pairs < 0)
    pairs = np.minimum.accumulate(pairs[: below[0]] if len(below) else pairs)
    time = max(2 * float(pairs.sum()) - 1, 1 / np.log10(count * length))
    return float(count * length / time)


def modes(draws: Floats, prominence: float = 0.8) -> tuple[tuple[float, float], ...]:
    """Find the modes of a sample: (place, share of the draws between its valleys), highest share first.

    A hill counts as a mode only if it is 5 % of the highest or more and the valley beside it falls below `prominence`
    of its height, so that sampling noise makes no modes.
    """
    low, high = float(draws.min()), float(draws.max())
    if low == high:
        return ((low, 1.0),)
    edges = np.linspace(low, high, 513)
    heights = np.histogram(draws, edges)[0].astype(float)
    spread = min(float(draws.std()), float(np.subtract(*np.quantile(draws, [0.75, 0.25]))) / 1.34) or float(draws.std())
    width = max(1.06 * spread * len(draws) ** -0.2 / (edges[1] - edges[0]), 1.0)
    reach = np.arange(-int(4 * width) - 1, int(4 * width) + 2)
    kernel = np.exp(-0.5 * (reach / width) ** 2)
    smooth = np.convolve(np.pad(heights, len(reach), mode="reflect"), kernel, "same")[len(reach) : -len(reach)]
    hills: list[int] = []
    valleys: list[int] = []
    for place in _summits(smooth):
        if not hills:
            hills.append(place)
            continue
        valley = hills[-1] + int(np.argmin(smooth[hills[-1] : place + 1]))
        if smooth[valley] < prominence * min(smooth[hills[-1]], smooth[place]):
            hills.append(place)
            valleys.append(valley)
        elif smooth[place] > smooth[hills[-1]]:
            hills[-1] = place
    cuts = [0, *valleys, len(heights)]
    centres = (edges[:-1] + edges[1:]) / 2
    found = [
        (float(centres[hill]), float(heights[start:stop].sum() / heights.sum()))
        for hill, start, stop in zip(hills, cuts[:-1], cuts[1:], strict=True)
    ]
    return tuple(sorted(found, key=lambda mode: -mode[1]))


def _summits(smooth: Floats) -> list[int]:
    """The places of all local maxima that are at least 5 % of the highest."""
    padded = np.concatenate([[-1.0], smooth, [-1.0]])
    tops = np.flatnonzero((padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:]))
    return [int(top) for top in tops if smooth[top] >= 0.05 * smooth.max()]
