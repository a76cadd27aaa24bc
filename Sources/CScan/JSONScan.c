#include "JSONScan.h"

#include <string.h>

static inline uint64_t load8(const uint8_t *at) {
  uint64_t word;
  memcpy(&word, at, 8);
  return word;
}

static inline const uint8_t *skip_space(const uint8_t *at, const uint8_t *end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) at++;
  return at;
}

static inline int is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }

static inline int is_hexadecimal(uint8_t byte) {
  return is_digit(byte) || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'f');
}

// Past the closing quote; NULL where the string is wrong or open. `at` stands on the opening quote.
static inline const uint8_t *skip_string(const uint8_t *at, const uint8_t *end) {
  at++;
  for (;;) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    // Eight bytes a step while none is a quote, a backslash or a control character; the lowest mark is exact.
    const uint64_t ones = 0x0101010101010101ULL, tops = 0x8080808080808080ULL;
    const uint64_t word = load8(at);
    const uint64_t quote = word ^ (ones * '"'), escape = word ^ (ones * '\\');
    const uint64_t marks = (((quote - ones) & ~quote) | ((escape - ones) & ~escape) | ((word - ones * 0x20) & ~word)) & tops;
    if (!marks) {
      at += 8;
      if (at >= end) return NULL;
      continue;
    }
    at += __builtin_ctzll(marks) >> 3;
#endif
    if (at >= end) return NULL;
    if (*at == '"') return at + 1;
    if (*at < 0x20) return NULL;
    if (*at != '\\') {
      at++;
      continue;
    }
    if (end - at < 2) return NULL;
    if (at[1] == 'u') {
      if (end - at < 6) return NULL;
      for (int digit = 2; digit < 6; digit++)
        if (!is_hexadecimal(at[digit])) return NULL;
      at += 6;
    } else {
      if (!memchr("\"\\/bfnrt", at[1], 8)) return NULL;
      at += 2;
    }
  }
}

static inline const uint8_t *skip_number(const uint8_t *at, const uint8_t *end) {
  if (at < end && *at == '-') at++;
  if (at >= end || !is_digit(*at)) return NULL;
  if (*at == '0') {
    at++;
    if (at < end && is_digit(*at)) return NULL;
  } else {
    while (at < end && is_digit(*at)) at++;
  }
  if (at < end && *at == '.') {
    at++;
    if (at >= end || !is_digit(*at)) return NULL;
    while (at < end && is_digit(*at)) at++;
  }
  if (at < end && (*at | 0x20) == 'e') {
    at++;
    if (at < end && (*at == '+' || *at == '-')) at++;
    if (at >= end || !is_digit(*at)) return NULL;
    while (at < end && is_digit(*at)) at++;
  }
  return at;
}

static inline const uint8_t *skip_single(const uint8_t *at, const uint8_t *end) {
  switch (*at) {
    case '"': return skip_string(at, end);
    case 't': return end - at >= 4 && !memcmp(at, "true", 4) ? at + 4 : NULL;
    case 'f': return end - at >= 5 && !memcmp(at, "false", 5) ? at + 5 : NULL;
    case 'n': return end - at >= 4 && !memcmp(at, "null", 4) ? at + 4 : NULL;
    default: return skip_number(at, end);
  }
}

int weir_json_members(const uint8_t *bytes, size_t from, size_t to, struct weir_json_member *members, int capacity, int known) {
  const uint8_t *end = bytes + to;
  const uint8_t *at = skip_space(bytes + from, end);
  if (at >= end || *at != '{') return -1;
  at = skip_space(at + 1, end);
  int count = 0;
  if (at < end && *at == '}') {
    at = skip_space(at + 1, end);
    return at == end ? 0 : -1;
  }
  for (;;) {
    if (at >= end || *at != '"' || count >= capacity) return -1;
    struct weir_json_member *member = &members[count];
    const uint8_t *key = at;
    const size_t length = count < known ? member->key_end - member->key : 0;
    if (length && (size_t)(end - at) > length && !memcmp(at, bytes + member->key, length)) {
      at += length;
      member->same_key = 1;
    } else {
      at = skip_string(at, end);
      if (!at) return -1;
      member->same_key = 0;
    }
    member->key = (uint32_t)(key - bytes);
    member->key_end = (uint32_t)(at - bytes);
    at = skip_space(at, end);
    if (at >= end || *at != ':') return -1;
    at = skip_space(at + 1, end);
    if (at >= end) return -1;
    const uint8_t *value = at;
    at = skip_single(at, end);
    if (!at) return -1;
    member->value = (uint32_t)(value - bytes);
    member->value_end = (uint32_t)(at - bytes);
    count++;
    at = skip_space(at, end);
    if (at >= end) return -1;
    const uint8_t next = *at;
    at = skip_space(at + 1, end);
    if (next == '}') return at == end ? count : -1;
    if (next != ',') return -1;
  }
}

size_t weir_json_rows(const struct weir_json_lines *lines, size_t *next) {
  const uint8_t *bytes = lines->bytes;
  size_t at = lines->from;
  size_t rows = 0;
  while (rows < lines->row_limit && at < lines->stop) {
    const uint8_t *feed = memchr(bytes + at, '\n', lines->to - at);
    if (!feed) break;
    const size_t end = (size_t)(feed - bytes);
    const int count = weir_json_members(bytes, at, end, lines->members, lines->member_count, lines->member_count);
    if (count != lines->member_count) break;
    uint32_t *bounds = lines->bounds + rows * lines->column_count * 2;
    for (size_t column = 0; column < lines->column_count; column++) {
      bounds[column * 2] = (uint32_t)at - 1;
      bounds[column * 2 + 1] = (uint32_t)at;
    }
    uint32_t same = 1;
    for (int place = 0; place < count; place++) {
      const struct weir_json_member *member = &lines->members[place];
      same &= member->same_key;
      const int32_t column = lines->columns[place];
      if (column < 0) continue;
      bounds[column * 2] = member->value - 1;
      bounds[column * 2 + 1] = bytes[member->value] == 'n' ? member->value : member->value_end;
    }
    if (!same) break;
    lines->starts[rows++] = (uint32_t)at;
    at = end + 1;
  }
  *next = at;
  return rows;
}
