// Gathering, once per width and instruction set. Included with WIDTH, NAME(of) and TARGET defined.

#define PASTE(left, right) left##right
#define TYPE_OF(width) PASTE(TYPE_, width)
#define TYPE_8 uint8_t
#define TYPE_32 uint32_t
#define TYPE_64 uint64_t

TARGET static int NAME(gather)(
    const TYPE_OF(WIDTH) * values, size_t value_count, const int32_t *restrict places, size_t count,
    TYPE_OF(WIDTH) *restrict output) {
  uint32_t last = 0;
  for (size_t index = 0; index < count; index++) last = last > (uint32_t)places[index] ? last : (uint32_t)places[index];
  if (count && last >= value_count) return 0;
  for (size_t index = 0; index < count; index++) output[index] = values[(uint32_t)places[index]];
  return 1;
}

#undef PASTE
#undef TYPE_OF
#undef TYPE_8
#undef TYPE_32
#undef TYPE_64
#undef WIDTH
#undef NAME
#undef TARGET
