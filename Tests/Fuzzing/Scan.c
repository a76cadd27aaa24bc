#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CScan.h"

// The separator search of each instruction set beside the portable one, and that beside one byte at a time; members of
// JSON lines beside a reader that goes by the grammar.

#define REQUIRE(holds)                                            \
  do {                                                            \
    if (!(holds)) {                                               \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #holds); \
      abort();                                                    \
    }                                                             \
  } while (0)

enum { MOST = 4096 };

typedef struct {
  uint32_t separators[MOST + 64], row_ends[MOST + 64], malformed[128];
  struct weir_scan_result result;
} listing;

static void list(const uint8_t *bytes, size_t size, int has_quote, int state, int implementation, listing *into) {
  struct weir_scan scan = {.bytes = bytes, .to = size, .delimiter = ',', .has_quote = (uint8_t)has_quote, .quote = '"',
                           .state = (uint8_t)state, .row_limit = MOST, .capacity = MOST, .separators = into->separators,
                           .row_ends = into->row_ends, .malformed = into->malformed};
  memset(&into->result, 0, sizeof into->result);
  weir_scan_separators(&scan, &into->result, implementation);
}

/// The separators one byte at a time.
static void check_separators(const uint8_t *bytes, size_t size, int has_quote, int state, const listing *found) {
  int at_start = state == WEIR_CELL_START || state == WEIR_ROW_START, in_quotes = state == WEIR_IN_QUOTES;
  int after_quote = state == WEIR_AFTER_QUOTE;
  size_t separators = 0, rows = 0;
  for (size_t i = 0; i < size; i++) {
    uint8_t byte = bytes[i];
    if (has_quote && byte == '"') {
      if (in_quotes) in_quotes = 0, after_quote = 1;
      else in_quotes = at_start || after_quote, after_quote = 0;
      at_start = 0;
      continue;
    }
    after_quote = at_start = 0;
    if (in_quotes || (byte != ',' && byte != '\n')) continue;
    at_start = 1;
    REQUIRE(separators < found->result.separators && found->separators[separators] == i);
    if (byte == '\n') REQUIRE(rows < found->result.rows && found->row_ends[rows++] == separators);
    separators++;
  }
  REQUIRE(separators == found->result.separators && rows == found->result.rows);
  REQUIRE(found->result.ends_in_quotes == in_quotes);
}

static void check_scan(const uint8_t *bytes, size_t size, int has_quote, int state) {
  static listing portable, other;
  list(bytes, size, has_quote, state, WEIR_PORTABLE, &portable);
  check_separators(bytes, size, has_quote, state, &portable);
  for (int implementation = WEIR_BEST; implementation <= WEIR_NEON; implementation++) {
    list(bytes, size, has_quote, state, implementation, &other);
    REQUIRE(!memcmp(&portable.result, &other.result, sizeof other.result));
    REQUIRE(!memcmp(portable.separators, other.separators, other.result.separators * 4));
    REQUIRE(!memcmp(portable.row_ends, other.row_ends, other.result.rows * 4));
    REQUIRE(!memcmp(portable.malformed, other.malformed, other.result.malformed * 4));
  }
  // In two parts, the second entered in the state that the first ends in.
  size_t half = size / 2;
  int between = weir_state_after(bytes, half, ',', '"', state);
  REQUIRE(weir_state_after(bytes + half, size - half, ',', '"', between) == weir_state_after(bytes, size, ',', '"', state));
}

static size_t past_space(const uint8_t *bytes, size_t size, size_t at) {
  while (at < size && strchr(" \t\r\n", bytes[at]) && bytes[at]) at++;
  return at;
}

static size_t past_digits(const uint8_t *bytes, size_t size, size_t at) {
  while (at < size && bytes[at] >= '0' && bytes[at] <= '9') at++;
  return at;
}

