"""One peer at one workload in a process of its own: rows as CSV on stdout, `query_seconds N` on stderr.

usage: peers.py duckdb|polars|chdb|datafusion|lua|miller WORKLOAD FOLDER

Each peer does the work as its own users would: types declared, one lazy query where it has them. It is charged for the query alone, its start
and its imports left out.
"""
import os, subprocess, sys, time

ENGINE, WORKLOAD, FOLDER = sys.argv[1:4]
SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scripts")
DASHBOARD = ["gsv", "referrers", "rates", "fees"]
INTEGERS = ["invoice_id", "client_id", "talent_id", "project_id", "client_referrer", "talent_referrer"]
COLUMNS = ["invoice_id", "issued_on", "client_id", "talent_id", "project_id", "skill", "country", "hours", "rate",
           "currency", "status", "client_referrer", "talent_referrer"]


def typed(integer, date, hours, rate, text):
    """The type of each column, in one engine's words."""
    special = {"issued_on": date, "hours": hours, "rate": rate}
    return {name: integer if name in INTEGERS else special.get(name, text) for name in COLUMNS}


def query(work, invoices, projects="", fx="", month="date_trunc('month', {})", median="median({})",
          number=lambda text: text):
    """The workload in SQL; engines differ in how they write the start of a month, a median and a decimal literal."""
    amount, month, paid = "hours * rate", month.format("issued_on"), f"from {invoices} where status = 'paid'"
    n = number
    if work == "scan":
        return f"select count(*), sum(hours) from {invoices}"
    if work in ("gsv", "ndjson"):
        return f"select {month} as month, sum({amount} * {n('1.15')}), count(*) {paid} group by 1 order by 1"
    if work == "referrers":
        sides = [f"select {column} as ref, least(sum({amount}) * {n(share)}, {n('10000.00')}) as part {paid} "
                 f"and {column} is not null group by 1"
                 for column, share in (("client_referrer", "0.02"), ("talent_referrer", "0.01"))]
        return (f"select ref, sum(part) as earned from ({' union all '.join(sides)}) as parts group by ref "
                "order by earned desc, ref limit 50")
    if work == "rates":
        return (f"select skill, country, avg(rate), {median.format('rate')}, count(*) {paid} group by skill, country "
                "order by skill, country")
    if work == "fees":
        share = (f"case when issued_on < date '2021-01-01' then {amount} * {n('0.10')} "
                 f"when {amount} > 10000 then {n('1500.00')} + ({amount} - {n('10000.00')}) * {n('0.08')} "
                 f"else {amount} * {n('0.15')} end * case when currency = 'USD' then {n('1.00')} else {n('1.02')} end")
        return (f"select client_id, sum(least({n('5000.00')}, greatest({n('25.00')}, {share}))) as fee from {invoices} "
                "where status <> 'void' group by client_id order by fee desc, client_id limit 20")
    if work == "wide":
        return (f"select talent_id, {month} as month, sum(hours) as hours_sum, count(*) from {invoices} group by 1, 2 "
                "order by hours_sum desc, talent_id, month limit 20")
    if work == "join":
        return (f"select p.category, sum(i.hours * i.rate * f.usd), count(*) from {invoices} i "
                f"join {projects} p on i.project_id = p.project_id "
                f"asof join {fx} f on i.currency = f.currency and i.issued_on >= f.day "
                "where i.status = 'paid' group by p.category order by p.category")
    sys.exit(f"{ENGINE} has no {work}")


def duckdb():
    import duckdb
    start = time.perf_counter()
    db = duckdb.connect()
    db.execute("set threads = 2")
    types = typed("bigint", "date", "decimal(6,2)", "decimal(8,2)", "varchar")
    listed = ", ".join(f"'{name}': '{type}'" for name, type in types.items())
    invoices = f"read_csv('{FOLDER}/invoices.csv', header = true, columns = {{{listed}}})"
    projects = f"read_csv('{FOLDER}/projects.csv', header = true)"
    fx = f"read_csv('{FOLDER}/fx.csv', header = true, columns = {{'day': 'date', 'currency': 'varchar', 'usd': 'decimal(10,6)'}})"
    if WORKLOAD == "dashboard":
        db.execute(f"create temp table invoices as select * from {invoices}")
        return [row for work in DASHBOARD for row in db.execute(query(work, "invoices")).fetchall()], start
    if WORKLOAD == "ndjson":
        invoices = f"read_ndjson('{FOLDER}/invoices.ndjson', columns = {{{listed}}})"
    return db.execute(query(WORKLOAD, invoices, projects, fx)).fetchall(), start


def datafusion():
    import datafusion, pyarrow
    start = time.perf_counter()
    context = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(2))
    types = typed(pyarrow.int64(), pyarrow.date32(), pyarrow.decimal128(6, 2), pyarrow.decimal128(8, 2), pyarrow.string())
    context.register_csv("invoices", f"{FOLDER}/invoices.csv", schema=pyarrow.schema(list(types.items())), has_header=True)
    if WORKLOAD in ("join", "ndjson", "dashboard"):
        sys.exit(f"datafusion has no {WORKLOAD}")
    batches = context.sql(query(WORKLOAD, "invoices")).collect()
    return [row for batch in batches for row in zip(*[column.to_pylist() for column in batch.columns])], start


