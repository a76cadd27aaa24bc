#include <ctype.h>

#include "matcher.h"

// Lua's patterns, matched with a budget.

enum { DEPTH = 180 };

void weir_spend(weir_matcher *m, int64_t steps) {
  m->steps += steps;
  if (m->steps >= 256) {
    weir_charge(m->L, m->S, m->steps);
    m->steps = 0;
  }
}

/// The place after the single item (character, class or set) that begins at p.
static const char *item_end(weir_matcher *m, const char *p) {
  char first = *p++;
  if (first == '%') {
    if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
    return p + 1;
  }
  if (first != '[') return p;
  if (p < m->pattern_end && *p == '^') p++;
  bool at_start = true;
  for (;; at_start = false) {
    if (p >= m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
    char c = *p++;
    if (c == ']' && !at_start) return p;
    if (c == '%') {
      if (p >= m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
      p++;
    }
  }
}

/// Whether a set `[…]` holds c; `last` is its closing bracket.
static bool in_set(weir_matcher *m, int c, const char *p, const char *last) {
  bool wanted = true;
  p++;
  if (*p == '^') {
    wanted = false;
    p++;
  }
  for (; p < last; p++) {
    weir_spend(m, 1);
    if (*p == '%') {
      if (weir_in_class(c, (unsigned char)*++p)) return wanted;
    } else if (p + 2 < last && p[1] == '-') {
      if ((unsigned char)p[0] <= c && c <= (unsigned char)p[2]) return wanted;
      p += 2;
    } else if ((unsigned char)*p == c) {
      return wanted;
    }
  }
  return !wanted;
}

static bool item_holds(weir_matcher *m, const char *s, const char *p, const char *after) {
  weir_spend(m, 1);
  if (s >= m->end) return false;
  int c = (unsigned char)*s;
  switch (*p) {
  case '.': return true;
  case '%': return weir_in_class(c, (unsigned char)p[1]);
  case '[': return in_set(m, c, p, after - 1);
  default: return (unsigned char)*p == c;
  }
}

static const char *match_balance(weir_matcher *m, const char *s, const char *p) {
  if (p + 1 >= m->pattern_end) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
  if (s >= m->end || *s != p[0]) return NULL;
  int open = 1;
  for (const char *at = s + 1; at < m->end; at++) {
    weir_spend(m, 1);
    if (*at == p[1]) {
      if (--open == 0) return at + 1;
    } else if (*at == p[0]) {
      open++;
    }
  }
  return NULL;
}

static const char *match_repeated(weir_matcher *m, const char *s, const char *p, const char *after) {
  char how = *after;
  if (how == '?') {
    if (item_holds(m, s, p, after)) {
      const char *found = weir_match_here(m, s + 1, after + 1);
      if (found) return found;
    }
    return weir_match_here(m, s, after + 1);
  }
  if (how == '-') {
    for (;;) {
      const char *found = weir_match_here(m, s, after + 1);
      if (found) return found;
      if (!item_holds(m, s, p, after)) return NULL;
      s++;
    }
  }
  ptrdiff_t count = 0;
  while (item_holds(m, s + count, p, after)) count++;
  for (ptrdiff_t least = how == '+'; count >= least; count--) {
    const char *found = weir_match_here(m, s + count, after + 1);
    if (found) return found;
  }
  return NULL;
}

static const char *open_capture(weir_matcher *m, const char *s, const char *p, ptrdiff_t kind) {
  if (m->level >= WEIR_CAPTURES) luaL_error(m->L, "too many captures");
  m->captures[m->level].start = s;
  m->captures[m->level++].length = kind;
  const char *found = weir_match_here(m, s, p);
  if (!found) m->level--;
  return found;
}

static const char *close_capture(weir_matcher *m, const char *s, const char *p) {
  int index = m->level - 1;
  while (index >= 0 && m->captures[index].length != WEIR_OPEN) index--;
  if (index < 0) luaL_error(m->L, "invalid pattern capture");
  m->captures[index].length = s - m->captures[index].start;
  const char *found = weir_match_here(m, s, p);
  if (!found) m->captures[index].length = WEIR_OPEN;
  return found;
}

static const char *match_again(weir_matcher *m, const char *s, char digit) {
  int index = digit - '1';
  if (index < 0 || index >= m->level || m->captures[index].length == WEIR_OPEN)
    luaL_error(m->L, "invalid capture index %%%d", index + 1);
  if (m->captures[index].length == WEIR_POSITION) return NULL; // a place holds no text
  size_t length = (size_t)m->captures[index].length;
  weir_spend(m, (int64_t)length >> 3);
  bool same = (size_t)(m->end - s) >= length && memcmp(m->captures[index].start, s, length) == 0;
  return same ? s + length : NULL;
}

static bool at_frontier(weir_matcher *m, const char *s, const char *p, const char *after) {
  int before = s == m->text ? 0 : (unsigned char)s[-1], here = s < m->end ? (unsigned char)*s : 0;
  return !in_set(m, before, p, after - 1) && in_set(m, here, p, after - 1);
}

/// Where a match that begins at s ends; NULL where there is none.
const char *weir_match_here(weir_matcher *m, const char *s, const char *p) {
  if (++m->depth > DEPTH) luaL_error(m->L, "pattern too complex");
  for (;;) {
    weir_spend(m, 1);
    if (p == m->pattern_end) break;
    if (*p == '(') {
      s = p + 1 < m->pattern_end && p[1] == ')' ? open_capture(m, s, p + 2, WEIR_POSITION) : open_capture(m, s, p + 1, WEIR_OPEN);
      break;
    }
    if (*p == ')') {
      s = close_capture(m, s, p + 1);
      break;
    }
    if (*p == '$' && p + 1 == m->pattern_end) {
      s = s == m->end ? s : NULL;
      break;
    }
    if (*p == '%' && p + 1 < m->pattern_end && p[1] == 'b') {
      s = match_balance(m, s, p + 2);
      if (!s) break;
      p += 4;
      continue;
    }
    if (*p == '%' && p + 1 < m->pattern_end && p[1] == 'f') {
      p += 2;
      if (p >= m->pattern_end || *p != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
      const char *after = item_end(m, p);
      if (!at_frontier(m, s, p, after)) {
        s = NULL;
        break;
      }
      p = after;
      continue;
    }
    if (*p == '%' && p + 1 < m->pattern_end && isdigit((unsigned char)p[1])) {
      s = match_again(m, s, p[1]);
      if (!s) break;
      p += 2;
      continue;
    }
    const char *after = item_end(m, p);
    if (after < m->pattern_end && strchr("?*+-", *after) && *after) {
      s = match_repeated(m, s, p, after);
      break;
    }
    if (!item_holds(m, s, p, after)) {
      s = NULL;
      break;
    }
    s++;
    p = after;
  }
  m->depth--;
  return s;
}