/// Past a string, number or word; 0 where there is none.
static size_t past_single(const uint8_t *bytes, size_t size, size_t at) {
  if (at >= size) return 0;
  if (bytes[at] == '"') {
    for (at++; at < size && bytes[at] != '"'; at++) {
      if (bytes[at] < 0x20) return 0;
      if (bytes[at] != '\\') continue;
      if (++at >= size || !bytes[at] || !strchr("\"\\/bfnrtu", bytes[at])) return 0;
      if (bytes[at] != 'u') continue;
      for (int digit = 0; digit < 4; digit++)
        if (++at >= size || !bytes[at] || !strchr("0123456789abcdefABCDEF", bytes[at])) return 0;
    }
    return at < size ? at + 1 : 0;
  }
  static const char *const words[] = {"true", "false", "null"};
  for (int word = 0; word < 3; word++) {
    size_t length = strlen(words[word]);
    if (size - at >= length && !memcmp(bytes + at, words[word], length)) return at + length;
  }
  if (bytes[at] == '-') at++;
  size_t digits = past_digits(bytes, size, at);
  if (digits == at || (bytes[at] == '0' && digits > at + 1)) return 0;
  at = digits;
  if (at < size && bytes[at] == '.') {
    digits = past_digits(bytes, size, at + 1);
    if (digits == at + 1) return 0;
    at = digits;
  }
  if (at < size && (bytes[at] == 'e' || bytes[at] == 'E')) {
    at++;
    if (at < size && (bytes[at] == '+' || bytes[at] == '-')) at++;
    digits = past_digits(bytes, size, at);
    if (digits == at) return 0;
    at = digits;
  }
  return at;
}

static int members_by_grammar(const uint8_t *bytes, size_t size, struct weir_json_member *members, int capacity) {
  size_t at = past_space(bytes, size, 0);
  if (at >= size || bytes[at] != '{') return -1;
  at = past_space(bytes, size, at + 1);
  if (at < size && bytes[at] == '}') return past_space(bytes, size, at + 1) == size ? 0 : -1;
  for (int count = 0; count < capacity; count++) {
    size_t end = at < size && bytes[at] == '"' ? past_single(bytes, size, at) : 0;
    if (!end) return -1;
    members[count].key = (uint32_t)at;
    members[count].key_end = (uint32_t)end;
    at = past_space(bytes, size, end);
    if (at >= size || bytes[at] != ':') return -1;
    at = past_space(bytes, size, at + 1);
    end = past_single(bytes, size, at);
    if (!end) return -1;
    members[count].value = (uint32_t)at;
    members[count].value_end = (uint32_t)end;
    at = past_space(bytes, size, end);
    if (at < size && bytes[at] == '}') return past_space(bytes, size, at + 1) == size ? count + 1 : -1;
    if (at >= size || bytes[at] != ',') return -1;
    at = past_space(bytes, size, at + 1);
  }
  return -1;
}

static void check_json(const uint8_t *bytes, size_t size) {
  enum { CAPACITY = 6 };
  struct weir_json_member fast[CAPACITY] = {0}, slow[CAPACITY] = {0};
  int count = weir_json_members(bytes, 0, size, fast, CAPACITY, 0);
  REQUIRE(count == members_by_grammar(bytes, size, slow, CAPACITY));
  for (int again = 0; again < 2 && count > 0; again++) {
    for (int i = 0; i < count; i++) {
      REQUIRE(fast[i].key == slow[i].key && fast[i].key_end == slow[i].key_end);
      REQUIRE(fast[i].value == slow[i].value && fast[i].value_end == slow[i].value_end);
    }
    REQUIRE(weir_json_members(bytes, 0, size, fast, CAPACITY, count) == count); // with the keys known
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  if (size < 1 || size > MOST) return 0;
  size_t length = size - 1;
  uint8_t *text = calloc(1, length + 64); // 64 bytes past the end are readable
  memcpy(text, bytes + 1, length);
  check_scan(text, length, bytes[0] & 1, (bytes[0] >> 1) % 5);
  check_json(text, length);
  REQUIRE(weir_count(text, length, ',') <= length && weir_scan_find(text, length, '\n') <= length);
  REQUIRE(weir_valid_utf8(text, length) <= length);
  free(text);
  return 0;
}
