# Makes the small marketplace that the network pipelines run on. Deterministic: awk -f Examples/network/make-data.awk
# Awkward on purpose: a month without invoices (2023-02), bad cells, a row too short, a missing referrer, quoted text.
function random(n) { seed = (seed * 16807) % 2147483647; return seed % n }
function money(cents) { return sprintf("%d.%02d", int(cents / 100), cents % 100) }
BEGIN {
  seed = 20261031
  folder = "Examples/network/data/"
  split("design engineering data marketing finance", categories, " ")
  split("swift lua sql figma copywriting bookkeeping", skills, " ")
  split("US GB DE IN BR NG", countries, " ")
  file = folder "projects.csv"
  print "project_id,title,started_on,category" > file
  for (project = 1; project <= 40; project++)
    printf "%d,\"Project %d, phase %d\",%04d-%02d-%02d,%s\n", project, project, 1 + random(3), 2022 + random(3), 1 + random(12), 1 + random(28), categories[1 + random(5)] > file
  file = folder "invoices.csv"
  print "invoice_id,issued_on,client_id,project_id,skills,country,hours,rate,status,client_referrer" > file
  for (invoice = 1; invoice <= 500; invoice++) {
    year = 2022 + random(4); month = 1 + random(12); day = 1 + random(28)
    if (year == 2023 && month == 2) month = 3
    first = 1 + random(6); second = 1 + random(6)
    list = skills[first]; if (second != first) list = list "|" skills[second]
    hours = money(100 + 25 * random(640)); rate = money(2000 + random(18000))
    status = random(10) < 8 ? "paid" : random(2) ? "open" : "void"
    referrer = random(3) ? "" : 1 + random(12)
    date = sprintf("%04d-%02d-%02d", year, month, day)
    if (invoice == 77) hours = "8h"            # not a number
    if (invoice == 142) rate = "95.125"        # more decimals than the column has
    if (invoice == 211) date = "2024-02-30"    # no such day
    if (invoice == 305) rate = ""              # missing
    line = invoice "," date "," 1 + random(25) "," 1 + random(40) "," list "," countries[1 + random(6)] "," hours "," rate "," status "," referrer
    if (invoice == 389) sub(/,[^,]*,[^,]*$/, "", line)   # two cells short
    print line > file
  }
}
