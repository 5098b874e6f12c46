"""CPU time of a passage's search tokens, as a ratio to `str.split` of the same text, and what a query over them costs.

Run: PYTHONPATH=src python benchmarks/tokens.py
"""

import statistics
import time
from collections.abc import Callable

from tumen.text import find, index_tokens, match_query, snippet

KOREAN = (
    "그녀는 겨울에 강을 건넜고, 안내한 사람에게 팔려 산골 마을로 갔다고 말했다. 이웃의 신고로 붙잡혀 강제송환되었으며, "
    "온성 보위부에서 여섯 달 동안 갇혀 있었다. 조사관은 중국에서 만난 사람들의 이름을 물었고, 대답하지 않으면 때렸다. "
)
CHINESE = (
    "她说自己在冬天过了江，被带路的人卖到山里的村子。邻居举报以后，公安把她抓走，关了十天，然后送回对岸。"
    "在那边的拘留所里，她和另外二十名女性住在一间屋子，每天只有一碗玉米粥。"
)
ENGLISH = (
    "She said that she crossed the river in winter and was sold to a village by the man who had led the way. "
    "A neighbour informed on her; she was held for ten days and handed over on the bridge near Ch'ŏngjin. "
)
PASSAGES = {name: (text * 4)[:300] for name, text in [("Korean", KOREAN), ("Chinese", CHINESE), ("English", ENGLISH)]}


def microseconds(work: Callable[[], object], calls: int = 2000) -> float:
    """Median of five rounds of CPU time for one call."""
    rounds = []
    for _ in range(5):
        before = time.process_time()
        for _ in range(calls):
            work()
        rounds.append((time.process_time() - before) / calls * 1e6)
    return statistics.median(rounds)


def main() -> None:
    """Print one line a language: microseconds a passage of 300 characters, and the ratio to `str.split`."""
    print(f"{'us of CPU':<14} {'index_tokens':>12} {'str.split':>10} {'ratio':>6} {'find':>7} {'snippet':>8}")
    for name, text in PASSAGES.items():
        query = {"Korean": "보위부", "Chinese": "公安", "English": "chongjin"}[name]
        tokens = microseconds(lambda text=text: index_tokens(text))
        plain = microseconds(lambda text=text: text.split())
        hits = microseconds(lambda text=text, query=query: find(text, query))
        shown = microseconds(lambda text=text, query=query: snippet(text, query))
        print(f"{name:<14} {tokens:>12.1f} {plain:>10.1f} {tokens / plain:>6.1f} {hits:>7.1f} {shown:>8.1f}")
    print(f"match_query: {microseconds(lambda: match_query('구타 OR 고문 보위부 -온성')):.1f} us")


if __name__ == "__main__":
    main()
