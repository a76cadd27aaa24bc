#pragma once
#include <stddef.h>
#include <stdint.h>

/// A member of an object: where its key (quotes included) and its value lie.
struct weir_json_member {
  uint32_t key;
  uint32_t key_end;
  uint32_t value;
  uint32_t value_end;
  /// Whether the key is that of the member at this place before.
  uint32_t same_key;
};

/// Lists the members of a line that is one object of single values, by RFC 8259.
///
/// `members` holds those of an earlier line in the same bytes (`known` of them, 0 for none): rows tend to have one order of keys, so theirs are tried
/// first. Gives the number of members, or -1 for anything else (nested values, wrong syntax, more than `capacity`), which a slower reader decides.
/// 64 bytes past `to` are readable.
int weir_json_members(const uint8_t *bytes, size_t from, size_t to, struct weir_json_member *members, int capacity, int known);

/// Lines of JSON with the members of the line before, each written into a row of a grid.
struct weir_json_lines {
  const uint8_t *bytes;
  size_t from;
  /// Lines that begin at or after it are left.
  size_t stop;
  size_t to;
  struct weir_json_member *members;
  int member_count;
  /// By place of a member the column that it belongs to, -1 for none.
  const int32_t *columns;
  size_t column_count;
  size_t row_limit;
  /// Two entries a row and column: one before the value's first byte, and its end; both at the line's start for none and for null.
  uint32_t *bounds;
  uint32_t *starts;
};

/// Reads lines until one differs in its members' keys, is not of single values, is blank or has no end; `next` is where that line begins.
size_t weir_json_rows(const struct weir_json_lines *lines, size_t *next);
