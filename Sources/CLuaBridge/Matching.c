#define _GNU_SOURCE
#include <ctype.h>

#include "matcher.h"

// find, match, gmatch and gsub.

static void push_capture(weir_matcher *m, int index, const char *s, const char *end) {
  if (index >= m->level) {
    if (index != 0) luaL_error(m->L, "invalid capture index %%%d", index + 1);
    lua_pushlstring(m->L, s, (size_t)(end - s));
  } else if (m->captures[index].length == WEIR_POSITION) {
    lua_pushinteger(m->L, m->captures[index].start - m->text + 1);
  } else if (m->captures[index].length == WEIR_OPEN) {
    luaL_error(m->L, "unfinished capture");
  } else {
    lua_pushlstring(m->L, m->captures[index].start, (size_t)m->captures[index].length);
  }
}

static int push_captures(weir_matcher *m, const char *s, const char *end) {
  int count = m->level == 0 && s ? 1 : m->level;
  luaL_checkstack(m->L, count + 4, "too many captures");
  for (int i = 0; i < count; i++) push_capture(m, i, s, end);
  return count;
}

static weir_matcher prepare(lua_State *L, int text_index, int pattern_index) {
  weir_matcher m; // captures are written before they are read
  size_t length;
  m.L = L;
  m.S = state_of(L);
  m.level = m.depth = 0;
  m.steps = 0;
  m.text = luaL_checklstring(L, text_index, &length);
  m.end = m.text + length;
  m.pattern = luaL_checklstring(L, pattern_index, &length);
  m.pattern_end = m.pattern + length;
  weir_charge(L, m.S, 5);
  return m;
}

/// The first match from s on; NULL where there is none. `*s` becomes its start.
static const char *search(weir_matcher *m, const char **s, bool anchored) {
  for (;; (*s)++) {
    m->level = m->depth = 0;
    const char *found = weir_match_here(m, *s, m->pattern);
    if (found || anchored || *s >= m->end) return found;
  }
}

static bool take_anchor(weir_matcher *m) {
  bool anchored = m->pattern < m->pattern_end && *m->pattern == '^';
  if (anchored) m->pattern++;
  return anchored;
}

/// Whether a pattern is a text to look for as it stands.
static bool is_plain(const weir_matcher *m) {
  for (const char *p = m->pattern; p < m->pattern_end; p++)
    if (*p && strchr("^$*+?.([%-", *p)) return false;
  return true;
}

static int find_or_match(lua_State *L, bool find) {
  weir_matcher m = prepare(L, 1, 2);
  size_t length = (size_t)(m.end - m.text);
  lua_Integer start = luaL_optinteger(L, 3, 1);
  if (start < 0) start = start < -(lua_Integer)length ? 1 : (lua_Integer)length + start + 1;
  if (start == 0) start = 1;
  if (start > (lua_Integer)length + 1) return lua_pushnil(L), 1;
  const char *s = m.text + start - 1;
  if (find && (lua_toboolean(L, 4) || is_plain(&m))) {
    size_t wanted = (size_t)(m.pattern_end - m.pattern); // memmem searches in linear time
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
  weir_matcher m = prepare(L, lua_upvalueindex(1), lua_upvalueindex(2));
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

static void add_template(weir_matcher *m, luaL_Buffer *buffer, const char *s, const char *end) {
  size_t length;
  const char *template = lua_tolstring(m->L, 3, &length);
  for (size_t i = 0; i < length; i++) {
    weir_spend(m, 1);
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
static void add_replacement(weir_matcher *m, luaL_Buffer *buffer, const char *s, const char *end) {
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
  weir_matcher m = prepare(L, 1, 2);
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
    const char *end = weir_match_here(&m, s, m.pattern);
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
