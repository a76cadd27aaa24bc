#pragma once
#include <stddef.h>
#include <stdint.h>

/// The values at some places, in their order: 1, or 0 where a place lies outside the `value_count` values.
int weir_gather_8(const uint8_t *values, size_t value_count, const int32_t *places, size_t count, uint8_t *output, int implementation);
int weir_gather_32(const uint32_t *values, size_t value_count, const int32_t *places, size_t count, uint32_t *output, int implementation);
int weir_gather_64(const uint64_t *values, size_t value_count, const int32_t *places, size_t count, uint64_t *output, int implementation);

/// The places at which a mask of 0 and 1 is 1, ascending; `places` has room for `count` + 16. Returns their number.
size_t weir_places(const uint8_t *mask, size_t count, int32_t *places, int implementation);
