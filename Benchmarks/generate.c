// The data of the benchmarks: a marketplace's invoices, projects and exchange rates, the same bytes on every machine.
//
//   cc -O2 -ffp-contract=off -o generate generate.c -lm
//   ./generate ROWS DIR      writes DIR/invoices.csv, projects.csv, fx.csv and invoices.ndjson (the first tenth)

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const COUNTRIES[24] = {"US", "GB", "DE", "IN", "BR", "CA", "AR", "PL", "UA", "NG", "PH", "PK",
                                          "FR", "ES", "PT", "MX", "CO", "KE", "ZA", "AU", "NL", "RO", "TR", "VN"};
static const char *const CURRENCIES[10] = {"USD", "USD", "USD", "USD", "USD", "USD", "USD", "EUR", "GBP", "CAD"};
static const char *const STATUSES[10] = {"paid", "paid", "paid", "paid", "paid", "paid", "paid", "paid", "open", "void"};
static const char *const CATEGORIES[5] = {"design", "engineering", "data", "marketing", "finance"};

enum { FIRST_DAY = 17775 /* 2018-09-01, in days from 1970 */, DAYS = 2982, PROJECT_DAY = 17683 /* 2018-06-01 */ };

// A number from 0 to below 1 with six decimals, for a row and a purpose (splitmix64 of both).
static double chance(uint64_t row, uint64_t purpose) {
  uint64_t z = row * 0x9E3779B97F4A7C15u + purpose * 0xD1B54A32D192ED03u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return (double)((z ^ (z >> 31)) % 1000000u) / 1e6;
}

static long pick(double share, long count) { return (long)floor(share * (double)count); }

typedef struct {
  FILE *file;
  size_t used;
  char bytes[1 << 20];
} Output;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void flush_output(Output *out) {
  if (fwrite(out->bytes, 1, out->used, out->file) != out->used) fail("cannot write");
  out->used = 0;
}

static Output *create(const char *folder, const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  Output *out = malloc(sizeof *out);
  if (!out) fail("no memory");
  out->used = 0;
  out->file = fopen(path, "wb");
  if (!out->file) fail(path);
  return out;
}

static void finish(Output *out) {
  flush_output(out);
  if (fclose(out->file)) fail("cannot write");
  free(out);
}

static void text(Output *out, const char *text) {
  size_t length = strlen(text);
  if (out->used + length > sizeof out->bytes) flush_output(out);
  memcpy(out->bytes + out->used, text, length);
  out->used += length;
}

static void whole(Output *out, long number) {
  char digits[24];
  int at = sizeof digits;
  digits[--at] = 0;
  do digits[--at] = (char)('0' + number % 10);
  while (number /= 10);
  text(out, digits + at);
}

static void padded(Output *out, long number, int width) {
  char digits[24];
  digits[width] = 0;
  while (width-- > 0) {
    digits[width] = (char)('0' + number % 10);
    number /= 10;
  }
  text(out, digits);
}

static void fixed(Output *out, long scaled, int scale) {
  long unit = 1;
  for (int i = 0; i < scale; i++) unit *= 10;
  whole(out, scaled / unit);
  text(out, ".");
  padded(out, scaled % unit, scale);
}

// A number of hundredths as JSON writes it: without zeros at its end, but for one.
static void number(Output *out, long hundredths) {
  if (hundredths % 10) fixed(out, hundredths, 2);
  else fixed(out, hundredths / 10, 1);
}

// Civil date of a number of days since 1970 (proleptic Gregorian; eras of 400 years that begin in March).
static void date(Output *out, long days) {
  long shifted = days + 719468, era = shifted / 146097, day = shifted % 146097;
  long year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
  long of_year = day - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
  padded(out, year + era * 400 + (month >= 10), 4);
  text(out, "-");
  padded(out, month < 10 ? month + 3 : month - 9, 2);
  text(out, "-");
  padded(out, of_year - (153 * month + 2) / 5 + 1, 2);
}

typedef struct {
  long id, day, client, talent, project, skill, hours, rate, client_referrer, talent_referrer;
  const char *country, *currency, *status;
} Invoice;

static Invoice invoice(long row, long rows) {
  long clients = rows / 500 > 100 ? rows / 500 : 100, talents = rows / 40 > 1000 ? rows / 40 : 1000;
  long projects = rows / 12 > 1000 ? rows / 12 : 1000, referrers = rows / 50 > 1000 ? rows / 50 : 1000;
  double talent = chance(row, 3), skill = chance(row, 5), country = chance(row, 6);
  double first = chance(row, 12), second = chance(row, 14);
  Invoice made = {
      .id = row,
      .day = FIRST_DAY + pick(sqrt(chance(row, 1)), DAYS),
      .client = pick(chance(row, 2), clients) + 1,
      .talent = pick(talent * talent, talents) + 1,
      .project = pick(chance(row, 4), projects) + 1,
      .skill = pick(skill * skill, 160),
      .country = COUNTRIES[pick(country * country, 24)],
      .hours = 25 * (1 + pick(chance(row, 7), 640)),
      .rate = 2000 + pick(chance(row, 8), 18000),
      .currency = CURRENCIES[pick(chance(row, 9), 10)],
      .status = STATUSES[pick(chance(row, 10), 10)],
      .client_referrer = chance(row, 11) < 0.3 ? pick(first * first * first, referrers) + 1 : 0,
      .talent_referrer = chance(row, 13) < 0.4 ? pick(second * second * second, referrers) + 1 : 0,
  };
  return made;
}

