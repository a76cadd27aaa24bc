# Makes the small marketplace that the network pipelines run on, the same every time:
#   awk -f Examples/network/make-data.awk
# More of it, elsewhere: awk -v invoices=1000000 -v folder=large/ -f Examples/network/make-data.awk
#
# Awkward on purpose; README.md in this folder lists what, and what becomes of it. Numbers stay whole and below 2^53, so that
# every awk makes the same files: cents, quarter hours, millionths of a dollar. They do up to five million invoices.

function random(n) { seed = (seed * 16807) % 2147483647; return seed % n }
function money(cents) { return sprintf("%d.%02d", int(cents / 100), cents % 100) }

# The quotient of whole numbers, half to the even one.
function half_even(n, d,    whole, rest) {
  whole = int(n / d); rest = n - whole * d
  if (2 * rest > d || (2 * rest == d && whole % 2)) whole++
  return whole
}

# The quotient with 18 decimals, cut: what a chain would pay. Written digit by digit.
function quotient(n, d,    text, place) {
  text = int(n / d) "."
  n = n % d
  for (place = 0; place < 18; place++) { n *= 10; text = text int(n / d); n = n % d }
  return text
}

# Days since 1970-01-01, and back.
function days(year, month, day,    era) {
  if (month <= 2) year--
  era = int(year / 400); year -= era * 400
  return era * 146097 + year * 365 + int(year / 4) - int(year / 100) + int((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 719469
}
function date(number,    era, rest, year, month, day) {
  number += 719468; era = int(number / 146097); rest = number - era * 146097
  year = int((rest - int(rest / 1460) + int(rest / 36524) - int(rest / 146096)) / 365)
  rest -= 365 * year + int(year / 4) - int(year / 100)
  month = int((5 * rest + 2) / 153); day = rest - int((153 * month + 2) / 5) + 1
  month += month < 10 ? 3 : -9
  return sprintf("%04d-%02d-%02d", year + era * 400 + (month <= 2), month, day)
}
function between(from, to) { return from + random(to - from + 1) }

BEGIN {
  seed = 20261031
  if (folder == "") folder = "Examples/network/data/"
  if (invoices == "") invoices = 500
  split("swift lua sql figma copywriting bookkeeping", skills, " ")
  split("US GB DE IN BR NG", countries, " ")
  split("engineering data design marketing finance", categories, " ")
  first_day = days(2022, 1, 1); last_day = days(2025, 12, 31)
  make_members(); make_jobs(); make_projects(); make_applications(); make_referrals()
  make_terms(); make_prices(); make_invoices(); make_conversions(); make_allocation()
}

function make_members(    member, joined, file) {
  file = folder "members.csv"
  print "member_id,name,joined_on,country,verified,seeking_work" > file
  for (member = 1; member <= 60; member++) {
    joined = date(member <= 20 ? days(2021, 9, 1) + 5 * member : between(days(2021, 12, 1), days(2025, 9, 30)))
    country[member] = countries[1 + random(6)]
    if (member == 41) joined = "2023-04-31"     # no such day
    printf "%d,Member %d,%s,%s,%s,%s\n", member, member, joined, country[member], random(3) ? "true" : "false", random(2) ? "true" : "false" > file
  }
  close(file)
}

function make_jobs(    job, list, first, second, file) {
  file = folder "jobs.csv"
  print "job_id,posted_on,client_id,title,category,skills" > file
  for (job = 1; job <= 70; job++) {
    posted[job] = between(first_day - 60, days(2025, 8, 31))
    client_of[job] = job % 3 == 0 ? 1 + random(2) : 3 + random(23)
    first = 1 + random(6); second = 1 + random(6)
    list = skills[first]; if (second != first) list = list "|" skills[second]
    if (job % 23 == 0) list = "solidity|" list  # a rare skill: few hires
    if (job == 10) list = "sql|SQL|sql"         # one skill, tagged three times
    if (job == 11) list = ""                    # no skill at all
    printf "%d,%s,%d,\"Job %d, %s\",%s,%s\n", job, date(posted[job]), client_of[job], job, random(2) ? "part time" : "full time", categories[1 + random(5)], list > file
  }
  close(file)
}

function make_projects(    project, job, offered, length_in_days, status, completed, expected, currency, rate, file) {
  file = folder "projects.csv"
  print "project_id,title,category,job_id,client_id,talent_id,offered_on,status,completed_on,expected_end,rate,currency" > file
  for (project = 1; project <= 90; project++) {
    job = project <= 70 ? project : 1 + random(70)
    if (project > 87) job = 23                  # with the three of jobs 23, 46 and 69, six hires for solidity, by three people
    talent[project] = 1 + random(60)
    if (job % 23 == 0) talent[project] = 5 + job % 3
    client[project] = client_of[job]
    offered = posted[job] + 3 + random(30)
    status = random(10) < 7 ? "completed" : random(3) ? "active" : "cancelled"
    length_in_days = 14 + random(400)
    if (status == "completed" && offered + length_in_days > last_day) status = "active"
    completed = status == "completed" ? date(offered + length_in_days) : ""
    expected = status == "active" ? date(last_day + random(200)) : ""
    rate = money(2500 + 25 * random(600)); currency = "USD"
    if (project == 8) { status = "completed"; completed = ""; expected = "2026-03-31" }  # completed, and nobody knows when
    if (project == 17) { status = "active"; completed = ""; expected = "" }              # active without an end
    if (project == 26) { status = "completed"; completed = date(offered - 9) }           # ended before it began
    if (project == 35) currency = "USD/EUR"                                             # a rate in two currencies
    if (project == 44) { talent[project] = 99 }                                         # done by nobody we know
    printf "%d,\"Project %d, phase %d\",%s,%d,%d,%d,%s,%s,%s,%s,%s,%s\n", project, project, 1 + random(3), categories[1 + random(5)], job, client[project], talent[project], date(offered), status, completed, expected, rate, currency > file
  }
  close(file)
}

function make_applications(    application, job, file) {
  file = folder "applications.csv"
  print "application_id,job_id,member_id,applied_on,status" > file
  for (application = 1; application <= 240; application++) {
    job = 1 + random(70)
    if (application == 111) job = 999           # no such job
    printf "%d,%d,%d,%s,%s\n", application, job, 1 + random(60), application == 199 ? "soon" : date((job == 999 ? last_day : posted[job]) + random(40)), random(4) ? "declined" : random(2) ? "open" : "hired" > file
  }
  close(file)
}

# Two referrers come to the cap with one client each: a tie. Member 11 brings many clients. Members 3 and 8 and others bring talent.
function make_referrals(    line, lines, row, rows, file) {
  file = folder "referrals.csv"
  print "referral_id,referrer_id,side,referred_id,referred_on" > file
  lines = "4,client,1,2021-12-01|7,client,2,2021-12-02|11,client,3,2022-01-05|11,client,5,2022-02-01|11,client,6,2022-02-01|11,client,8,2022-03-15"
  lines = lines "|11,client,9,2022-04-01|11,client,12,2022-04-02|11,client,14,2022-04-03|11,client,15,2022-04-04|11,client,17,2022-04-05"
  lines = lines "|3,talent,21,2022-05-01|3,talent,22,2022-05-01|8,talent,6,2021-11-11|8,talent,5,2021-11-12|8,talent,7,2021-11-12"
  lines = lines "|9,client,1,2022-01-01"       # client 1 again: the first referral counts
  lines = lines "|12,talent,12,2022-06-01"     # oneself
  lines = lines "|13,talent,14,2022-06-02|14,talent,15,2022-06-03|15,talent,13,2022-06-04"  # a circle of three
  lines = lines "|14,talent,30,2022-07-01"     # brought by one of the circle, and not in it
  lines = lines "|97,client,18,2022-07-02"     # a referrer who is no member
  lines = lines "|16,client,24,2026-01-01|17,client,25,2026-01-01"  # nothing billed since: two who earned nothing, a tie
  lines = lines "|18,client,20,2023-07-01"     # counts from the middle of 2023 on
  rows = split(lines, line, "|")
  for (row = 1; row <= rows; row++) print row "," line[row] > file
  close(file)
}

# rate in thousandths, money in cents; the fee as client_fee.lua prices it, but in whole numbers.
function make_terms(    file) {
  file = folder "client_terms.csv"
  print "client_id,valid_from,valid_to,rate,tier_up_to,tier_rate,minimum,maximum" > file
  print "15,2024-01-01,2025-01-01,0.12,,,," > file      # then the standard fee again, until the next agreement
  print "15,2025-07-01,,0.11,,,," > file
  print "9,2022-01-01,,,,,150.00," > file              # at least 150
  print "4,2023-01-01,2024-07-01,,,,,800.00" > file    # at most 800
  print "12,2022-06-01,,0.15,2500.00,0.08,," > file    # 15 % up to 2,500, 8 % of what is above
  close(file)
}
function fee(client, day, cents,    permille, result) {
  permille = day < days(2023, 7, 19) ? 100 : 150
  if (client == 15 && day >= days(2024, 1, 1) && day < days(2025, 1, 1)) permille = 120
  if (client == 15 && day >= days(2025, 7, 1)) permille = 110
  if (client == 12 && day >= days(2022, 6, 1))
    return half_even(cents > 250000 ? 250000 * 150 + (cents - 250000) * 80 : cents * 150, 1000)
  result = half_even(cents * permille, 1000)
  if (client == 9 && day >= days(2022, 1, 1) && result < 15000) result = 15000
  if (client == 4 && day >= days(2023, 1, 1) && day < days(2024, 7, 1) && result > 80000) result = 80000
  return result
}

# A close every Friday; none in August 2024.
function make_prices(    day, micros, file) {
  file = folder "prices.csv"
  print "day,token,price" > file
  micros = 4100000
  for (day = days(2021, 9, 17); day <= last_day; day += 7) {
    micros += random(9) * 31250 - 125000 - (micros > 1000000 ? 15625 : 0)
    if (micros < 250000) micros = 250000 + 15625 * random(20)
    price[day] = micros
    if (date(day) !~ /^2024-08/) printf "%s,BTRST,%d.%06d\n", date(day), int(micros / 1000000), micros % 1000000 > file
  }
  close(file)
}

function make_invoices(    invoice, day, project, weeks, quarters, cents, status, shown, text, bad, line, file) {
  file = folder "invoices.csv"
  print "invoice_id,issued_on,client_id,project_id,weeks,hours_per_week,rate,status" > file
  for (invoice = 1; invoice <= invoices; invoice++) {
    day = between(first_day, last_day); project = 1 + random(90)
    weeks = 1 + random(4); quarters = 10 + random(150); cents = 2000 + random(16000)
    if (client[project] <= 2) cents = cents * 3  # two large clients: both referrers come to the cap
    status = random(10) < 8 ? "paid" : random(2) ? "open" : "void"
    if (date(day) ~ /^2023-02/) day += 28      # nothing in February 2023
    shown = date(day); text = money(cents); bad = 0
    if (invoice == 60) { weeks = 1; quarters = 10; cents = 2005; text = money(cents) }  # half a cent: 50.125 goes to 50.12
    if (invoice == 77) { bad = 1; status = "paid" }
    if (invoice == 142) { bad = 1; status = "paid"; text = "95.125" }       # more decimals than the column has
    if (invoice == 211) { bad = 1; status = "paid"; shown = "2024-02-30" }  # no such day
    if (invoice == 305) { bad = 1; status = "paid"; text = "" }             # missing
    if (invoice == 333) { bad = 1; status = "paid"; project = 999 }         # no such project
    if (invoice == 366) { bad = 1; status = "paid"; text = "120.00 USD / 110.00 EUR" }  # two currencies in one cell
    if (invoice == 402) { bad = 1; status = "paid"; shown = "2018-08-31" }  # before there was a fee
    line = sprintf("%d,%s,%d,%d,%d,%s,%s,%s", invoice, shown, project == 999 ? 3 : client[project], project, weeks, invoice == 77 ? "8h" : money(quarters * 25), text, status)
    if (invoice == 389) { bad = 1; sub(/,[^,]*,[^,]*$/, "", line) }          # two cells short
    print line > file
    if (status == "paid" && !bad) fees[substr(shown, 1, 7)] += fee(client[project], day, half_even(weeks * quarters * cents, 4))
  }
  close(file)
}

# Each month's fees are turned into tokens on a day of the next month. What came of it went to the DAO: net of 1 % for the pool
# and of slippage, at the last close.
function make_conversions(    year, month, key, number, day, close_day, slippage, tokens, parts, file, transfers, converter, dao) {
  file = folder "conversions.csv"; transfers = folder "transfers.csv"
  converter = "0x438e6416Fe63863C434E4d6Ee0c39d8f96880186"; dao = "0xb6f1F016175588a049fDA12491cF3686De33990B"
  print "conversion_id,fee_month,converted_on,slippage" > file
  print "transfer_id,sent_on,sender,receiver,tokens" > transfers
  number = 0
  for (year = 2022; year <= 2025; year++) for (month = 1; month <= 12; month++) {
    key = sprintf("%04d-%02d", year, month)
    if (!(key in fees)) continue
    if (key == "2025-12") continue                       # not yet converted
    day = days(year, month, 28) + 5 + random(10)
    if (key == "2024-07") day = days(2024, 8, 27)        # no close for more than three weeks
    close_day = day - (day - days(2021, 9, 17)) % 7
    slippage = random(40)
    printf "%d,%s-01,%s,%d.%04d\n", ++number, key, date(day), 0, slippage > file
    tokens = quotient(fees[key] * 99 * (10000 - slippage), price[close_day] * 100)
    if (key == "2023-05") {                              # in two parts
      split(tokens, parts, ".")
      print "t" number "a," date(day) "," converter "," dao ",0." parts[2] > transfers
      tokens = parts[1]
    }
    # Explorers write addresses with and without capitals.
    print "t" number "," date(day) "," converter "," (number % 2 ? dao : tolower(dao)) "," tokens > transfers
    if (number % 12 == 0) print "x" number "," date(day) "," dao ",0x00000000000000000000000000000000000000aa," 250 * number > transfers
  }
  close(file); close(transfers)
}

function make_allocation(    file) {
  file = folder "allocation.csv"
  print "group,title,share,tokens,starts_on,cliff_months,parts,at_start,at_start_of" > file
  print "community,Community incentives,0.54,135000000,2021-09-15,0,60,0,1" > file
  print "early,Early contributors,0.19,47500000,2021-09-15,11,36,0,1" > file
  print "strategic,Strategic sale,0.15,37500000,2021-09-15,12,24,0,1" > file
  print "seed,Seed sale,0.07,17500000,2021-09-15,12,24,0,1" > file
  print "sale_1,Public sale 1,0.036,9000000,2021-09-15,0,3,1,3" > file
  print "sale_2,Public sale 2,0.014,3500000,2021-09-15,0,6,1,6" > file
  close(file)
}
