"""The kinds of label this house knows."""

from enum import StrEnum


class Kind(StrEnum):
    """What a label names. The values are for ever."""

    grai = "grai"
    giai = "giai"
    cylinder = "cylinder"
    seal = "seal"
    enrolment = "enrolment"
    component = "component"
    punch_point = "punch_point"
    customer = "customer"
    bare_code = "bare_code"
    qpsafe = "qpsafe"
    cylinder_record = "cylinder_record"
