#include "CScan.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

static inline void flatten(uint32_t *out, uint64_t marks, uint32_t base) {
  while (marks) {
    *out++ = base + (uint32_t)__builtin_ctzll(marks);
    marks &= marks - 1;
  }
}

// Portable: eight bytes a step. The high bit of each byte of the result is set exactly where the bytes are equal.
static inline uint64_t equal_bytes(uint64_t word, uint64_t pattern) {
  const uint64_t low = 0x7F7F7F7F7F7F7F7FULL;
  const uint64_t difference = word ^ pattern;
  return ~(((difference & low) + low) | difference | low);
}

static inline uint64_t gather_high_bits(uint64_t word) { return ((word >> 7) * 0x0102040810204080ULL) >> 56; }

#define NAME scan_portable
#define TARGET
#define PREPARE(scan)                                                  \
  const uint64_t delimiter8 = 0x0101010101010101ULL * scan->delimiter; \
  const uint64_t newline8 = 0x0101010101010101ULL * '\n';              \
  const uint64_t quote8 = 0x0101010101010101ULL * scan->quote;
#define MASKS(at, delimiters, newlines, quotes, high)                              \
  delimiters = newlines = quotes = high = 0;                                       \
  for (unsigned lane = 0; lane < 8; lane++) {                                      \
    uint64_t word = 0;                                                             \
    for (unsigned byte = 0; byte < 8; byte++) word |= (uint64_t)(at)[lane * 8 + byte] << (byte * 8); \
    delimiters |= gather_high_bits(equal_bytes(word, delimiter8)) << (lane * 8);   \
    newlines |= gather_high_bits(equal_bytes(word, newline8)) << (lane * 8);       \
    quotes |= gather_high_bits(equal_bytes(word, quote8)) << (lane * 8);           \
    high |= gather_high_bits(word & 0x8080808080808080ULL) << (lane * 8);          \
  }
#define FLATTEN flatten
#include "ScanBody.h"

#if defined(__x86_64__)

#define NAME scan_avx2
#define TARGET __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
#define PREPARE(scan)                                                     \
  const __m256i delimiter32 = _mm256_set1_epi8((char)scan->delimiter);    \
  const __m256i newline32 = _mm256_set1_epi8('\n');                       \
  const __m256i quote32 = _mm256_set1_epi8((char)scan->quote);
#define PAIR(low, high) ((uint64_t)(uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32)
#define MASKS(at, delimiters, newlines, quotes, high)                                                          \
  {                                                                                                            \
    const __m256i first = _mm256_loadu_si256((const __m256i *)(at));                                           \
    const __m256i second = _mm256_loadu_si256((const __m256i *)((at) + 32));                                   \
    delimiters = PAIR(_mm256_cmpeq_epi8(first, delimiter32), _mm256_cmpeq_epi8(second, delimiter32));          \
    newlines = PAIR(_mm256_cmpeq_epi8(first, newline32), _mm256_cmpeq_epi8(second, newline32));                \
    quotes = PAIR(_mm256_cmpeq_epi8(first, quote32), _mm256_cmpeq_epi8(second, quote32));                      \
    high = PAIR(first, second);                                                                                \
  }
// Eight entries a step, whether all are used or not: no branch per entry, and the room past the end is there.
#define FLATTEN(out, marks, base)                                                     \
  {                                                                                   \
    uint32_t *next = (out);                                                           \
    uint64_t rest = (marks);                                                          \
    while (rest) {                                                                    \
      for (int step = 0; step < 8; step++) {                                          \
        next[step] = (base) + (uint32_t)_tzcnt_u64(rest);                             \
        rest = _blsr_u64(rest);                                                       \
      }                                                                               \
      next += 8;                                                                      \
    }                                                                                 \
  }
#include "ScanBody.h"

#define NAME scan_avx512
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,bmi,bmi2,popcnt,lzcnt")))
#define PREPARE(scan)                                                     \
  const __m512i delimiter64 = _mm512_set1_epi8((char)scan->delimiter);    \
  const __m512i newline64 = _mm512_set1_epi8('\n');                       \
  const __m512i quote64 = _mm512_set1_epi8((char)scan->quote);            \
  uint8_t count_up[64];                                                   \
  for (unsigned index = 0; index < 64; index++) count_up[index] = (uint8_t)index; \
  const __m512i lanes = _mm512_loadu_si512(count_up);
