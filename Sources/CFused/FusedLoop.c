#include "CFused.h"

#include <string.h>

#include "CScan.h"

// A product and a sum of floats are two roundings, as they are in Lua.
#pragma STDC FP_CONTRACT OFF

#define NAME(of) of##_portable
#define TARGET
#include "FusedBody.h"

#if defined(__x86_64__)

#define NAME(of) of##_avx2
#define TARGET __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))
#include "FusedBody.h"

#define NAME(of) of##_avx512
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,bmi,bmi2,popcnt,lzcnt")))
#include "FusedBody.h"

#endif

int weir_fused_run(const struct weir_fused_loop *loop, size_t count, int implementation) {
  switch (weir_best_implementation(implementation)) {
#if defined(__x86_64__)
    case WEIR_AVX512: return run_avx512(loop, count);
    case WEIR_AVX2: return run_avx2(loop, count);
#endif
    default: return run_portable(loop, count);
  }
}
