// The scan, once per instruction set. Included with NAME, TARGET, PREPARE, MASKS and FLATTEN defined.
//
// A block is 64 bytes. Without a quote in it and outside quotes it costs one comparison per kind of byte; otherwise a quote opens only where
// a cell begins, and a quote right after a closing one reopens: by alternation where that is plain to see, else one by one.

TARGET static void NAME(const struct weir_scan *scan, struct weir_scan_result *result) {
  const uint8_t *bytes = scan->bytes;
  const size_t to = scan->to;
  size_t position = scan->from;
  size_t separators = 0, rows = 0, malformed = 0;
  uint64_t any_quote = 0, any_high = 0;
  int in_quotes = scan->state == WEIR_IN_QUOTES;
  size_t closed_at = scan->state == WEIR_AFTER_QUOTE ? scan->from - 1 : SIZE_MAX - 1;
  const int starts_cell = scan->state == WEIR_CELL_START || scan->state == WEIR_ROW_START;
  PREPARE(scan);
  while (position < to && rows < scan->row_limit && separators + 64 <= scan->capacity) {
    uint64_t delimiters, newlines, quotes, high;
    MASKS(bytes + position, delimiters, newlines, quotes, high);
    const size_t left = to - position;
    if (left < 64) {
      const uint64_t inside = (1ULL << left) - 1;
      delimiters &= inside;
      newlines &= inside;
      quotes &= inside;
      high &= inside;
    }
    if (!scan->has_quote) quotes = 0;
    any_quote |= quotes;
    any_high |= high;
    uint64_t marks = delimiters | newlines;
    if (__builtin_expect((quotes != 0) | in_quotes, 0)) {
      uint64_t quoted = 0;
      unsigned open = 0;
      // Where every quote stands where quotes belong, they simply alternate and need no walk.
      uint64_t inside = quotes;
      for (unsigned step = 1; step < 64; step *= 2) inside ^= inside << step;
      if (in_quotes) inside = ~inside;
      const uint64_t opening = quotes & inside, closing = quotes & ~inside;
      const uint64_t after_mark = position == scan->from
                                      ? (uint64_t)starts_cell
                                      : bytes[position - 1] == scan->delimiter || bytes[position - 1] == '\n';
      const uint64_t may_open = (marks | quotes) << 1 | after_mark | (closed_at + 1 == position);
      const uint64_t may_close = (marks | quotes) >> 1;
      if (!(opening & ~may_open) && !(closing & ~may_close)) {
        quoted = inside;
        if (closing) closed_at = position + 63 - (size_t)__builtin_clzll(closing);
        in_quotes = (int)(inside >> 63);
        quotes = 0;
      }
      for (uint64_t rest = quotes; rest; rest &= rest - 1) {
        const unsigned bit = (unsigned)__builtin_ctzll(rest);
        const size_t at = position + bit;
        if (in_quotes) {
          quoted |= ((1ULL << bit) - 1) & (~0ULL << open);
          in_quotes = 0;
          closed_at = at;
          if (at + 1 < to) {
            const uint8_t next = bytes[at + 1];
            const int ends = next == scan->delimiter || next == '\n' || next == scan->quote ||
                             (next == '\r' && (at + 2 >= to || bytes[at + 2] == '\n'));
            if (!ends && malformed < 64) scan->malformed[malformed++] = (uint32_t)at;
          }
        } else {
          const int at_start = at == scan->from ? starts_cell : bytes[at - 1] == scan->delimiter || bytes[at - 1] == '\n';
          if (at == closed_at + 1 || at_start) {
            in_quotes = 1;
            open = bit;
          }
        }
      }
      if (in_quotes && quotes) quoted |= ~0ULL << open;
      marks &= ~quoted;
      newlines &= ~quoted;
    }
    for (uint64_t rest = newlines; rest; rest &= rest - 1) {
      const uint64_t below = (rest & -rest) - 1;
      scan->row_ends[rows++] = (uint32_t)(separators + (size_t)__builtin_popcountll(marks & below));
    }
    FLATTEN(scan->separators + separators, marks, (uint32_t)position);
    separators += (size_t)__builtin_popcountll(marks);
    position += 64;
  }
  result->separators = separators;
  result->rows = rows;
  result->malformed = malformed;
  result->scanned_to = position < to ? position : to;
  result->has_quotes = any_quote != 0;
  result->has_non_ascii = any_high != 0;
  result->ends_in_quotes = (uint8_t)in_quotes;
}

#undef NAME
#undef TARGET
#undef PREPARE
#undef MASKS
#undef FLATTEN