static void write_row(Output *out, const Invoice *made) {
  long numbers[4] = {made->client, made->talent, made->project};
  whole(out, made->id);
  text(out, ",");
  date(out, made->day);
  for (int i = 0; i < 3; i++) {
    text(out, ",");
    whole(out, numbers[i]);
  }
  text(out, ",skill-");
  whole(out, made->skill);
  text(out, ",");
  text(out, made->country);
  text(out, ",");
  fixed(out, made->hours, 2);
  text(out, ",");
  fixed(out, made->rate, 2);
  text(out, ",");
  text(out, made->currency);
  text(out, ",");
  text(out, made->status);
  text(out, ",");
  if (made->client_referrer) whole(out, made->client_referrer);
  text(out, ",");
  if (made->talent_referrer) whole(out, made->talent_referrer);
  text(out, "\n");
}

static void member(Output *out, const char *key, long value) {
  text(out, key);
  if (value) whole(out, value);
  else text(out, "null");
}

static void write_line(Output *out, const Invoice *made) {
  member(out, "{\"invoice_id\":", made->id);
  text(out, ",\"issued_on\":\"");
  date(out, made->day);
  member(out, "\",\"client_id\":", made->client);
  member(out, ",\"talent_id\":", made->talent);
  member(out, ",\"project_id\":", made->project);
  text(out, ",\"skill\":\"skill-");
  whole(out, made->skill);
  text(out, "\",\"country\":\"");
  text(out, made->country);
  text(out, "\",\"hours\":");
  number(out, made->hours);
  text(out, ",\"rate\":");
  number(out, made->rate);
  text(out, ",\"currency\":\"");
  text(out, made->currency);
  text(out, "\",\"status\":\"");
  text(out, made->status);
  member(out, "\",\"client_referrer\":", made->client_referrer);
  member(out, ",\"talent_referrer\":", made->talent_referrer);
  text(out, "}\n");
}

static void write_rates(Output *out) {
  static const char *const names[4] = {"CAD", "EUR", "GBP", "USD"};
  static const double middles[4] = {0.74, 1.10, 1.30, 1.0};
  text(out, "day,currency,usd\n");
  for (long day = FIRST_DAY; day < FIRST_DAY + DAYS + 31; day++) {
    int weekday = (int)((day + 3) % 7);  // 0 is Monday
    for (int i = 0; i < 4; i++) {
      if (i < 3 && weekday > 4) continue;  // banks rest
      double rate = i == 3 ? 1.0 : middles[i] * (0.9 + chance((uint64_t)(day * 4 + i), 31) / 5);
      date(out, day);
      text(out, ",");
      text(out, names[i]);
      text(out, ",");
      fixed(out, lround(rate * 1e6), 6);
      text(out, "\n");
    }
  }
}

int main(int count, char **arguments) {
  long rows = count == 3 ? atol(arguments[1]) : 0;
  if (rows < 1) {
    fprintf(stderr, "usage: generate ROWS DIR\n");
    return 2;
  }
  Output *invoices = create(arguments[2], "invoices.csv"), *lines = create(arguments[2], "invoices.ndjson");
  text(invoices, "invoice_id,issued_on,client_id,talent_id,project_id,skill,country,hours,rate,currency,status,"
                 "client_referrer,talent_referrer\n");
  long tenth = rows / 10 > 1 ? rows / 10 : 1;
  for (long row = 1; row <= rows; row++) {
    Invoice made = invoice(row, rows);
    write_row(invoices, &made);
    if (row <= tenth) write_line(lines, &made);
  }
  finish(invoices);
  finish(lines);
  Output *projects = create(arguments[2], "projects.csv");
  text(projects, "project_id,title,started_on,category\n");
  for (long project = 1; project <= (rows / 12 > 1000 ? rows / 12 : 1000); project++) {
    whole(projects, project);
    text(projects, ",Project ");
    whole(projects, project);
    text(projects, ",");
    date(projects, PROJECT_DAY + pick(chance((uint64_t)project, 21), 2900));
    text(projects, ",");
    text(projects, CATEGORIES[pick(chance((uint64_t)project, 22), 5)]);
    text(projects, "\n");
  }
  finish(projects);
  Output *rates = create(arguments[2], "fx.csv");
  write_rates(rates);
  finish(rates);
  return 0;
}
