#define _GNU_SOURCE
#include <ctype.h>

#include "bridge.h"

// Lua's patterns, matched with a budget: every step that looks at a character is charged.

enum { CAPTURES = 32, DEPTH = 180, OPEN = -1, POSITION = -2 };

typedef struct {
  lua_State *L;
  weir_state *S;
  const char *text, *end, *pattern, *pattern_end;
  int level, depth;
  int64_t steps;
  struct {
    const char *start;
    ptrdiff_t length;
  } captures[CAPTURES];
} matcher;

static const char *match_here(matcher *m, const char *s, const char *p);

static void spend(matcher *m, int64_t steps) {
  m->steps += steps;
  if (m->steps >= 256) {
    weir_charge(m->L, m->S, m->steps);
    m->steps = 0;
  }
}

/// The place after the single item (character, class or set) that begins at p.
static const char *item_end(matcher *m, const char *p) {
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
static bool in_set(matcher *m, int c, const char *p, const char *last) {
  bool wanted = true;
  p++;
  if (*p == '^') {
    wanted = false;
    p++;
  }
  for (; p < last; p++) {
    spend(m, 1);
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

static bool item_holds(matcher *m, const char *s, const char *p, const char *after) {
  spend(m, 1);
  if (s >= m->end) return false;
  int c = (unsigned char)*s;
  switch (*p) {
  case '.': return true;
  case '%': return weir_in_class(c, (unsigned char)p[1]);
  case '[': return in_set(m, c, p, after - 1);
  default: return (unsigned char)*p == c;
  }
}

static const char *match_balance(matcher *m, const char *s, const char *p) {
  if (p + 1 >= m->pattern_end) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
  if (s >= m->end || *s != p[0]) return NULL;
  int open = 1;
  for (const char *at = s + 1; at < m->end; at++) {
    spend(m, 1);
    if (*at == p[1]) {
      if (--open == 0) return at + 1;
    } else if (*at == p[0]) {
      open++;
    }
  }
  return NULL;
}

static const char *match_repeated(matcher *m, const char *s, const char *p, const char *after) {
  char how = *after;
  if (how == '?') {
    if (item_holds(m, s, p, after)) {
      const char *found = match_here(m, s + 1, after + 1);
      if (found) return found;
    }
    return match_here(m, s, after + 1);
  }
  if (how == '-') {
    for (;;) {
      const char *found = match_here(m, s, after + 1);
      if (found) return found;
      if (!item_holds(m, s, p, after)) return NULL;
      s++;
    }
  }
  ptrdiff_t count = 0;
  while (item_holds(m, s + count, p, after)) count++;
  for (ptrdiff_t least = how == '+'; count >= least; count--) {
    const char *found = match_here(m, s + count, after + 1);
    if (found) return found;
  }
  return NULL;
}

static const char *open_capture(matcher *m, const char *s, const char *p, ptrdiff_t kind) {
  if (m->level >= CAPTURES) luaL_error(m->L, "too many captures");
  m->captures[m->level].start = s;
  m->captures[m->level++].length = kind;
  const char *found = match_here(m, s, p);
  if (!found) m->level--;
  return found;
}

static const char *close_capture(matcher *m, const char *s, const char *p) {
  int index = m->level - 1;
  while (index >= 0 && m->captures[index].length != OPEN) index--;
  if (index < 0) luaL_error(m->L, "invalid pattern capture");
  m->captures[index].length = s - m->captures[index].start;
  const char *found = match_here(m, s, p);
  if (!found) m->captures[index].length = OPEN;
  return found;
}

static const char *match_again(matcher *m, const char *s, char digit) {
  int index = digit - '1';
  if (index < 0 || index >= m->level || m->captures[index].length < 0)
    luaL_error(m->L, "invalid capture index %%%d", index + 1);
  size_t length = (size_t)m->captures[index].length;
  spend(m, (int64_t)length >> 3);
  bool same = (size_t)(m->end - s) >= length && memcmp(m->captures[index].start, s, length) == 0;
  return same ? s + length : NULL;
}

static bool at_frontier(matcher *m, const char *s, const char *p, const char *after) {
  int before = s == m->text ? 0 : (unsigned char)s[-1], here = s < m->end ? (unsigned char)*s : 0;
  return !in_set(m, before, p, after - 1) && in_set(m, here, p, after - 1);
}

/// Where a match that begins at s ends; NULL where there is none.
static const char *match_here(matcher *m, const char *s, const char *p) {
  if (++m->depth > DEPTH) luaL_error(m->L, "pattern too complex");
  for (;;) {
    spend(m, 1);
    if (p == m->pattern_end) break;
    if (*p == '(') {
      s = p + 1 < m->pattern_end && p[1] == ')' ? open_capture(m, s, p + 2, POSITION) : open_capture(m, s, p + 1, OPEN);
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

static void push_capture(matcher *m, int index, const char *s, const char *end) {
  if (index >= m->level) {
    if (index != 0) luaL_error(m->L, "invalid capture index %%%d", index + 1);
    lua_pushlstring(m->L, s, (size_t)(end - s));
  } else if (m->captures[index].length == POSITION) {
    lua_pushinteger(m->L, m->captures[index].start - m->text + 1);
  } else if (m->captures[index].length == OPEN) {
    luaL_error(m->L, "unfinished capture");
  } else {
    lua_pushlstring(m->L, m->captures[index].start, (size_t)m->captures[index].length);
  }
}

static int push_captures(matcher *m, const char *s, const char *end) {
  int count = m->level == 0 && s ? 1 : m->level;
  luaL_checkstack(m->L, count + 4, "too many captures");
  for (int i = 0; i < count; i++) push_capture(m, i, s, end);
  return count;
}

static matcher prepare(lua_State *L, int text_index, int pattern_index) {
  matcher m = {.L = L, .S = state_of(L)};
  size_t length;
  m.text = luaL_checklstring(L, text_index, &length);
  m.end = m.text + length;
  m.pattern = luaL_checklstring(L, pattern_index, &length);
  m.pattern_end = m.pattern + length;
  weir_charge(L, m.S, 5);
  return m;
}

/// The first match from s on; NULL where there is none. `*s` becomes its start.
static const char *search(matcher *m, const char **s, bool anchored) {
  for (;; (*s)++) {
    m->level = m->depth = 0;
    const char *found = match_here(m, *s, m->pattern);
    if (found || anchored || *s >= m->end) return found;
  }
}

static bool take_anchor(matcher *m) {
  bool anchored = m->pattern < m->pattern_end && *m->pattern == '^';
  if (anchored) m->pattern++;
  return anchored;
}

static int find_or_match(lua_State *L, bool find) {
  matcher m = prepare(L, 1, 2);
  size_t length = (size_t)(m.end - m.text);
  lua_Integer start = luaL_optinteger(L, 3, 1);
  if (start < 0) start = start < -(lua_Integer)length ? 1 : (lua_Integer)length + start + 1;
  if (start == 0) start = 1;
  if (start > (lua_Integer)length + 1) return lua_pushnil(L), 1;
  const char *s = m.text + start - 1;
  if (find && lua_toboolean(L, 4)) {
    size_t wanted = (size_t)(m.pattern_end - m.pattern);
    weir_charge(L, m.S, (m.end - s) >> 3);
    const char *at = wanted ? memmem(s, (size_t)(m.end - s), m.pattern, wanted) : s;
    if (!at) return lua_pushnil(L), 1;
    lua_pushinteger(L, at - m.text + 1);
    lua_pushinteger(L, at - m.text + (ptrdiff_t)wanted);
    return 2;
  }
  bool anchored = take_anchor(&m);
  const char *end = search(&m, &s, anchored);
  if (!end) return lua_pushnil(L), 1;
  if (!find) return push_captures(&m, s, end);
  lua_pushinteger(L, s - m.text + 1);
  lua_pushinteger(L, end - m.text);
  return 2 + push_captures(&m, NULL, NULL);
}

int weir_find(lua_State *L) { return find_or_match(L, true); }
int weir_match(lua_State *L) { return find_or_match(L, false); }

int weir_gmatch_step(lua_State *L) {
  matcher m = prepare(L, lua_upvalueindex(1), lua_upvalueindex(2));
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(3)), last = lua_tointeger(L, lua_upvalueindex(4));
  for (const char *s = m.text + at; s <= m.end; s++) {
    const char *end = search(&m, &s, false);
    if (!end) break;
    if (end - m.text == last) continue; // an empty match just after the one before
    lua_pushinteger(L, end - m.text);
    lua_pushvalue(L, -1);
    lua_replace(L, lua_upvalueindex(3));
    lua_replace(L, lua_upvalueindex(4));
    return push_captures(&m, s, end);
  }
  return 0;
}

int weir_gmatch(lua_State *L) {
  luaL_checkstring(L, 1);
  luaL_checkstring(L, 2);
  lua_settop(L, 2);
  lua_pushinteger(L, 0);
  lua_pushinteger(L, -1);
  lua_pushcclosure(L, weir_gmatch_step, 4);
  return 1;
}

static void add_template(matcher *m, luaL_Buffer *buffer, const char *s, const char *end) {
  size_t length;
  const char *template = lua_tolstring(m->L, 3, &length);
  for (size_t i = 0; i < length; i++) {
    spend(m, 1);
    if (template[i] != '%') {
      luaL_addchar(buffer, template[i]);
      continue;
    }
    char c = ++i < length ? template[i] : 0;
    if (c == '%') {
      luaL_addchar(buffer, '%');
    } else if (c == '0') {
      luaL_addlstring(buffer, s, (size_t)(end - s));
    } else if (isdigit((unsigned char)c)) {
      push_capture(m, c - '1', s, end);
      lua_tostring(m->L, -1);
      luaL_addvalue(buffer);
    } else {
      luaL_error(m->L, "invalid use of '%%' in replacement string");
    }
  }
}

/// What takes the place of a match: by text, table or function; the match itself for nil and false.
static void add_replacement(matcher *m, luaL_Buffer *buffer, const char *s, const char *end) {
  lua_State *L = m->L;
  int type = lua_type(L, 3);
  if (type == LUA_TSTRING || type == LUA_TNUMBER) {
    add_template(m, buffer, s, end);
    return;
  }
  if (type == LUA_TTABLE) {
    push_capture(m, 0, s, end);
    lua_gettable(L, 3);
  } else {
    lua_pushvalue(L, 3);
    lua_call(L, push_captures(m, s, end), 1);
  }
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    luaL_addlstring(buffer, s, (size_t)(end - s));
  } else if (lua_type(L, -1) != LUA_TSTRING && lua_type(L, -1) != LUA_TNUMBER) {
    luaL_error(L, "invalid replacement value (a %s)", weir_type_name(L, -1));
  } else {
    luaL_addvalue(buffer);
  }
}

int weir_gsub(lua_State *L) {
  matcher m = prepare(L, 1, 2);
  int type = lua_type(L, 3);
  luaL_argcheck(L, type == LUA_TSTRING || type == LUA_TNUMBER || type == LUA_TTABLE || type == LUA_TFUNCTION, 3,
                "string, function or table expected");
  lua_Integer most = luaL_optinteger(L, 4, LUA_MAXINTEGER), count = 0;
  bool anchored = take_anchor(&m);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  const char *s = m.text, *last = NULL;
  while (count < most) {
    m.level = m.depth = 0;
    const char *end = match_here(&m, s, m.pattern);
    if (end && end != last) {
      count++;
      add_replacement(&m, &buffer, s, end);
      s = last = end;
    } else if (s < m.end) {
      luaL_addchar(&buffer, *s++);
    } else {
      break;
    }
    if (anchored) break;
  }
  luaL_addlstring(&buffer, s, (size_t)(m.end - s));
  luaL_pushresult(&buffer);
  lua_pushinteger(L, count);
  return 2;
}
