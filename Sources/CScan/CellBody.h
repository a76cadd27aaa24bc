// Cells into values, once per instruction set. Included with NAME(of) and TARGET defined.
//
// A round loads the words of some hundred cells one by one, then turns them into values without a branch, which the compiler makes as wide as the
// instruction set allows.

// The last and the first eight bytes of each cell of a round, and its length. 0 where a bound lies outside the positions.
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
    memcpy(&heads[index], cells->bytes + start, 8);
    lengths[index] = end - start;
  }
  return 1;
}

// Lists the cells of a round that have no value.
TARGET static inline void NAME(list)(
    const uint8_t *failed, const uint32_t *lengths, size_t from, size_t count, struct weir_unread *unread) {
  size_t empty = unread->empty_count, others = unread->other_count;
  for (size_t index = 0; index < count; index++) {
    const size_t is_empty = lengths[index] == 0;
    unread->empty[empty] = (uint32_t)(from + index);
    unread->others[others] = (uint32_t)(from + index);
    empty += failed[index] & is_empty;
    others += failed[index] & (is_empty ^ 1);
  }
  unread->empty_count = empty;
  unread->other_count = others;
}

// Cells of a round that the plainest form left: up to 16 digits, some or none of the column's decimals. 0 where all have a value now.
TARGET static uint64_t NAME(loose)(
    const struct weir_decimal_form *form, const uint64_t *restrict words, const uint64_t *restrict heads,
    const uint32_t *restrict lengths, size_t count, int64_t *restrict output, uint8_t *restrict failed) {
  const struct weir_decimal_form f = *form;
  uint64_t any = 0;
  for (size_t index = 0; index < count; index++) {
    const uint64_t length = lengths[index], word = words[index], head = heads[index];
    const uint64_t negative = length && (head & 0xFF) == '-' ? 1 : 0;
    const uint64_t digits = length - negative;
    const uint64_t in_low = digits < 8 ? digits : 8, in_high = digits - in_low;
    uint64_t low = (word ^ ZEROS) & (~0ULL << ((64 - in_low * 8) & 63));
    uint64_t high = in_high ? ((head >> (negative * 8)) ^ ZEROS) << ((64 - in_high * 8) & 63) : 0;
    uint64_t wrong = (digits - 1 > 15) | (in_high + negative > 8);
    // The point's byte: no other byte is equal to it, or the digits are none.
    const uint64_t difference = low ^ f.points;
    const uint64_t marks = (difference - 0x0101010101010101ULL) & ~difference & 0x8080808080808080ULL;
    const uint64_t mark = marks & (0 - marks), before = mark ? (mark >> 7) - 1 : 0;
    const uint64_t has_point = mark != 0;
    low = has_point ? (low & ~(before << 8 | 0xFF)) | (low & before) << 8 : low;
    uint64_t factor = f.factors[0], limit = f.limits[0], is_placed = !has_point;
#pragma clang loop unroll(full)
    for (uint64_t decimals = 1; decimals < 8; decimals++) {
      const uint64_t is_here = mark == 0x8000000000000000ULL >> (decimals * 8);
      factor = is_here ? f.factors[decimals] : factor;
      limit = is_here ? f.limits[decimals] : limit;
      is_placed |= is_here & (decimals <= f.decimals);
    }
    wrong |= !is_placed;
    wrong |= (((low + 0x7676767676767676ULL) | low | (high + 0x7676767676767676ULL) | high) & 0x8080808080808080ULL) != 0;
    low = low * 10 + (low >> 8);
    low = (low & 0x000000FF000000FFULL) * 100 + ((low >> 16) & 0x000000FF000000FFULL);
    high = high * 10 + (high >> 8);
    high = (high & 0x000000FF000000FFULL) * 100 + ((high >> 16) & 0x000000FF000000FFULL);
    const uint64_t number = (uint64_t)(uint32_t)low * 10000 + (low >> 32) +
                            ((uint64_t)(uint32_t)high * 10000 + (high >> 32)) * (has_point ? 10000000 : 100000000);
    wrong |= number > limit;
    const uint64_t scaled = number * factor;
    const int64_t value = (int64_t)((scaled ^ (0 - negative)) + negative);
    const uint64_t keeps = !failed[index];
    output[index] = keeps ? output[index] : wrong ? 0 : value;
    failed[index] = (uint8_t)(keeps ? 0 : wrong);
    any |= failed[index];
  }
  return any;
}

