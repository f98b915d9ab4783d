"""How many small faults the mirrored tests find: a seeded sample of mutants of one package.

    .venv/bin/pip install --no-deps --target instance/mutants -r bench/mutants/requirements.txt
    .venv/bin/python -m bench.mutants geo --sample 300 --seed 1

Places are drawn evenly over the package, one mutant a place: by the operators of Cosmic Ray (one comparison,
arithmetic or logical operator for another, a constant one more or less, a condition turned round, a loop
that does not run, a decorator or an exception gone), and by two of our own: a statement that is gone (a call,
or what is written into something), and one left out of several (of a list or tuple, or of the conditions and
keys of a query). Not drawn is what cannot change behaviour: annotations, aliases of types, `__all__`, the
star of a signature, lines of the log. Named and left out are modules without a test of their own.

A worker works in a throw-away copy. It imports all once and forks for each mutant; the child imports anew
what imports the mutated module, and runs those tests of the mirrored file that run the mutated statement
(all where it is run by imports or set-up). A mutant is killed by a failure, or by three times the time.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from dataclasses import asdict
from multiprocessing import Process, Queue
from pathlib import Path
from typing import Any

from bench.mutants.drawing import ROOT, Mutant, difference, draw, mirrored, modules_of
from bench.mutants.running import Outcome, work


def tell(mutants: list[Mutant], outcomes: dict[str, Outcome]) -> None:
    """Print what survived, and a row for each module."""
    for mutant in mutants:
        if outcomes[mutant.key].outcome == "survived":
            print(f"\n{mutant.key} · {mutant.operator} · line {mutant.line}")
            print(*(line for line in difference(mutant)[2:]), sep="\n")
    print(f"\n{'module':48}{'mutants':>8}{'killed':>8}{'import':>8}{'slow':>8}{'survived':>9}")
    rows = {module: Counter[str]() for module in sorted({mutant.module for mutant in mutants})}
    for mutant in mutants:
        rows[mutant.module][outcomes[mutant.key].outcome] += 1
    for module, row in [*rows.items(), ("all", sum(rows.values(), Counter[str]()))]:
        figures = (row.total(), *(row[name] for name in ("killed", "import", "slow")), row["survived"])
        print(f"{module:48}{figures[0]:8}{figures[1]:8}{figures[2]:8}{figures[3]:8}{figures[4]:9}")
    found = sum(outcomes[mutant.key].outcome != "survived" for mutant in mutants)
    print(f"\n{found} of {len(mutants)} killed: {found / len(mutants):.1%}")


def start_database() -> None:
    """Start the tests' own cluster unless another is given."""
    if "PORTAL_TEST_DATABASE_URL" not in os.environ:
        from portal import cluster

        cluster.start(cluster.test_place(ROOT / "instance"))
        os.environ["PORTAL_TEST_DATABASE_URL"] = cluster.test_admin_url(ROOT / "instance")


def main() -> None:
    """Draw, judge, tell."""
    parser = argparse.ArgumentParser(description="Judge the mirrored tests of a package by mutants.")
    parser.add_argument("package", help="a folder of modules, or a module: geo, portal/store, geo/scores.py")
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="file of outcomes: killed ones in it are not run again")
    given = parser.parse_args()
    modules = list(modules_of(given.package.strip("/")))
    with_test = [module for module in modules if (ROOT / mirrored(module)).exists()]
    print("Without a test of their own:", *sorted({*modules} - {*with_test}) or ["none"])
    mutants = draw(with_test, given.sample, given.seed)
    print(f"{len(mutants)} mutants, seed {given.seed}", flush=True)
    outcomes: dict[str, Outcome] = {}
    if given.keep and given.keep.exists():
        kept = [Outcome(**json.loads(line)) for line in given.keep.read_text().splitlines()]
        outcomes = {one.key: one for one in kept if one.outcome != "survived"}
    if given.package.startswith("portal"):
        start_database()
    judge_all(mutants, outcomes, given)
    tell(mutants, outcomes)


def judge_all(mutants: list[Mutant], outcomes: dict[str, Outcome], given: argparse.Namespace) -> None:
    """Fill ``outcomes``, and the file that keeps them."""
    tasks: Queue[Any] = Queue()
    answers: Queue[Any] = Queue()
    waiting: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        if mutant.key not in outcomes:
            waiting.setdefault(mirrored(mutant.module), []).append(mutant)
    for task in [*waiting.items(), *[None] * given.workers]:
        tasks.put(task)
    workers = [Process(target=work, args=(number, tasks, answers)) for number in range(given.workers)]
    for worker in workers:
        worker.start()
    running, faults, to_go = given.workers, [], sum(map(len, waiting.values()))
    while running:
        answer = answers.get()
        if answer is None:
            running -= 1
        elif isinstance(answer, str):
            faults.append(answer)
        else:
            outcomes[answer.key] = answer
            to_go -= 1
            if given.keep:
                with given.keep.open("a") as file:
                    file.write(json.dumps(asdict(answer)) + "\n")
            print(f"{to_go:4} to go: {answer.outcome:9}{answer.seconds:6.1f} s  {answer.key}", flush=True)
    for worker in workers:
        worker.join()
    if faults:
        sys.exit("\n".join(faults))


if __name__ == "__main__":
    main()
