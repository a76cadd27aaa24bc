#!/usr/bin/env python3
"""Two folds over the benchmark's invoices, compiled and interpreted: are the answers right, and what does a row cost?

  Benchmarks/folds.py FOLDER              FOLDER has the invoices.csv that generate.c makes
  Benchmarks/folds.py FOLDER --runs 5     medians of so many runs (default: 3)

Both paths must write the same bytes, and these must be what plain Python computes in whole numbers. The time of a fold is the processor time of
its function, and that of the whole step with the sort before it, as `weir run --profile --workers 1` tells them.
"""
import argparse, csv, os, re, statistics, subprocess, sys, tempfile
from collections import defaultdict

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDS = ["balance", "fifo"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--weir", default=os.path.join(os.path.dirname(HERE), ".build/release/weir"))
    chosen = parser.parse_args()
    clients = invoices(os.path.join(chosen.folder, "invoices.csv"))
    print(f"{'fold':10} {'path':12} {'function ns/row':>16} {'step ns/row':>12} {'sent back':>10}")
    wrong = 0
    for fold in FOLDS:
        right = {client: globals()[fold](rows) for client, rows in clients.items()}
        figures = {}
        for path in ["columnar", "interpreter"]:
            with tempfile.TemporaryDirectory() as out:
                runs = [run(chosen, fold, path, out) for _ in range(chosen.runs)]
                with open(os.path.join(out, f"fold-{fold}.csv")) as file:
                    answer = {int(row.pop("client_id")): row for row in csv.DictReader(file)}
            figures[path] = [statistics.median(values) for values in zip(*runs)]
            print(f"{fold:10} {path:12} {figures[path][0]:16.1f} {figures[path][1]:12.1f} {figures[path][2]:10.0f}")
            if {client: {key: value for key, value in row.items()} for client, row in answer.items()} != right:
                print(f"{fold}: the {path} answer is wrong")
                wrong += 1
        times = [slow / fast for fast, slow in zip(figures["columnar"][:2], figures["interpreter"][:2])]
        print(f"{fold:10} {'times':12} {times[0]:16.1f} {times[1]:12.1f}")
    return 1 if wrong else 0


def run(chosen, fold, path, out):
    """ns a row of the function and of the step, and the rows that went back."""
    told = subprocess.run(
        [chosen.weir, "run", os.path.join(HERE, f"fold-{fold}.yaml"), "--param", f"data={os.path.abspath(chosen.folder)}", "--out", out,
         "--lua", path, "--workers", "1", "--profile"], capture_output=True, text=True)
    if told.returncode:
        sys.exit(told.stderr)
    said = told.stdout + told.stderr
    function = re.search(rf"^bench\.{fold} .*?([\d.]+)\s+(\d+)\s+([\d.]+)\s+(\d+)$", said, re.M)
    step = re.search(r"^folded, step 1 \(fold\) +[\d.]+ +[\d.]+ +[\d.]+ +\d+ +([\d.]+)", said, re.M)
    return float(function[3]), float(step[1]), int(function[4])


def invoices(path):
    """Each client's invoices by day and number; money in hundredths, hours too."""
    clients = defaultdict(list)
    with open(path) as file:
        for row in csv.DictReader(file):
            clients[int(row["client_id"])].append(
                (row["issued_on"], int(row["invoice_id"]), hundredths(row["hours"]), hundredths(row["rate"]), row["currency"], row["status"]))
    for rows in clients.values():
        rows.sort()
    return clients


def hundredths(text):
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int((rest + "00")[:2])


def written(number, scale):
    """A whole number of 10^-scale as Weir writes it."""
    sign, number = ("-", -number) if number < 0 else ("", number)
    whole, rest = divmod(number, 10 ** scale)
    decimals = f"{rest:0{scale}d}".rstrip("0")
    return f"{sign}{whole}" + (f".{decimals}" if decimals else "")


def balance(rows):
    total = above = 0
    for _, _, hours, rate, _, status in rows:
        total += {"paid": 1, "open": -1}.get(status, 0) * hours * rate
        above += total > 1000000 * 10000
    return {"last": written(total, 4), "above": str(above), "rows": str(len(rows))}


def fifo(rows):
    import datetime
    lots, held, emitted = [], 0, []
    for day, _, hours, rate, currency, _ in rows:
        if currency == "USD" and len(lots) < 24:
            lots.append([hours, rate, day])
            held += hours
            continue
        wanted, gain, days = min(hours * 2, held), 0, 0
        while wanted > 0:
            lot = lots[0]
            used = min(lot[0], wanted)
            gain += used * (rate - lot[1])
            days = max(days, (datetime.date.fromisoformat(day) - datetime.date.fromisoformat(lot[2])).days)
            lot[0] -= used
            wanted -= used
            held -= used
            if lot[0] <= 0:
                lots.pop(0)
        emitted.append((gain, held, days))
    return {"gain": written(sum(row[0] for row in emitted), 4), "held": written(emitted[-1][1], 2),
            "days": str(max(row[2] for row in emitted)), "rows": str(len(emitted))}


if __name__ == "__main__":
    sys.exit(main())
