"""Signing in with a password, over real sockets; against the bare password hash, which is nearly all of it."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pwdlib.hashers.argon2 import Argon2Hasher

from backend.kernel.settings import Settings
from backend.people.passwords import LANES
from bench.rig import PASSWORD, Office, request, serving, storm

AT_ONCE = 2
SIGN_INS = 15


def bare_checks() -> float:
    """Argon2id checks a second with the server's own cost, AT_ONCE at a time."""
    cost = Settings(testing=True)
    hasher = Argon2Hasher(cost.argon2_time_cost, cost.argon2_memory_kib, parallelism=LANES)
    kept = hasher.hash(PASSWORD)
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert all(pool.map(lambda _: hasher.verify(PASSWORD, kept), range(AT_ONCE * SIGN_INS)))
    return AT_ONCE * SIGN_INS / (time.perf_counter() - started)


@dataclass
class SignIn:
    """Two people sign in again and again, with the password cost of production."""

    name: str = "people.sign_in"
    unit: str = "sign-ins/s"
    reference_unit: str = "argon2id checks/s"

    def run(self) -> tuple[float, float]:
        with serving(argon2_kib=Settings(testing=True).argon2_memory_kib) as server:
            office = Office(server)
            office.found(argon2_kib=Settings(testing=True).argon2_memory_kib)
            phones = office.phones(AT_ONCE)
            bodies = [json.dumps({"phone": p.phone, "password": PASSWORD}).encode() for p in phones]
            queues = [[request("POST", "/auth/v1/sign-in", "", body)] * SIGN_INS for body in bodies]
            seconds, answers = storm(server.port, queues)
            assert all(status == 200 for queue in answers for status, _ in queue), answers
        return AT_ONCE * SIGN_INS / seconds, bare_checks()


BENCHMARKS = [SignIn()]
