#!/usr/bin/env python3
"""Weir beside its peers: the same files and the same work, in turn. Checks every answer; prints medians, peak memory, ratios.

  Benchmarks/run.py                    all workloads on 10 million invoices, with the peers that are installed
  Benchmarks/run.py --install          first installs DuckDB, Polars, chdb and DataFusion into an environment of their own
  Benchmarks/run.py --weir-only        without peers: is it right, and how fast
  Benchmarks/run.py --weir-only --save before.json        … and later, after a change
  Benchmarks/run.py --weir-only --against before.json     fails where processor time or memory grew by more than --tolerance

Weir is timed as a whole process; a peer is charged for its query alone, which leans towards the peers. An answer of Weir must be equal to the exact
one (reference.py) digit by digit; a peer whose floats are within one part in 10^9 counts as right, and is named where it is not.
"""
import argparse, csv, json, os, statistics, subprocess, sys, tempfile, time
from decimal import Decimal, InvalidOperation

import reference

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(HERE)
WORK = reference.WORK[:-1] + ["dashboard", "ndjson"]
DASHBOARD = ["gsv", "referrers", "rates", "fees"]
PEERS = {"duckdb": ["duckdb"], "polars": ["polars"], "chdb": ["chdb"], "datafusion": ["datafusion", "pyarrow"]}
# Peers that are programs and do one workload alone.
PROGRAMS = {"lua": "lua5.4", "miller": "mlr"}


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000, help="invoices (default: 10 million, 0.8 GB)")
    parser.add_argument("--runs", type=int, default=3, help="times that each work is done; medians are shown (default: 3)")
    parser.add_argument("--only", default=",".join(WORK), help="workloads, parted by commas")
    parser.add_argument("--peers", default=",".join([*PEERS, *PROGRAMS]), help="peers, parted by commas")
    parser.add_argument("--weir", default=os.path.join(PROJECT, ".build/release/weir"), help="the binary (make build)")
    parser.add_argument("--workers", default="2", help="worker threads of Weir; peers have two (default: 2)")
    parser.add_argument("--folder", default=os.path.join(tempfile.gettempdir(), "weir-benchmarks"),
                        help="where data and the peers' environment are kept")
    parser.add_argument("--data", help="a folder with invoices.csv and the rest, instead of data made here")
    parser.add_argument("--install", action="store_true", help="install the peers from PyPI into an environment of their own")
    parser.add_argument("--weir-only", action="store_true", help="run no peer")
    parser.add_argument("--save", metavar="FILE", help="keep the figures of Weir")
    parser.add_argument("--against", metavar="FILE", help="compare with kept figures")
    parser.add_argument("--tolerance", type=float, default=10, help="percent that a figure may be worse (default: 10)")
    chosen = parser.parse_args()
    for given, known, what in ((chosen.only, WORK, "workload"), (chosen.peers, [*PEERS, *PROGRAMS], "peer")):
        for name in given.split(","):
            if name not in known:
                parser.error(f"no {what} '{name}': there are {', '.join(known)}")
    return chosen


def data(chosen):
    folder = chosen.data or os.path.join(chosen.folder, str(chosen.rows))
    if chosen.data or os.path.exists(os.path.join(folder, "complete")):
        return folder
    os.makedirs(folder, exist_ok=True)
    program = os.path.join(chosen.folder, "generate")
    compiler = os.environ.get("CC", "cc" if which("cc") else "clang")
    print(f"making {chosen.rows:,} invoices in {folder}", flush=True)
    subprocess.run([compiler, "-O2", "-ffp-contract=off", "-o", program, os.path.join(HERE, "generate.c"), "-lm"], check=True)
    subprocess.run([program, str(chosen.rows), folder], check=True)
    open(os.path.join(folder, "complete"), "w").close()
    return folder


def which(name):
    return any(os.access(os.path.join(path, name), os.X_OK) for path in os.get_exec_path())


def peers(chosen):
    """The Python that has each peer."""
    if chosen.weir_only:
        return {}
    environment = os.path.join(chosen.folder, "environment")
    own = os.path.join(environment, "bin", "python")
    if chosen.install:
        if not os.path.exists(own):
            subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        packages = sorted({package for peer in chosen.peers.split(",") for package in PEERS.get(peer, [])})
        subprocess.run([own, "-m", "pip", "install", "--quiet", *packages], check=True)
    found = {}
    for peer in chosen.peers.split(","):
        if peer in PROGRAMS:
            if which(PROGRAMS[peer]):
                found[peer] = sys.executable
            else:
                print(f"{peer} is not installed and left out")
            continue
        for python in [own, sys.executable]:
            imports = "; ".join(f"import {package}" for package in PEERS[peer])
            if os.path.exists(python) and subprocess.run([python, "-c", imports], capture_output=True).returncode == 0:
                found[peer] = python
                break
        else:
            print(f"{peer} is not installed and left out; --install installs it")
    return found


