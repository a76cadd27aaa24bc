#pragma once
#include <stddef.h>
#include <stdint.h>

/// The cells of one column of a block of text: cell `n` is `bounds[r * stride] + 1 ..< bounds[r * stride + 1]` (32-bit arithmetic that wraps)
/// with `r` = `rows[n]`. Positions lie in `first ..< limit`; 16 bytes before and after them may be loaded.
struct weir_cells {
  const uint8_t *bytes;
  const uint32_t *bounds;
  size_t stride;
  /// NULL for rows 0 ..< count.
  const int32_t *rows;
  size_t count;
  uint32_t first;
  uint32_t limit;
};

/// How the decimals of a column are written when all of them are there.
struct weir_decimal_form {
  /// The byte of the point among the last eight of a cell, what it holds once digits are values, and the bytes before and after it. All 0
  /// and `after` all ones for a column without decimals.
  uint64_t point_byte;
  uint64_t point_value;
  uint64_t before;
  uint64_t after;
  /// What a coefficient stays below.
  uint64_t bound;
  /// The point as a value, in every byte.
  uint64_t points;
  /// Decimals of the column, at most 7.
  uint64_t decimals;
  /// By decimals that a cell has: what makes a coefficient of its digits, and what they may be at most.
  uint64_t factors[8];
  uint64_t limits[8];
};

/// The form of a column of `precision` (at most 18) digits, `scale` of them decimals.
struct weir_decimal_form weir_decimal_form(int precision, int scale, uint8_t point);

/// Cells without a value, ascending; both lists have room for all cells.
struct weir_unread {
  /// Of no byte at all.
  uint32_t *empty;
  size_t empty_count;
  /// Of another form than the one that was looked for.
  uint32_t *others;
  size_t other_count;
};

/// Cells of a common form as values: `values[n]` is cell n's, 0 where there is none. Returns 0 where a bound lies outside the positions.
///
/// `implementation` is one of `weir_implementation`; all give the same.
int weir_cells_decimals(
    const struct weir_cells *cells, const struct weir_decimal_form *form, int64_t *values, struct weir_unread *unread,
    int implementation);

/// Days since 1970-01-01 of cells of the form YYYY-MM-DD, years 1 to 9999.
int weir_cells_dates(const struct weir_cells *cells, int32_t *values, struct weir_unread *unread, int implementation);

/// A short text that came lately. Direct mapped by `weir_recent_slot`; holds the whole text, so a hit is exact.
struct weir_recent {
  /// The last eight bytes, and those before them; the lowest byte is the first in the text.
  uint64_t low;
  uint64_t high;
  /// 1 to 16; another number where the entry is free.
  uint32_t length;
  uint32_t number;
};

enum { WEIR_RECENT_BITS = 10 };

static inline uint32_t weir_recent_slot(uint64_t low, uint64_t high) {
  return (uint32_t)(((low ^ high * 31) * 0x9E3779B97F4A7C15ULL) >> (64 - WEIR_RECENT_BITS));
}

/// The numbers of texts of 1 to 16 bytes that are in `recent`. The other cells are listed, ascending, in `others`: empty and longer ones, new
/// texts, and quoted ones with a quote or `escape` inside. Returns their number, SIZE_MAX where a bound lies outside the positions.
///
/// `quote` and `escape` are 256 where there is none; `strips_return` takes a carriage return off the end of each cell.
size_t weir_cells_recent(
    const struct weir_cells *cells, unsigned quote, unsigned escape, int strips_return, const struct weir_recent *recent,
    uint32_t *numbers, uint32_t *others, int implementation);
