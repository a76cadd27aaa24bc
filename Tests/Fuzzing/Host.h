#pragma once
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bridge.h"

// A state for fuzzers: limits without a clock, so that runs repeat, and host functions that give back what they got.

static bool stub_divide(uint64_t low, int64_t high, int32_t scale, uint64_t other_low, int64_t other_high,
                        int32_t other_scale, uint64_t *result_low, int64_t *result_high) {
  (void)other_low, (void)other_high, (void)other_scale;
  *result_low = low;
  *result_high = high;
  return scale < 30;
}

static int32_t stub_compare(uint64_t low, int64_t high, int32_t scale, uint64_t other_low, int64_t other_high,
                            int32_t other_scale) {
  if (high != other_high) return high < other_high ? -1 : 1;
  if (low != other_low) return low < other_low ? -1 : 1;
  return (scale > other_scale) - (scale < other_scale);
}

static bool stub_call(void *context, int32_t function, const weir_value *arguments, size_t nodes, int32_t count,
                      weir_values *reply) {
  (void)context, (void)arguments, (void)count;
  weir_values_clear(reply);
  if (function == 1) {
    weir_values_append(reply, (weir_value){.kind = WEIR_STRING, .text = "refused", .length = 7});
    return false;
  }
  weir_values_append(reply, (weir_value){.kind = WEIR_DECIMAL, .scale = 2, .low = nodes});
  return true;
}

static inline weir_state *make_host(int64_t steps) {
  weir_limits limits = {.steps = steps, .batch_steps = steps * 10, .memory = 4 << 20, .block = 1 << 18, .output = 1 << 16};
  weir_callbacks callbacks = {.divide = stub_divide, .compare = stub_compare, .call = stub_call};
  weir_state *state = weir_create(limits, callbacks);
  if (!state) abort();
  weir_value settings = {.kind = WEIR_TABLE};
  weir_add_function(state, "decimal", 0);
  weir_add_function(state, "refuse", 1);
  weir_set_global(state, "settings", &settings);
  return state;
}

static inline int32_t load_function(weir_state *state, const char *source) {
  if (weir_load(state, source, strlen(source), "fuzz.lua") != WEIR_OK) abort();
  return (int32_t)weir_values_items(weir_reply(state))[0].integer;
}

static inline weir_value text_value(const uint8_t *bytes, size_t length) {
  return (weir_value){.kind = WEIR_STRING, .text = (const char *)bytes, .length = length};
}

#define REQUIRE(holds)                                          \
  do {                                                          \
    if (!(holds)) {                                             \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #holds); \
      abort();                                                  \
    }                                                           \
  } while (0)
