#pragma once
#include "bridge.h"

/// A pattern at work on a text. Every step that looks at a character is charged.
enum { WEIR_CAPTURES = 32, WEIR_OPEN = -1, WEIR_POSITION = -2 };

typedef struct {
  lua_State *L;
  weir_state *S;
  const char *text, *end, *pattern, *pattern_end;
  int level, depth;
  int64_t steps;
  struct {
    const char *start;
    ptrdiff_t length;
  } captures[WEIR_CAPTURES];
} weir_matcher;

void weir_spend(weir_matcher *m, int64_t steps);
/// Where a match that begins at `s` with the pattern from `p` on ends; NULL where there is none.
const char *weir_match_here(weir_matcher *m, const char *s, const char *p);