TARGET static int NAME(decimals)(
    const struct weir_cells *cells, const struct weir_decimal_form *form, int64_t *restrict values, struct weir_unread *unread) {
  uint64_t words[ROUND], heads[ROUND];
  uint32_t lengths[ROUND];
  uint8_t failed[ROUND];
  const struct weir_decimal_form f = *form;
  for (size_t from = 0; from < cells->count; from += ROUND) {
    const size_t count = cells->count - from < ROUND ? cells->count - from : ROUND;
    if (!NAME(load)(cells, from, count, words, heads, lengths)) return 0;
    uint64_t any = 0, any_text = 0;
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
      any_text |= wrong & (length != 0);
    }
    if (any_text) any = NAME(loose)(form, words, heads, lengths, count, output, failed);
    if (any) NAME(list)(failed, lengths, from, count, unread);
  }
  return 1;
}

TARGET static int NAME(dates)(const struct weir_cells *cells, int32_t *restrict values, struct weir_unread *unread) {
  uint64_t words[ROUND], heads[ROUND];
  uint32_t lengths[ROUND];
  uint8_t failed[ROUND];
  for (size_t from = 0; from < cells->count; from += ROUND) {
    const size_t count = cells->count - from < ROUND ? cells->count - from : ROUND;
    if (!NAME(load)(cells, from, count, words, heads, lengths)) return 0;
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
    if (any) NAME(list)(failed, lengths, from, count, unread);
  }
  return 1;
}

TARGET static size_t NAME(recent)(
    const struct weir_cells *cells, const struct weir_recent *recent, uint32_t *restrict numbers, uint32_t *restrict others) {
  uint64_t words[ROUND], heads[ROUND];
  uint32_t lengths[ROUND], slots[ROUND];
  uint8_t missed[ROUND];
  size_t found = 0;
  for (size_t from = 0; from < cells->count; from += ROUND) {
    const size_t count = cells->count - from < ROUND ? cells->count - from : ROUND;
    if (!NAME(load)(cells, from, count, words, heads, lengths)) return SIZE_MAX;
    for (size_t index = 0; index < count; index++) {
      const uint64_t length = lengths[index], past = length > 8 ? length - 8 : 0;
      const uint64_t low = length < 8 ? words[index] >> ((64 - length * 8) & 63) : words[index];
      // What stands before the last eight bytes are the first ones.
      const uint64_t high = past ? heads[index] & (~0ULL >> ((64 - past * 8) & 63)) : 0;
      words[index] = low;
      heads[index] = high;
      slots[index] = weir_recent_slot(low, high);
    }
    uint32_t any = 0;
    uint32_t *restrict output = numbers + from;
    for (size_t index = 0; index < count; index++) {
      const struct weir_recent *entry = recent + slots[index];
      const uint64_t tail = (uint64_t)entry->number << 32 | entry->length;
      const uint64_t length = lengths[index];
      const uint64_t differs = (entry->low ^ words[index]) | (entry->high ^ heads[index]) | ((tail ^ length) & 0xFFFFFFFF);
      const uint32_t is_missed = (differs != 0) | (length - 1 > 15);
      output[index] = is_missed ? 0 : (uint32_t)(tail >> 32);
      missed[index] = (uint8_t)is_missed;
      any |= is_missed;
    }
    if (!any) continue;
    for (size_t index = 0; index < count; index++) {
      others[found] = (uint32_t)(from + index);
      found += missed[index];
    }
  }
  return found;
}

#undef NAME
#undef TARGET
