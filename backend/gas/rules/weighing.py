"""What the weights of a check before filling and of a fill say. Pure."""

from mobile_contract.gas import ScanMark, ScanParams, ScanStep

TOLERANCE_G = 200
"""So much may the scales differ; assumed."""


def weighed(said: ScanParams, max_fill_g: int | None, stamped_tare_g: int | None = None) -> list[ScanMark]:
    """What is missing or wrong in the weights (brief, gas 3.2 R6: both checks are recorded).

    What the cylinder is stamped with is its tare where the scan tells none.
    """
    if said.step is ScanStep.prefill:
        return [ScanMark.residual_missing] if said.residual_g is None and said.passed else []
    if said.step is not ScanStep.fill:
        return []
    marks: list[ScanMark] = []
    tare_g = stamped_tare_g if said.tare_g is None else said.tare_g
    if said.net_g is None or tare_g is None or said.gross_g is None:
        marks.append(ScanMark.weights_missing)
    elif abs(said.gross_g - tare_g - said.net_g) > TOLERANCE_G:
        marks.append(ScanMark.weights_differ)
    if said.net_g is not None and max_fill_g is not None and said.net_g > max_fill_g:
        marks.append(ScanMark.overfilled)
    return marks