#define MASKS(at, delimiters, newlines, quotes, high)                  \
  {                                                                    \
    const __m512i block = _mm512_loadu_si512((const void *)(at));      \
    delimiters = _mm512_cmpeq_epi8_mask(block, delimiter64);           \
    newlines = _mm512_cmpeq_epi8_mask(block, newline64);               \
    quotes = _mm512_cmpeq_epi8_mask(block, quote64);                   \
    high = _mm512_movepi8_mask(block);                                 \
  }
// The lanes that are marked, moved together, sixteen a store.
#define FLATTEN(out, marks, base)                                                                              \
  {                                                                                                            \
    const int found = __builtin_popcountll(marks);                                                             \
    const __m512i kept = _mm512_maskz_compress_epi8((marks), lanes);                                           \
    const __m512i from = _mm512_set1_epi32((int)(base));                                                       \
    uint32_t *next = (out);                                                                                    \
    _mm512_storeu_si512(next, _mm512_add_epi32(from, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(kept))));     \
    if (found > 16) {                                                                                          \
      _mm512_storeu_si512(next + 16, _mm512_add_epi32(from, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(kept, 1)))); \
      _mm512_storeu_si512(next + 32, _mm512_add_epi32(from, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(kept, 2)))); \
      _mm512_storeu_si512(next + 48, _mm512_add_epi32(from, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(kept, 3)))); \
    }                                                                                                          \
  }
#include "ScanBody.h"

#elif defined(__aarch64__)

static inline uint64_t neon_mask(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d) {
  const uint8x16_t bits = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  uint8x16_t first = vpaddq_u8(vandq_u8(a, bits), vandq_u8(b, bits));
  uint8x16_t second = vpaddq_u8(vandq_u8(c, bits), vandq_u8(d, bits));
  first = vpaddq_u8(first, second);
  first = vpaddq_u8(first, first);
  return vgetq_lane_u64(vreinterpretq_u64_u8(first), 0);
}

#define NAME scan_neon
#define TARGET
#define PREPARE(scan)                                       \
  const uint8x16_t delimiter16 = vdupq_n_u8(scan->delimiter); \
  const uint8x16_t newline16 = vdupq_n_u8('\n');             \
  const uint8x16_t quote16 = vdupq_n_u8(scan->quote);        \
  const uint8x16_t high16 = vdupq_n_u8(0x80);
#define MASKS(at, delimiters, newlines, quotes, high)                                                          \
  {                                                                                                            \
    const uint8x16_t a = vld1q_u8(at), b = vld1q_u8((at) + 16), c = vld1q_u8((at) + 32), d = vld1q_u8((at) + 48); \
    delimiters = neon_mask(vceqq_u8(a, delimiter16), vceqq_u8(b, delimiter16), vceqq_u8(c, delimiter16), vceqq_u8(d, delimiter16)); \
    newlines = neon_mask(vceqq_u8(a, newline16), vceqq_u8(b, newline16), vceqq_u8(c, newline16), vceqq_u8(d, newline16)); \
    quotes = neon_mask(vceqq_u8(a, quote16), vceqq_u8(b, quote16), vceqq_u8(c, quote16), vceqq_u8(d, quote16)); \
    high = neon_mask(vtstq_u8(a, high16), vtstq_u8(b, high16), vtstq_u8(c, high16), vtstq_u8(d, high16));      \
  }
#define FLATTEN flatten
#include "ScanBody.h"

#endif

int weir_best_implementation(int wanted) {
#if defined(__x86_64__)
  const int wide = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi2");
  const int narrow = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
  if (wanted == WEIR_PORTABLE) return WEIR_PORTABLE;
  if (wide && wanted != WEIR_AVX2) return WEIR_AVX512;
  return narrow ? WEIR_AVX2 : WEIR_PORTABLE;
#elif defined(__aarch64__)
  return wanted == WEIR_PORTABLE ? WEIR_PORTABLE : WEIR_NEON;
#else
  (void)wanted;
  return WEIR_PORTABLE;
#endif
}

int weir_scan_separators(const struct weir_scan *scan, struct weir_scan_result *result, int implementation) {
  const int chosen = weir_best_implementation(implementation);
  switch (chosen) {
#if defined(__x86_64__)
    case WEIR_AVX512: scan_avx512(scan, result); break;
    case WEIR_AVX2: scan_avx2(scan, result); break;
#elif defined(__aarch64__)
    case WEIR_NEON: scan_neon(scan, result); break;
#endif
    default: scan_portable(scan, result); break;
  }
  return chosen;
}