def measured(command):
    """Runs a command; gives seconds, processor seconds, peak MB, stdout, stderr and the exit code."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        out.seek(0)
        err.seek(0)
        return {"seconds": seconds, "processor": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024,
                "out": out.read(), "err": err.read(), "code": process.returncode}


def agrees(rows, right, tolerance):
    """Whether rows of texts are the right ones: numbers within a share of their size, 0 for digit by digit."""
    if len(rows) != len(right) or any(len(row) != len(wanted) for row, wanted in zip(rows, right)):
        return False
    for row, wanted in zip(rows, right):
        for text, value in zip(row, wanted):
            if not isinstance(value, Decimal):
                if text != value:
                    return False
                continue
            try:
                if abs(Decimal(text) - value) > tolerance * abs(value):
                    return False
            except InvalidOperation:
                return False
    return True


def run_weir(chosen, work, folder, right):
    with tempfile.TemporaryDirectory() as out:
        result = measured([chosen.weir, "run", os.path.join(HERE, work + ".yaml"), "--param", f"data={folder}", "--out", out,
                           "--workers", chosen.workers])
        if result["code"]:
            sys.exit(f"{work}: weir ended with {result['code']}: {result['err'][-500:]}")
        result["wrong"] = []
        for name in DASHBOARD if work == "dashboard" else [work]:
            with open(os.path.join(out, name + ".csv")) as file:
                if not agrees(list(csv.reader(file))[1:], right[name], 0):
                    result["wrong"].append(name)
    return result


def run_peer(python, peer, work, folder, right):
    """None where the peer does not do this work."""
    result = measured([python, os.path.join(HERE, "peers.py"), peer, work, folder])
    seconds = [line.split()[1] for line in result["err"].splitlines() if line.startswith("query_seconds ")]
    if result["code"] or not seconds:
        return None
    wanted = [row for name in (DASHBOARD if work == "dashboard" else [work]) for row in right[name]]
    result.update(seconds=float(seconds[0]), right=agrees(list(csv.reader(result["out"].splitlines())), wanted, Decimal("1e-9")))
    return result


def median(results, figure):
    return statistics.median(result[figure] for result in results)


def main():
    chosen = options()
    if not os.access(chosen.weir, os.X_OK):
        sys.exit(f"there is no {chosen.weir}: run 'make build' first, or give --weir")
    folder = data(chosen)
    right = reference.answers(folder, reference.WORK)
    found = peers(chosen)
    print(f"{'work':10} {'weir s':>8} {'proc s':>7} {'MB':>5}"
          + "".join(f" | {peer + ' s':>12} {'MB':>5}" for peer in found) + (" | best peer / weir" if found else ""), flush=True)
    figures, failed = {}, False
    for work in chosen.only.split(","):
        weir, others = [], {peer: [] for peer in found}
        for _ in range(chosen.runs):
            weir.append(run_weir(chosen, work, folder, right))
            for peer, python in found.items():
                result = run_peer(python, peer, work, folder, right)
                if result:
                    others[peer].append(result)
        seconds, memory = median(weir, "seconds"), max(result["mb"] for result in weir)
        figures[work] = {"seconds": seconds, "processor": min(result["processor"] for result in weir), "mb": memory}
        line = f"{work:10} {seconds:8.3f} {figures[work]['processor']:7.2f} {memory:5.0f}"
        for results in others.values():
            line += f" | {median(results, 'seconds'):12.3f} {max(r['mb'] for r in results):5.0f}" if results else f" | {'-':>12} {'-':>5}"
        timed = [median(results, "seconds") for results in others.values() if results]
        if timed:
            line += f" | {min(timed) / seconds:.2f}x"
        wrong = sorted({name for result in weir for name in result["wrong"]})
        line += f"  WRONG: {' '.join(wrong)}" if wrong else "  right"
        off = [peer for peer, results in others.items() if any(not result["right"] for result in results)]
        line += f"  (differs: {' '.join(off)})" if off else ""
        failed = failed or bool(wrong)
        print(line, flush=True)
    if chosen.save:
        with open(chosen.save, "w") as file:
            json.dump({"rows": chosen.rows, "workers": chosen.workers, "figures": figures}, file, indent=2)
    if chosen.against:
        failed = worse(chosen, figures) or failed
    sys.exit(1 if failed else 0)


def worse(chosen, figures):
    """Whether a figure grew beyond the tolerance. Processor time is compared, which other programs disturb less than time on the clock."""
    with open(chosen.against) as file:
        kept = json.load(file)
    if (kept["rows"], kept["workers"]) != (chosen.rows, chosen.workers):
        sys.exit(f"{chosen.against} is of {kept['rows']} rows and {kept['workers']} workers")
    found = False
    for work, now in figures.items():
        before = kept["figures"].get(work)
        for figure, unit in (("processor", "s"), ("mb", "MB")):
            if before and now[figure] > before[figure] * (1 + chosen.tolerance / 100):
                print(f"{work}: {figure} grew from {before[figure]:.2f} to {now[figure]:.2f} {unit}")
                found = True
    if not found:
        print(f"no figure is more than {chosen.tolerance:g} % worse than in {chosen.against}")
    return found


if __name__ == "__main__":
    main()
