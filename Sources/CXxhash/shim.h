#pragma once
#include <xxhash.h>

// The library's own choice by the machine it runs on; what is linked by its plain name is for the oldest one.
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#define XXH_DISPATCH_DISABLE_REPLACE
#include <xxh_x86dispatch.h>

static inline XXH128_hash_t weir_xxh3(const void *bytes, size_t count) { return XXH3_128bits_dispatch(bytes, count); }
static inline XXH_errorcode weir_xxh3_update(XXH3_state_t *state, const void *bytes, size_t count) {
  return XXH3_128bits_update_dispatch(state, bytes, count);
}
#else
static inline XXH128_hash_t weir_xxh3(const void *bytes, size_t count) { return XXH3_128bits(bytes, count); }
static inline XXH_errorcode weir_xxh3_update(XXH3_state_t *state, const void *bytes, size_t count) {
  return XXH3_128bits_update(state, bytes, count);
}
#endif
