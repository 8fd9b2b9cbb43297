"""The fold of cylinders' chains and the reading of labels, beside the least that any such program must do."""

import random
import time
from functools import lru_cache

from backend.gas.rules.acts import Birth, Seen
from backend.gas.rules.custody import fold
from mobile_contract.gas import ScanStep
from qr import payload
from qr.checks import mod10_check

ACTS = 1_000_000
ACTS_PER_CYLINDER = 20
TURN = (ScanStep.prefill, ScanStep.fill, ScanStep.load, ScanStep.deliver, ScanStep.collect, ScanStep.unload)
MISSED = 0.03
"""Of a hundred acts three are never scanned."""
LABELS = 20_000


def _chain(number: int, dice: random.Random) -> list[Seen]:
    """A cylinder's acts as they arrive: four handsets, three of a hundred missed, in no order."""
    acts: list[Seen] = []
    at_ms, step = number, 0
    while len(acts) < ACTS_PER_CYLINDER:
        at_ms += dice.randrange(600_000, 6_000_000)
        step += 1
        if dice.random() < MISSED:
            continue
        worker = f"w{(step // 6) % 4}"
        acts.append(
            Seen(
                id=f"{number}-{step}",
                step=TURN[step % 6],
                worker=worker,
                customer=f"c{number % 997}",
                station="ST01",
                order="",
                trusted_ms=at_ms,
                device=worker,
                epoch=1,
                n=step,
            )
        )
    dice.shuffle(acts)
    return acts


@lru_cache(maxsize=1)
def _chains() -> list[list[Seen]]:
    """A twentieth of a million acts; they are folded twenty times, so that the bench fits a small machine."""
    dice = random.Random(440_111)
    return [_chain(number, dice) for number in range(ACTS // ACTS_PER_CYLINDER // 20)]


class Fold:
    """Seconds for a million acts of 50,000 cylinders."""

    name = "gas.fold"
    unit = "s a million acts"
    reference_unit = "s, the same acts sorted by time and no more"

    def run(self) -> tuple[float, float]:
        birth = Birth(full=True)
        chains = _chains()
        started = time.perf_counter()
        for chain in chains * 20:
            fold(birth, chain)
        seconds = time.perf_counter() - started
        started = time.perf_counter()
        for chain in chains * 20:
            sorted(chain, key=lambda act: (act.trusted_ms, act.device, act.n))
        return seconds, time.perf_counter() - started


class Parse:
    """GS1 Digital Links of cylinders a second: check digits, percent signs, the cylinder's name."""

    name = "qr.digital_link_parse"
    unit = "links/s"
    reference_unit = "links/s, split at the slashes"

    def run(self) -> tuple[float, float]:
        kind = f"690123400001{mod10_check('690123400001')}"
        links = [f"HTTPS://GAS.EXAMPLE.CN/8003/0{kind}144001226{number:07d}" for number in range(LABELS)]
        started = time.perf_counter()
        for link in links:
            payload.parse(link)
        rate = LABELS / (time.perf_counter() - started)
        started = time.perf_counter()
        for link in links:
            link.split("/")
        return rate, LABELS / (time.perf_counter() - started)


BENCHMARKS = [Fold(), Parse()]
