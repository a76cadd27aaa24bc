#include "CellScan.h"

#include <string.h>

#include "CScan.h"

enum { ROUND = 256 };

#define ZEROS 0x3030303030303030ULL

// Whether one of the eight bytes is the pattern's.
static inline int holds(uint64_t word, uint64_t pattern) {
  const uint64_t difference = word ^ pattern;
  return ((difference - 0x0101010101010101ULL) & ~difference & 0x8080808080808080ULL) != 0;
}

// Recent texts with all that may stand around them: quotes, carriage returns.
static size_t recent_in_full(
    const struct weir_cells *cells, unsigned quote, unsigned escape, int strips_return, const struct weir_recent *recent,
    uint32_t *numbers, uint32_t *others) {
  const uint32_t first = cells->first, span = cells->limit - cells->first;
  const uint64_t quotes = 0x0101010101010101ULL * (quote & 0xFF), escapes = 0x0101010101010101ULL * (escape & 0xFF);
  size_t found = 0;
  for (size_t index = 0; index < cells->count; index++) {
    const size_t row = cells->rows ? (size_t)(uint32_t)cells->rows[index] : index;
    const uint32_t *at = cells->bounds + row * cells->stride;
    uint32_t start = at[0] + 1, end = at[1];
    if (__builtin_expect(start - first > span || end - first > span || end < start, 0)) return SIZE_MAX;
    others[found] = (uint32_t)index;
    numbers[index] = 0;
    if (strips_return && end > start && cells->bytes[end - 1] == '\r') end--;
    const int is_quoted = cells->bytes[start] == quote && end - start >= 2;
    if (is_quoted) {
      start++;
      end--;
    }
    const uint32_t length = end - start;
    if (length - 1 > 15) {
      found++;
      continue;
    }
    uint64_t low, high = 0;
    memcpy(&low, cells->bytes + end - 8, 8);
    if (length < 8) {
      low >>= 64 - length * 8;
    } else if (length > 8) {
      memcpy(&high, cells->bytes + end - 16, 8);
      high >>= 128 - length * 8;
    }
    if (is_quoted && (holds(low, quotes) || holds(high, quotes) || (escape < 256 && (holds(low, escapes) || holds(high, escapes))))) {
      found++;
      continue;
    }
    const struct weir_recent *entry = recent + weir_recent_slot(low, high);
    const int is_hit = (entry->low == low) & (entry->high == high) & (entry->length == length);
    numbers[index] = is_hit ? entry->number : 0;
    found += !is_hit;
  }
  return found;
}

#define NAME(of) of##_portable
#define TARGET
#include "CellBody.h"

#if defined(__x86_64__)

#define NAME(of) of##_avx2
#define TARGET __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
#include "CellBody.h"

#define NAME(of) of##_avx512
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,bmi,bmi2,popcnt,lzcnt")))
#include "CellBody.h"

#define CHOOSE(of, ...)                                                     \
  switch (weir_best_implementation(implementation)) {                       \
    case WEIR_AVX512: return of##_avx512(__VA_ARGS__);                      \
    case WEIR_AVX2: return of##_avx2(__VA_ARGS__);                          \
    default: return of##_portable(__VA_ARGS__);                             \
  }
#else
#define CHOOSE(of, ...)     \
  (void)implementation;     \
  return of##_portable(__VA_ARGS__);
#endif

struct weir_decimal_form weir_decimal_form(int precision, int scale, uint8_t point) {
  struct weir_decimal_form form = {.after = ~0ULL, .bound = 1, .points = 0x0101010101010101ULL * (uint8_t)(point ^ '0')};
  for (int digit = 0; digit < precision; digit++) form.bound *= 10;
  if (scale > 7) {
    form.point_value = 1;  // never: the point lies further back
  } else if (scale > 0) {
    const int shift = (7 - scale) * 8;
    form.point_byte = 0xFFULL << shift;
    form.point_value = (uint64_t)(uint8_t)(point ^ '0') << shift;
    form.before = (1ULL << shift) - 1;
    form.after = ~0ULL << (shift + 8);
  }
  form.decimals = scale < 7 ? (uint64_t)scale : 7;
  for (int decimals = 0; decimals <= (int)form.decimals; decimals++) {
    form.factors[decimals] = 1;
    for (int digit = decimals; digit < scale; digit++) form.factors[decimals] *= 10;
    form.limits[decimals] = (form.bound - 1) / form.factors[decimals];
  }
  return form;
}

int weir_cells_decimals(
    const struct weir_cells *cells, const struct weir_decimal_form *form, int64_t *values, struct weir_unread *unread,
    int implementation) {
  CHOOSE(decimals, cells, form, values, unread)
}

int weir_cells_dates(const struct weir_cells *cells, int32_t *values, struct weir_unread *unread, int implementation) {
  CHOOSE(dates, cells, values, unread)
}

size_t weir_cells_recent(
    const struct weir_cells *cells, unsigned quote, unsigned escape, int strips_return, const struct weir_recent *recent,
    uint32_t *numbers, uint32_t *others, int implementation) {
  if (quote < 256 || strips_return) return recent_in_full(cells, quote, escape, strips_return, recent, numbers, others);
  CHOOSE(recent, cells, recent, numbers, others)
}