def chdb():
    import chdb
    start = time.perf_counter()
    types = typed("Int64", "Date", "Decimal(6,2)", "Decimal(8,2)", "LowCardinality(String)")
    types.update({name: f"Nullable(Int64)" for name in ("client_referrer", "talent_referrer")})
    listed = ", ".join(f"{name} {type}" for name, type in types.items())
    if WORKLOAD == "dashboard":
        sys.exit("chdb has no dashboard")
    name, form = ("invoices.ndjson", "JSONEachRow") if WORKLOAD == "ndjson" else ("invoices.csv", "CSVWithNames")
    decimal = lambda text: f"toDecimal64('{text}', {len(text.partition('.')[2])})"
    asked = query(
        WORKLOAD, f"file('{FOLDER}/{name}', '{form}', '{listed}')", f"file('{FOLDER}/projects.csv', 'CSVWithNames')",
        f"file('{FOLDER}/fx.csv', 'CSVWithNames', 'day Date, currency String, usd Decimal(10,6)')",
        month="toStartOfMonth({})", median="quantileExactInclusive(0.5)(toFloat64({}))", number=decimal)
    answer = str(chdb.query(asked + " settings max_threads = 2", "CSV")).replace('"', "")
    return [line.split(",") for line in answer.splitlines()], start


def whole_process(command):
    """Lua and Miller are charged for all that they do, as Weir is."""
    if WORKLOAD != "fees":
        sys.exit(f"{ENGINE} has no {WORKLOAD}")
    start = time.perf_counter()
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return [line.split(",") for line in lines], start


def lua():
    return whole_process(["lua5.4", os.path.join(SCRIPTS, "fees.lua"), FOLDER])


def miller():
    return whole_process(
        ["mlr", "--icsv", "--ocsv", "--headerless-csv-output", "put", "-q", "-f", os.path.join(SCRIPTS, "fees.mlr"),
         "then", "sort", "-nr", "fee", "-nf", "client_id", "then", "head", "-n", "20", f"{FOLDER}/invoices.csv"])


def polars():
    import polars
    start = time.perf_counter()
    column, Int, Float = polars.col, polars.Int64, polars.Float64
    types = typed(Int, polars.Date, Float, Float, polars.String)
    if WORKLOAD == "ndjson":
        types["issued_on"] = polars.String
        invoices = polars.scan_ndjson(f"{FOLDER}/invoices.ndjson", schema=types)
        invoices = invoices.with_columns(column("issued_on").str.to_date())
    else:
        invoices = polars.scan_csv(f"{FOLDER}/invoices.csv", schema=types)
    paid, amount = invoices.filter(column("status") == "paid"), column("hours") * column("rate")
    month = column("issued_on").dt.truncate("1mo").alias("month")

    def gsv():
        return paid.group_by(month).agg((amount * 1.15).sum(), polars.len().alias("n")).sort("month")

    def referrers():
        sides = [paid.filter(column(name).is_not_null()).group_by(column(name).alias("ref"))
                 .agg((amount.sum() * share).clip(upper_bound=10_000).alias("earned"))
                 for name, share in (("client_referrer", 0.02), ("talent_referrer", 0.01))]
        summed = polars.concat(sides).group_by("ref").agg(column("earned").sum())
        return summed.sort(["earned", "ref"], descending=[True, False]).head(50)

    def rates():
        grouped = paid.group_by("skill", "country")
        rate = column("rate")
        return grouped.agg(rate.mean(), rate.median().alias("median"), polars.len().alias("n")).sort("skill", "country")

    def fees():
        share = (polars.when(column("issued_on") < polars.date(2021, 1, 1)).then(amount * 0.10)
                 .when(amount > 10_000).then(1_500 + (amount - 10_000) * 0.08).otherwise(amount * 0.15))
        whole = share * polars.when(column("currency") == "USD").then(1.0).otherwise(1.02)
        grouped = invoices.filter(column("status") != "void").group_by("client_id")
        summed = grouped.agg(whole.clip(25, 5_000).sum().alias("fee"))
        return summed.sort(["fee", "client_id"], descending=[True, False]).head(20)

    def wide():
        grouped = invoices.group_by("talent_id", month).agg(column("hours").sum(), polars.len().alias("n"))
        return grouped.sort(["hours", "talent_id", "month"], descending=[True, False, False]).head(20)

    def join():
        projects = polars.scan_csv(f"{FOLDER}/projects.csv", try_parse_dates=True)
        fx = polars.scan_csv(f"{FOLDER}/fx.csv", try_parse_dates=True).sort("day")
        dated = paid.join(projects, on="project_id").sort("issued_on")
        priced = dated.join_asof(fx, left_on="issued_on", right_on="day", by="currency")
        usd = (amount * column("usd")).sum().alias("sum")
        return priced.group_by("category").agg(usd, polars.len().alias("n")).sort("category")

    def scan():
        return invoices.select(polars.len().alias("n"), column("hours").sum())

    queries = {"gsv": gsv, "ndjson": gsv, "referrers": referrers, "rates": rates, "fees": fees, "wide": wide,
               "join": join, "scan": scan}
    wanted = [queries[work]() for work in (DASHBOARD if WORKLOAD == "dashboard" else [WORKLOAD])]
    return [row for frame in polars.collect_all(wanted, engine="streaming") for row in frame.rows()], start


def shown(value):
    return "" if value is None else value.isoformat()[:10] if hasattr(value, "isoformat") else str(value)


engines = {"duckdb": duckdb, "polars": polars, "chdb": chdb, "datafusion": datafusion, "lua": lua, "miller": miller}
rows, start = engines[ENGINE]()
print(f"query_seconds {time.perf_counter() - start:.4f}", file=sys.stderr)
for row in rows:
    print(",".join(shown(value) for value in row))
