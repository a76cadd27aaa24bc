"""The right answers of the benchmarks, in whole numbers and in plain Python: slow, and independent of every engine.

answers(folder, wanted) gives, by workload, rows of cells: texts, and Decimals that are exact (means to 18 places, half to even).
What was computed is kept in folder/answers.json, since ten million rows take a minute or two.
"""
import array, collections, datetime, decimal, json, multiprocessing, os

Decimal = decimal.Decimal
decimal.getcontext().prec = 60
WORK = ["scan", "gsv", "referrers", "rates", "fees", "wide", "join", "ndjson"]


def answers(folder, wanted):
    kept = os.path.join(folder, "answers.json")
    stamp = [os.path.getsize(os.path.join(folder, name)) for name in ("invoices.csv", "projects.csv", "fx.csv")]
    if os.path.exists(kept):
        with open(kept) as file:
            found = json.load(file)
        if found["stamp"] == stamp:
            return {work: [[cell(*c) for c in row] for row in found["answers"][work]] for work in wanted}
    print("computing the right answers in plain Python, once for this data …", flush=True)
    # In a process of its own: what this one has once held would be counted as memory of those that it starts.
    with multiprocessing.Pool(1) as pool:
        computed = pool.apply(compute, [folder])
    plain = {work: [[["d" if isinstance(c, Decimal) else "t", str(c)] for c in row] for row in rows]
             for work, rows in computed.items()}
    with open(kept + ".partial", "w") as file:
        json.dump({"stamp": stamp, "answers": plain}, file)
    os.replace(kept + ".partial", kept)
    return {work: computed[work] for work in wanted}


def cell(kind, text):
    return Decimal(text) if kind == "d" else text


def scaled(number, places):
    return Decimal(number).scaleb(-places)


def hundredths(text):
    return int(text.replace(".", ""))


def rates_by_day(path):
    """(day, currency) -> millionths of a dollar, for every day from a currency's first rate on."""
    listed = collections.defaultdict(list)
    with open(path) as file:
        next(file)
        for line in file:
            day, currency, usd = line.rstrip("\n").split(",")
            listed[currency].append((day, hundredths(usd)))
    known = {}
    for currency, rates in listed.items():
        rates = dict(rates)
        day, last, usd = datetime.date.fromisoformat(min(rates)), datetime.date(2027, 1, 1), None
        while day < last:
            text = day.isoformat()
            usd = rates.get(text, usd)
            known[text, currency] = usd
            day += datetime.timedelta(1)
    return known


def fee(amount, day, currency):
    """In units of 10^-8, of an amount in units of 10^-4."""
    if day < "2021-01-01":
        share = amount * 10
    elif amount > 10_000 * 10_000:
        share = 1_500 * 1_000_000 + (amount - 10_000 * 10_000) * 8
    else:
        share = amount * 15
    share *= 100 if currency == "USD" else 102
    return min(max(share, 25 * 10**8), 5_000 * 10**8)


def compute(folder):
    with open(os.path.join(folder, "projects.csv")) as file:
        next(file)
        category = {line.split(",", 1)[0]: line.rstrip("\n").rsplit(",", 1)[1] for line in file}
    usd = rates_by_day(os.path.join(folder, "fx.csv"))
    total_hours, row, tenth = 0, 0, 0
    months, gsv, gsv_rows, ndjson = {}, collections.Counter(), collections.Counter(), {}
    by_client, by_talent, fees = collections.Counter(), collections.Counter(), collections.Counter()
    rates = collections.defaultdict(lambda: array.array("i"))
    joined, joined_rows = collections.Counter(), collections.Counter()
    wide_hours, wide_rows = collections.Counter(), collections.Counter()
    with open(os.path.join(folder, "invoices.ndjson")) as file:
        tenth = sum(1 for _ in file)
    with open(os.path.join(folder, "invoices.csv")) as file:
        next(file)
        for line in file:
            row += 1
            (_, day, client, talent, project, skill, country, hours, rate, currency, status, client_referrer,
             talent_referrer) = line.rstrip("\n").split(",")
            hours, rate, month = hundredths(hours), hundredths(rate), day[:7]
            amount = hours * rate
            total_hours += hours
            place = int(talent) * 128 + months.setdefault(month, len(months))
            wide_hours[place] += hours
            wide_rows[place] += 1
            if status != "void":
                fees[client] += fee(amount, day, currency)
            if status == "paid":
                gsv[month] += amount
                gsv_rows[month] += 1
                if client_referrer:
                    by_client[client_referrer] += amount
                if talent_referrer:
                    by_talent[talent_referrer] += amount
                rates[skill, country].append(rate)
                price = usd.get((day, currency))
                if price is not None:
                    joined[category[project]] += amount * price
                    joined_rows[category[project]] += 1
            if row == tenth:
                ndjson = (dict(gsv), dict(gsv_rows))
    names = {number: month for month, number in months.items()}
    earned = collections.Counter()
    for referrer, amount in by_client.items():
        earned[referrer] += min(amount * 2, 10_000 * 10**6)
    for referrer, amount in by_talent.items():
        earned[referrer] += min(amount, 10_000 * 10**6)
    best = lambda counter, count: sorted(counter.items(), key=lambda item: (-item[1], int(item[0])))[:count]
    largest = sorted(wide_hours, key=lambda p: (-wide_hours[p], p // 128, names[p % 128]))[:20]
    return {
        "scan": [[Decimal(row), scaled(total_hours, 2)]],
        "gsv": by_month(gsv, gsv_rows),
        "ndjson": by_month(*ndjson),
        "referrers": [[r, scaled(amount, 6)] for r, amount in best(earned, 50)],
        "fees": [[client, scaled(amount, 8)] for client, amount in best(fees, 20)],
        "rates": [[*key, mean(values), median(values), Decimal(len(values))] for key, values in sorted(rates.items())],
        "wide": [[str(p // 128), names[p % 128] + "-01", scaled(wide_hours[p], 2), Decimal(wide_rows[p])]
                 for p in largest],
        "join": [[name, scaled(joined[name], 10), Decimal(joined_rows[name])] for name in sorted(joined)],
    }


def by_month(sums, rows):
    return [[month + "-01", scaled(sums[month] * 115, 6), Decimal(rows[month])] for month in sorted(sums)]


def mean(values):
    exact = Decimal(sum(values)) / 100 / len(values)
    return exact.quantize(Decimal(1).scaleb(-18), rounding=decimal.ROUND_HALF_EVEN)


def median(values):
    ordered, middle = sorted(values), len(values) // 2
    if len(values) % 2:
        return scaled(ordered[middle], 2)
    return scaled((ordered[middle - 1] + ordered[middle]) * 5, 3)
