// Cells into values, once per instruction set. Included with NAME(of) and TARGET defined.
//
// A round loads the words of some hundred cells one by one, then turns them into values without a branch, which the compiler makes as wide as the
// instruction set allows.

// The last eight bytes of each cell of a round, and its length. 0 where a bound lies outside the positions.
TARGET static inline int NAME(load)(
    const struct weir_cells *cells, size_t from, size_t count, uint64_t *restrict words, uint64_t *restrict heads,
    uint32_t *restrict lengths) {
  const uint32_t first = cells->first, span = cells->limit - cells->first;
  for (size_t index = 0; index < count; index++) {
    const size_t row = cells->rows ? (size_t)(uint32_t)cells->rows[from + index] : from + index;
    const uint32_t *at = cells->bounds + row * cells->stride;
    const uint32_t start = at[0] + 1, end = at[1];
    if (__builtin_expect(start - first > span || end - first > span || end < start, 0)) return 0;
    memcpy(&words[index], cells->bytes + end - 8, 8);
    if (heads) memcpy(&heads[index], cells->bytes + start, 8);
    lengths[index] = end - start;
  }
  return 1;
}

// Lists the cells of a round that have no value.
TARGET static inline size_t NAME(list)(const uint8_t *failed, size_t from, size_t count, uint32_t *others) {
  size_t found = 0;
  for (size_t index = 0; index < count; index++) {
    others[found] = (uint32_t)(from + index);
    found += failed[index];
  }
  return found;
}

TARGET static size_t NAME(decimals)(
    const struct weir_cells *cells, const struct weir_decimal_form *form, int64_t *restrict values, uint32_t *restrict others) {
  uint64_t words[ROUND];
  uint32_t lengths[ROUND];
  uint8_t failed[ROUND];
  const struct weir_decimal_form f = *form;
  size_t found = 0;
  for (size_t from = 0; from < cells->count; from += ROUND) {
    const size_t count = cells->count - from < ROUND ? cells->count - from : ROUND;
    if (!NAME(load)(cells, from, count, words, NULL, lengths)) return SIZE_MAX;
    uint64_t any = 0;
    int64_t *restrict output = values + from;
    for (size_t index = 0; index < count; index++) {
      const uint64_t length = lengths[index], word = words[index];
      const uint64_t sign = (word >> ((64 - length * 8) & 63)) & 0xFF;
      const uint64_t negative = sign == '-' ? 1 : 0;
      const uint64_t digits = length - negative;
      // A shift by 64 is not one; such a cell fails for its length.
      uint64_t v = (word ^ ZEROS) & (~0ULL << ((64 - digits * 8) & 63));
      uint64_t wrong = (digits - 1 > 7) | (length > 8) | ((v & f.point_byte) != f.point_value);
      v = (v & f.after) | ((v & f.before) << 8);
      wrong |= (((v + 0x7676767676767676ULL) | v) & 0x8080808080808080ULL) != 0;
      v = v * 10 + (v >> 8);
      v = (v & 0x000000FF000000FFULL) * 100 + ((v >> 16) & 0x000000FF000000FFULL);
      const uint64_t number = (uint64_t)(uint32_t)v * 10000 + (v >> 32);
      wrong |= number >= f.bound;
      const int64_t value = (int64_t)((number ^ (0 - negative)) + negative);
      output[index] = wrong ? 0 : value;
      failed[index] = (uint8_t)wrong;
      any |= wrong;
    }
    if (any) found += NAME(list)(failed, from, count, others + found);
  }
  return found;
}

TARGET static size_t NAME(dates)(const struct weir_cells *cells, int32_t *restrict values, uint32_t *restrict others) {
  uint64_t words[ROUND], heads[ROUND];
  uint32_t lengths[ROUND];
  uint8_t failed[ROUND];
  size_t found = 0;
  for (size_t from = 0; from < cells->count; from += ROUND) {
    const size_t count = cells->count - from < ROUND ? cells->count - from : ROUND;
    if (!NAME(load)(cells, from, count, words, heads, lengths)) return SIZE_MAX;
    uint32_t any = 0;
    int32_t *restrict output = values + from;
    for (size_t index = 0; index < count; index++) {
      // "YYYY-MM-" and "YY-MM-DD" as values: digits at most 9, dashes 0.
      const uint64_t head = heads[index] ^ 0x2D30302D30303030ULL;
      const uint64_t tail = words[index] ^ 0x30302D30302D3030ULL;
      uint64_t bad = ((head + 0x7F76767F76767676ULL) | head | (tail + 0x76767F76767F7676ULL) | tail) & 0x8080808080808080ULL;
      const uint64_t years = head * 10 + (head >> 8);
      const uint64_t days = tail * 10 + (tail >> 8);
      const uint32_t year = (uint32_t)(years & 0xFF) * 100 + (uint32_t)((years >> 16) & 0xFF);
      const uint32_t month = (uint32_t)(days >> 24) & 0xFF;
      const uint32_t day = (uint32_t)(days >> 48) & 0xFF;
      const uint32_t century = (year * 5243) >> 19;  // year / 100 below 43,699
      const uint32_t leap = ((year & 3) == 0) & ((year != century * 100) | ((century & 3) == 0));
      const uint32_t longest = month == 2 ? 28 + leap : 30 | (month ^ (month >> 3));
      uint32_t wrong = (bad != 0) | (lengths[index] != 10) | (year == 0) | (month - 1 > 11) | (day - 1 >= longest);
      // Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March.
      const uint32_t early = month <= 2;
      const uint32_t shifted = year - early;
      const uint32_t hundreds = (shifted * 5243) >> 19;
      const uint32_t since_march = month + early * 12 - 3;
      const uint32_t before_month = ((153 * since_march + 2) * 52429) >> 18;  // / 5
      const uint32_t total = shifted * 365 + (shifted >> 2) - hundreds + (hundreds >> 2) + before_month + day;
      output[index] = wrong ? 0 : (int32_t)total - 719469;
      failed[index] = (uint8_t)wrong;
      any |= wrong;
    }
    if (any) found += NAME(list)(failed, from, count, others + found);
  }
  return found;
}

#undef NAME
#undef TARGET
