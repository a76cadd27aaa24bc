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

static void place_member(const struct weir_json_lines *lines, uint32_t *bounds, int place, uint32_t value, uint32_t value_end) {
  const int32_t column = lines->columns[place];
  if (column < 0) return;
  if (lines->bytes[value] == 'n') value_end = value;
  bounds[column * 2] = value - 1;
  bounds[column * 2 + 1] = value_end;
}

static void clear_row(const struct weir_json_lines *lines, uint32_t *bounds, size_t at) {
  for (size_t column = 0; column < lines->column_count; column++) {
    bounds[column * 2] = (uint32_t)at - 1;
    bounds[column * 2 + 1] = (uint32_t)at;
  }
}

// One line by its members; where the next one begins, 0 where it differs.
static size_t read_line(const struct weir_json_lines *lines, size_t at, uint32_t *bounds) {
  const uint8_t *feed = memchr(lines->bytes + at, '\n', lines->to - at);
  if (!feed) return 0;
  const size_t end = (size_t)(feed - lines->bytes);
  const int count = weir_json_members(lines->bytes, at, end, lines->members, lines->member_count, lines->member_count);
  if (count != lines->member_count) return 0;
  uint32_t same = 1;
  clear_row(lines, bounds, at);
  for (int place = 0; place < count; place++) {
    const struct weir_json_member *member = &lines->members[place];
    same &= member->same_key;
    place_member(lines, bounds, place, member->value, member->value_end);
  }
  return same ? end + 1 : 0;
}

#if defined(__SSE2__)
#include <emmintrin.h>

// What stands before a value in lines that are written alike: all between it and the value before.
struct glue {
  uint8_t text[48];
  uint32_t length;
};

enum { MOST_MEMBERS = 64 };

static inline unsigned equal16(__m128i bytes, char byte) {
  return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte)));
}

static inline int matches(const uint8_t *at, const struct glue *glue) {
  uint32_t done = 0;
  do {
    const __m128i wanted = _mm_loadu_si128((const __m128i *)(glue->text + done));
    const __m128i found = _mm_loadu_si128((const __m128i *)(at + done));
    const uint32_t left = glue->length - done;
    const unsigned counts = left < 16 ? (1u << left) - 1 : 0xFFFF;
    if (~(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(wanted, found)) & counts) return 0;
    done += 16;
  } while (done < glue->length);
  return 1;
}

// Past a plain value: a string without escapes, a number of up to 15 characters without exponent, or null. NULL for any other.
static inline const uint8_t *skip_plain(const uint8_t *at, const uint8_t *end) {
  const __m128i bytes = _mm_loadu_si128((const __m128i *)at);
  if (*at == '"') {
    at++;
    for (;;) {
      const __m128i text = _mm_loadu_si128((const __m128i *)at);
      const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(text, _mm_set1_epi8(0x1F)), text);
      const unsigned stops = equal16(text, '"') | equal16(text, '\\') | (unsigned)_mm_movemask_epi8(low);
      if (stops) {
        at += __builtin_ctz(stops);
        return *at == '"' ? at + 1 : NULL;
      }
      at += 16;
      if (at >= end) return NULL;
    }
  }
  const __m128i values = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
  const unsigned digits = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(values, _mm_set1_epi8(9)), values));
  const unsigned points = equal16(bytes, '.');
  const unsigned sign = *at == '-';
  const unsigned stops = ~(digits | points | sign) & 0xFFFF;
  if (!stops) return NULL;
  const unsigned length = (unsigned)__builtin_ctz(stops);
  const unsigned inside = (1u << length) - 1, point = points & inside;
  if (length == sign) return length == 0 && !memcmp(at, "null", 4) ? at + 4 : NULL;
  // At most one point, with a digit on either side; no 0 before other digits; what follows decides about exponents.
  const unsigned first = 1u << sign, last = 1u << (length - 1);
  if ((point & (point - 1)) | (point & (first | last))) return NULL;
  if (at[sign] == '0' && last != first && !(point & (first << 1))) return NULL;
  if ((at[length] | 0x20) == 'e') return NULL;
  return at + length;
}

// Learns what stands between the values of a line from its members. 0 where that is too long.
static int learn(const struct weir_json_lines *lines, size_t start, size_t next, struct glue *glues) {
  if (lines->member_count > MOST_MEMBERS) return 0;
  size_t from = start;
  for (int place = 0; place <= lines->member_count; place++) {
    const size_t to = place < lines->member_count ? lines->members[place].value : next;
    if (to - from > sizeof glues->text || to == from) return 0;
    memset(&glues[place], 0, sizeof glues[place]);
    memcpy(glues[place].text, lines->bytes + from, to - from);
    glues[place].length = (uint32_t)(to - from);
    if (place < lines->member_count) from = lines->members[place].value_end;
  }
  return 1;
}

// One line that is written like the one that was learnt; where the next one begins, 0 where it differs.
static size_t read_alike(const struct weir_json_lines *lines, const struct glue *glues, size_t start, uint32_t *bounds) {
  const uint8_t *at = lines->bytes + start, *end = lines->bytes + lines->to;
  clear_row(lines, bounds, start);
  for (int place = 0; place < lines->member_count; place++) {
    if (!matches(at, &glues[place])) return 0;
    const uint8_t *value = at + glues[place].length;
    if (value >= end) return 0;
    at = skip_plain(value, end);
    if (!at || at >= end) return 0;
    place_member(lines, bounds, place, (uint32_t)(value - lines->bytes), (uint32_t)(at - lines->bytes));
  }
  const struct glue *last = &glues[lines->member_count];
  if (!matches(at, last) || (size_t)(end - at) < last->length) return 0;
  return (size_t)(at - lines->bytes) + last->length;
}

#endif

size_t weir_json_rows(const struct weir_json_lines *lines, size_t *next) {
  size_t at = lines->from;
  size_t rows = 0;
#if defined(__SSE2__)
  struct glue glues[MOST_MEMBERS + 1];
  int is_known = 0;
#endif
  while (rows < lines->row_limit && at < lines->stop) {
    uint32_t *bounds = lines->bounds + rows * lines->column_count * 2;
    size_t after = 0;
#if defined(__SSE2__)
    if (is_known) after = read_alike(lines, glues, at, bounds);
#endif
    if (!after) {
      after = read_line(lines, at, bounds);
      if (!after) break;
#if defined(__SSE2__)
      is_known = learn(lines, at, after, glues);
#endif
    }
    lines->starts[rows++] = (uint32_t)at;
    at = after;
  }
  *next = at;
  return rows;
}
