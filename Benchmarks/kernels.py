#!/usr/bin/env python3
"""Counts instructions and allocations of the engine's inner loops, and compares them with the counts that are kept in kernels.json.

  Benchmarks/kernels.py            compares; fails where a kernel takes more than --tolerance percent more
  Benchmarks/kernels.py --record   keeps the counts of this machine
  Benchmarks/kernels.py NAME …     some kernels alone

Counts do not depend on what else the machine does. Instructions are counted by valgrind, so the same on any x86-64 machine (it offers AVX2 at
most); allocations by a library that is put before malloc. A count is that of many rounds less that of few, divided by the rows between them: what
is made ready before the first round does not count. Where valgrind or a C compiler is missing, what it counts is left out and that is said.
"""
import argparse, json, os, re, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
KEPT = os.path.join(HERE, "kernels.json")
FEW, MANY = 3, 9


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="kernels (default: all)")
    parser.add_argument("--program", default=os.path.join(os.path.dirname(HERE), ".build/release/weir-kernels"))
    parser.add_argument("--record", action="store_true", help="keep these counts")
    parser.add_argument("--tolerance", type=float, default=3, help="percent more that pass (default: 3)")
    chosen = parser.parse_args()
    chosen.program = os.path.abspath(chosen.program)
    listed = dict(line.split() for line in run([chosen.program]).stdout.splitlines())
    unknown = [name for name in chosen.names if name not in listed]
    if unknown:
        sys.exit(f"no kernel {', '.join(unknown)}: there are {', '.join(listed)}")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # kernels write their inputs where they run
        # valgrind does not read this compiler's debugging information.
        stripped = os.path.join(folder, "weir-kernels")
        if shutil.which("strip") and not subprocess.run(["strip", "-g", "-o", stripped, chosen.program]).returncode:
            chosen.program = stripped
        counters = {"instructions": instruction_counter(), "allocations": allocation_counter(folder)}
        if not any(counters.values()):
            print("nothing can be counted here; install valgrind and a C compiler")
            return 0
        kept = {}
        if os.path.exists(KEPT):
            with open(KEPT) as file:
                kept = json.load(file)
        worse, counted = [], {}
        print(f"{'kernel':22} {'instructions/row':>17} {'kept':>9} {'':>7} {'allocations/1000 rows':>22} {'kept':>8}")
        for name in chosen.names or listed:
            rows = int(listed[name]) * (MANY - FEW)
            counted[name] = {
                "instructions": count(counters["instructions"], chosen.program, name, rows, 1),
                "allocations": count(counters["allocations"], chosen.program, name, rows, 1000)}
            before = kept.get(name, {})
            for what, now in counted[name].items():
                # A handful of allocations is noise of the runtime's own.
                slack = 0.1 if what == "allocations" else 0
                if now is not None and before.get(what) is not None:
                    if now > before[what] * (1 + chosen.tolerance / 100) + slack:
                        worse.append(f"{name}: {what} grew from {before[what]} to {now}")
            show(name, counted[name], before)
    if chosen.record:
        kept.update(counted)
        with open(KEPT, "w") as file:
            json.dump({name: kept[name] for name in listed if name in kept}, file, indent=2)
            file.write("\n")
        return 0
    print("\n".join(worse) if worse else f"no kernel takes over {chosen.tolerance:g} % more than is kept")
    return 1 if worse else 0


def show(name, now, before):
    def text(value, digits):
        return "-" if value is None else f"{value:.{digits}f}"
    change = ""
    if now["instructions"] and before.get("instructions"):
        change = f"{(now['instructions'] / before['instructions'] - 1) * 100:+.1f} %"
    print(f"{name:22} {text(now['instructions'], 2):>17} {text(before.get('instructions'), 2):>9} {change:>7} "
          f"{text(now['allocations'], 2):>22} {text(before.get('allocations'), 2):>8}", flush=True)


def count(counter, program, name, rows, unit):
    if counter is None:
        return None
    return round((counter([program, name, str(MANY)]) - counter([program, name, str(FEW)])) * unit / rows, 2)


def run(command, **more):
    environment = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1", **more}
    result = subprocess.run(command, capture_output=True, text=True, env=environment)
    if result.returncode:
        sys.exit(f"{' '.join(command)} ended with {result.returncode}: {result.stderr[-500:]}")
    return result


def instruction_counter():
    if not shutil.which("valgrind"):
        print("valgrind is not here: instructions are not counted")
        return None
    def counter(command):
        result = run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command])
        return int(re.search(r"Collected : (\d+)", result.stderr).group(1))
    return counter


def allocation_counter(folder):
    compiler = shutil.which(os.environ.get("CC", "cc")) or shutil.which("clang")
    library = os.path.join(folder, "allocations.so")
    source = os.path.join(HERE, "allocations.c")
    if not compiler or subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, source], capture_output=True).returncode:
        print("allocations.c cannot be compiled here: allocations are not counted")
        return None
    return lambda command: int(re.search(r"allocations (\d+)", run(command, LD_PRELOAD=library).stderr).group(1))


if __name__ == "__main__":
    sys.exit(main())
