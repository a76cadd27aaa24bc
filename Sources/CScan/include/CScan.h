#pragma once
#include <stddef.h>
#include <stdint.h>

#include "CellScan.h"
#include "JSONScan.h"
#include "Selecting.h"

/// Where the text of a CSV stands between two bytes.
enum weir_state {
  /// A cell begins here.
  WEIR_CELL_START = 0,
  /// Inside a cell without quotes (or after the closing quote and something more).
  WEIR_IN_CELL = 1,
  WEIR_IN_QUOTES = 2,
  /// Right after a quote that closes, unless a second one follows.
  WEIR_AFTER_QUOTE = 3,
  /// A row begins here.
  WEIR_ROW_START = 4,
};

enum weir_implementation { WEIR_BEST = 0, WEIR_PORTABLE = 1, WEIR_AVX2 = 2, WEIR_AVX512 = 3, WEIR_NEON = 4 };

/// The implementation that runs where `wanted` was asked for: the best that the machine has, no wider than that.
int weir_best_implementation(int wanted);

/// What to scan. 64 bytes past `to` are readable; `separators` has room for `capacity` + 64 entries, `row_ends` for `row_limit` + 64,
/// `malformed` for 64.
struct weir_scan {
  const uint8_t *bytes;
  size_t from;
  size_t to;
  uint8_t delimiter;
  /// Whether `quote` is a quote at all.
  uint8_t has_quote;
  uint8_t quote;
  uint8_t state;
  uint32_t row_limit;
  size_t capacity;
  /// Positions of delimiters and line feeds that stand outside quotes.
  uint32_t *separators;
  /// Indices into `separators` of the line feeds.
  uint32_t *row_ends;
  /// Positions of closing quotes that something else than a separator follows; the first 64.
  uint32_t *malformed;
};

struct weir_scan_result {
  size_t separators;
  size_t rows;
  size_t malformed;
  /// Everything before it has been looked at.
  size_t scanned_to;
  uint8_t has_quotes;
  uint8_t has_non_ascii;
  uint8_t ends_in_quotes;
};

/// Lists the separators of whole 64-byte blocks until `to`, `row_limit` or `capacity` is reached. An implementation that the machine lacks
/// falls back to the best that it has; the one that ran is returned.
int weir_scan_separators(const struct weir_scan *scan, struct weir_scan_result *result, int implementation);

/// The state after `count` bytes that were entered in `state`. Looks at quotes alone, so its cost is that of finding them.
int weir_state_after(const uint8_t *bytes, size_t count, uint8_t delimiter, uint8_t quote, int state);

/// Whether the bytes hold `byte`.
int weir_contains(const uint8_t *bytes, size_t count, uint8_t byte);

/// Where `byte` first stands; `count` where it does not.
size_t weir_scan_find(const uint8_t *bytes, size_t count, uint8_t byte);

/// How often `byte` stands in the bytes.
size_t weir_count(const uint8_t *bytes, size_t count, uint8_t byte);

/// The number of leading bytes that are well-formed UTF-8: `count` where all are.
size_t weir_valid_utf8(const uint8_t *bytes, size_t count);