// Where quotes stand among the next 64 bytes, of which `left` count; reads no further than they reach.
static inline uint64_t quote_mask(const uint8_t *bytes, size_t left, uint8_t quote) {
  uint64_t mask = 0;
  if (left < 64) {
    for (size_t index = 0; index < left; index++) mask |= (uint64_t)(bytes[index] == quote) << index;
    return mask;
  }
#if defined(__x86_64__)
  const __m128i wanted = _mm_set1_epi8((char)quote);
  for (unsigned lane = 0; lane < 4; lane++) {
    const __m128i part = _mm_loadu_si128((const __m128i *)(bytes + lane * 16));
    mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(part, wanted)) << (lane * 16);
  }
#else
  for (unsigned lane = 0; lane < 8; lane++) {
    uint64_t word = 0;
    for (unsigned byte = 0; byte < 8; byte++) word |= (uint64_t)bytes[lane * 8 + byte] << (byte * 8);
    mask |= gather_high_bits(equal_bytes(word, 0x0101010101010101ULL * quote)) << (lane * 8);
  }
#endif
  return mask;
}

int weir_state_after(const uint8_t *bytes, size_t count, uint8_t delimiter, uint8_t quote, int state) {
  if (count == 0) return state;
  int in_quotes = state == WEIR_IN_QUOTES;
  size_t closed_at = state == WEIR_AFTER_QUOTE ? SIZE_MAX : SIZE_MAX - 1;  // SIZE_MAX + 1 is 0
  const int starts_cell = state == WEIR_CELL_START || state == WEIR_ROW_START;
  for (size_t block = 0; block < count; block += 64) {
    uint64_t quotes = quote_mask(bytes + block, count - block, quote);
    for (; quotes; quotes &= quotes - 1) {
      const size_t at = block + (size_t)__builtin_ctzll(quotes);
      if (in_quotes) {
        in_quotes = 0;
        closed_at = at;
      } else {
        const int opens = at == 0 ? starts_cell : (bytes[at - 1] == delimiter) | (bytes[at - 1] == '\n');
        in_quotes = (at == closed_at + 1) | opens;
      }
    }
  }
  if (in_quotes) return WEIR_IN_QUOTES;
  if (closed_at == count - 1) return WEIR_AFTER_QUOTE;
  if (bytes[count - 1] == '\n') return WEIR_ROW_START;
  return bytes[count - 1] == delimiter ? WEIR_CELL_START : WEIR_IN_CELL;
}

int weir_contains(const uint8_t *bytes, size_t count, uint8_t byte) { return count && memchr(bytes, byte, count) != NULL; }

size_t weir_scan_find(const uint8_t *bytes, size_t count, uint8_t byte) {
  const uint8_t *found = count ? memchr(bytes, byte, count) : NULL;
  return found ? (size_t)(found - bytes) : count;
}

size_t weir_count(const uint8_t *bytes, size_t count, uint8_t byte) {
  size_t found = 0;
  for (size_t index = 0; index < count; index++) found += bytes[index] == byte;
  return found;
}

// Table 3-7 of the Unicode Standard: the second byte's range depends on the first.
size_t weir_valid_utf8(const uint8_t *bytes, size_t count) {
  size_t at = 0;
  while (at < count) {
#if defined(__SSE2__)
    if (at + 64 <= count) {
      __m128i parts[4];
      memcpy(parts, bytes + at, 64);
      if (!_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(parts[0], parts[1]), _mm_or_si128(parts[2], parts[3])))) {
        at += 64;
        continue;
      }
    }
#endif
    if (at + 8 <= count) {
      uint64_t word;
      memcpy(&word, bytes + at, 8);
      if ((word & 0x8080808080808080ULL) == 0) {
        at += 8;
        continue;
      }
    }
    const uint8_t lead = bytes[at];
    if (lead < 0x80) {
      at++;
      continue;
    }
    size_t length;
    uint8_t low = 0x80, high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
      length = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      length = 3;
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      length = 4;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    } else {
      return at;
    }
    if (count - at < length || bytes[at + 1] < low || bytes[at + 1] > high) return at;
    for (size_t index = 2; index < length; index++)
      if ((bytes[at + index] & 0xC0) != 0x80) return at;
    at += length;
  }
  return at;
}
