#include "Selecting.h"

#include "CScan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define WIDTH 8
#define NAME(of) of##_8_portable
#define TARGET
#include "SelectingBody.h"
#define WIDTH 32
#define NAME(of) of##_32_portable
#define TARGET
#include "SelectingBody.h"
#define WIDTH 64
#define NAME(of) of##_64_portable
#define TARGET
#include "SelectingBody.h"

static size_t places_portable(const uint8_t *mask, size_t count, int32_t *places) {
  size_t found = 0;
  for (size_t index = 0; index < count; index++) {
    // Written always, kept where the mask is 1: no branch that could be guessed wrong.
    places[found] = (int32_t)index;
    found += mask[index];
  }
  return found;
}

#if defined(__x86_64__)

#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,bmi,bmi2,popcnt,lzcnt")))

#define WIDTH 8
#define NAME(of) of##_8_avx512
#define TARGET AVX512
#include "SelectingBody.h"
#define WIDTH 32
#define NAME(of) of##_32_avx2
#define TARGET AVX2
#include "SelectingBody.h"
#define WIDTH 32
#define NAME(of) of##_32_avx512
#define TARGET AVX512
#include "SelectingBody.h"
#define WIDTH 64
#define NAME(of) of##_64_avx2
#define TARGET AVX2
#include "SelectingBody.h"
#define WIDTH 64
#define NAME(of) of##_64_avx512
#define TARGET AVX512
#include "SelectingBody.h"

AVX512 static size_t places_avx512(const uint8_t *mask, size_t count, int32_t *places) {
  size_t found = 0, index = 0;
  __m512i numbers = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  for (; index + 16 <= count; index += 16) {
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(mask + index));
    const __mmask16 kept = _mm_test_epi8_mask(bytes, bytes);
    _mm512_storeu_si512(places + found, _mm512_maskz_compress_epi32(kept, numbers));
    found += (size_t)__builtin_popcount(kept);
    numbers = _mm512_add_epi32(numbers, _mm512_set1_epi32(16));
  }
  for (; index < count; index++) {
    places[found] = (int32_t)index;
    found += mask[index];
  }
  return found;
}

#endif

int weir_gather_8(const uint8_t *values, size_t value_count, const int32_t *places, size_t count, uint8_t *output, int implementation) {
#if defined(__x86_64__)
  if (weir_best_implementation(implementation) == WEIR_AVX512) return gather_8_avx512(values, value_count, places, count, output);
#endif
  (void)implementation;
  return gather_8_portable(values, value_count, places, count, output);
}

int weir_gather_32(const uint32_t *values, size_t value_count, const int32_t *places, size_t count, uint32_t *output, int implementation) {
  switch (weir_best_implementation(implementation)) {
#if defined(__x86_64__)
    case WEIR_AVX512: return gather_32_avx512(values, value_count, places, count, output);
    case WEIR_AVX2: return gather_32_avx2(values, value_count, places, count, output);
#endif
    default: return gather_32_portable(values, value_count, places, count, output);
  }
}

int weir_gather_64(const uint64_t *values, size_t value_count, const int32_t *places, size_t count, uint64_t *output, int implementation) {
  switch (weir_best_implementation(implementation)) {
#if defined(__x86_64__)
    case WEIR_AVX512: return gather_64_avx512(values, value_count, places, count, output);
    case WEIR_AVX2: return gather_64_avx2(values, value_count, places, count, output);
#endif
    default: return gather_64_portable(values, value_count, places, count, output);
  }
}

size_t weir_places(const uint8_t *mask, size_t count, int32_t *places, int implementation) {
#if defined(__x86_64__)
  if (weir_best_implementation(implementation) == WEIR_AVX512) return places_avx512(mask, count, places);
#endif
  (void)implementation;
  return places_portable(mask, count, places);
}
