#include <stdlib.h>

#include "bridge.h"

size_t weir_values_count(const weir_values *values) { return values->count; }
const weir_value *weir_values_items(const weir_values *values) { return values->items; }

// Nodes of strings own a copy of their text.
void weir_values_clear(weir_values *values) {
  for (size_t i = 0; i < values->count; i++) free((void *)values->items[i].text);
  values->count = 0;
  values->bytes = 0;
  values->exhausted = false;
}

void weir_values_append(weir_values *values, weir_value value) {
  if (values->count == values->capacity) {
    size_t capacity = values->capacity ? values->capacity * 2 : 16;
    weir_value *items = realloc(values->items, capacity * sizeof *items);
    if (!items) {
      values->exhausted = true;
      return;
    }
    values->items = items;
    values->capacity = capacity;
  }
  if (value.text) {
    char *copy = malloc(value.length + 1);
    if (!copy) {
      values->exhausted = true;
      return;
    }
    memcpy(copy, value.text, value.length);
    copy[value.length] = 0;
    value.text = copy;
    values->bytes += (int64_t)value.length;
  }
  values->items[values->count++] = value;
}

/// Appends what a script made: it counts as the state's, and nothing is left out.
static void add(lua_State *L, weir_state *S, weir_values *into, weir_value node) {
  int64_t held = into->bytes + (int64_t)(into->count * sizeof node) + (int64_t)node.length;
  if (S->used + held > S->limits.memory) weir_fail_memory(L, REFUSED_MEMORY);
  weir_values_append(into, node);
  if (into->exhausted) weir_fail_memory(L, REFUSED_NOTHING);
}

/// Refuses a value on its way out. Of a result this cannot be caught; of an argument of the host it is an error.
static void refuse_value(lua_State *L, weir_state *S, const weir_values *into, const char *why) {
  if (into == &S->reply) S->status = WEIR_RESULT;
  luaL_error(L, "%s", why);
}

/// Pushes what a node and those below it say; gives how many nodes that took.
size_t weir_push(lua_State *L, weir_state *S, const weir_value *nodes) {
  luaL_checkstack(L, 8, "too many values");
  switch (nodes->kind) {
  case WEIR_BOOL: lua_pushboolean(L, nodes->integer != 0); return 1;
  case WEIR_INT: lua_pushinteger(L, nodes->integer); return 1;
  case WEIR_FLOAT: lua_pushnumber(L, nodes->number); return 1;
  case WEIR_STRING: lua_pushlstring(L, nodes->text ? nodes->text : "", nodes->length); return 1;
  case WEIR_DECIMAL:
  case WEIR_DATE:
  case WEIR_TIMESTAMP: weir_push_object(L, S, nodes->kind, nodes->scale, nodes->integer, nodes->low); return 1;
  case WEIR_FUNCTION:
    lua_rawgeti(L, LUA_REGISTRYINDEX, S->functions);
    lua_rawgeti(L, -1, nodes->integer);
    lua_remove(L, -2);
    return 1;
  case WEIR_TABLE: {
    bool is_array = nodes->integer > 0 && nodes[1].kind == WEIR_INT && nodes[1].integer == 1;
    lua_createtable(L, is_array ? (int)nodes->integer : 0, is_array ? 0 : (int)nodes->integer);
    size_t used = 1;
    for (int64_t i = 0; i < nodes->integer; i++) {
      used += weir_push(L, S, nodes + used);
      weir_object *key = object_at(L, -1);
      if (key) {
        weir_push_key(L, S, key);
        lua_remove(L, -2);
      }
      used += weir_push(L, S, nodes + used);
      lua_rawset(L, -3);
    }
    return used;
  }
  default: lua_pushnil(L); return 1;
  }
}

/// Pushes the table that holds the entries: the table itself, or what it was frozen into.
bool weir_push_contents(lua_State *L, int index) {
  index = lua_absindex(L, index);
  if (lua_getmetatable(L, index)) {
    if (lua_rawgetp(L, -1, &weir_hidden_key) == LUA_TTABLE) {
      lua_remove(L, -2);
      return true;
    }
    lua_pop(L, 2);
  }
  lua_pushvalue(L, index);
  return false;
}

typedef struct {
  int rank;
  lua_Integer integer;
  lua_Number number;
  const char *text;
  size_t length;
  weir_state *S;
  const weir_object *object;
} sort_key;

static int compare_keys(const void *left, const void *right) {
  const sort_key *a = left, *b = right;
  if (a->rank != b->rank) return a->rank - b->rank;
  if (a->rank == 0) return a->integer < b->integer ? -1 : a->integer > b->integer;
  if (a->rank == 1) return a->number < b->number ? -1 : a->number > b->number;
  if (a->rank == 3) return (int)(a->integer - b->integer);
  if (a->rank > 3) return weir_compare_keys(a->S, a->object, b->object);
  size_t length = a->length < b->length ? a->length : b->length;
  int order = memcmp(a->text, b->text, length);
  return order ? order : a->length < b->length ? -1 : a->length > b->length;
}

static void note_key(lua_State *L, weir_state *S, sort_key *key) {
  switch (lua_type(L, -2)) {
  case LUA_TNUMBER:
    key->rank = lua_isinteger(L, -2) ? 0 : 1;
    if (key->rank == 0) key->integer = lua_tointeger(L, -2);
    else key->number = lua_tonumber(L, -2);
    break;
  case LUA_TSTRING:
    key->rank = 2;
    key->text = lua_tolstring(L, -2, &key->length);
    break;
  case LUA_TBOOLEAN:
    key->rank = 3;
    key->integer = lua_toboolean(L, -2);
    break;
  default:
    key->object = object_at(L, -2);
    key->S = S;
    if (!key->object || key->object->kind < WEIR_DECIMAL || key->object->kind > WEIR_TIMESTAMP)
      luaL_error(L, "a table with a %s as a key has no order: keys are numbers, strings, booleans, decimals or dates",
                 weir_type_name(L, -2));
    key->rank = key->object->kind; // decimals, dates, timestamps
  }
}

/// Pushes an array of the table's keys: integers, floats, strings by bytes, booleans, decimals, dates, timestamps. The same in every state and run.
void weir_push_sorted_keys(lua_State *L, weir_state *S, int index) {
  index = lua_absindex(L, index);
  luaL_checkstack(L, 8, NULL);
  size_t count = 0;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) count++;
  weir_charge(L, S, (int64_t)count * 4 + 4);
  lua_createtable(L, (int)count, 0);
  int keys = lua_gettop(L);
  sort_key *order = lua_newuserdatauv(L, (count + 1) * sizeof *order, 0);
  ((weir_object *)order)->kind = 0;
  size_t i = 0;
  for (lua_pushnil(L); lua_next(L, index) && i < count; lua_pop(L, 1)) note_key(L, S, memset(&order[i++], 0, sizeof *order));
  qsort(order, count, sizeof *order, compare_keys);
  for (i = 0; i < count; i++) {
    switch (order[i].rank) {
    case 0: lua_pushinteger(L, order[i].integer); break;
    case 1: lua_pushnumber(L, order[i].number); break;
    case 2: lua_pushlstring(L, order[i].text, order[i].length); break;
    case 3: lua_pushboolean(L, (int)order[i].integer); break;
    default: weir_push_key(L, S, order[i].object);
    }
    lua_rawseti(L, keys, (lua_Integer)i + 1);
  }
  lua_settop(L, keys);
}

/// The number of a function, given one now if it is new. Functions that were numbered stay alive.
int32_t weir_function_number(lua_State *L, weir_state *S, int index) {
  index = lua_absindex(L, index);
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->numbers);
  lua_pushvalue(L, index);
  lua_rawget(L, -2);
  int32_t number = (int32_t)lua_tointeger(L, -1);
  lua_pop(L, 1);
  if (!number) {
    number = ++S->function_count;
    lua_pushvalue(L, index);
    lua_pushinteger(L, number);
    lua_rawset(L, -3);
    lua_rawgeti(L, LUA_REGISTRYINDEX, S->functions);
    lua_pushvalue(L, index);
    lua_rawseti(L, -2, number);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return number;
}

static void read_table(lua_State *L, weir_state *S, int index, weir_values *into, int depth) {
  if (depth > 30) refuse_value(L, S, into, "the value's tables are nested too deeply, or contain themselves");
  weir_push_contents(L, index);
  int contents = lua_gettop(L);
  lua_Integer entries = 0, length = (lua_Integer)lua_rawlen(L, contents);
  for (lua_pushnil(L); lua_next(L, contents); lua_pop(L, 1)) entries++;
  if (length > 0 && entries == length) { // a list: its keys are in order already
    weir_charge(L, S, length * 4 + 4);
    add(L, S, into, (weir_value){.kind = WEIR_TABLE, .integer = length});
    for (lua_Integer i = 1; i <= length; i++) {
      add(L, S, into, (weir_value){.kind = WEIR_INT, .integer = i});
      lua_rawgeti(L, contents, i);
      weir_read(L, S, -1, into, depth + 1);
      lua_pop(L, 1);
    }
    lua_settop(L, contents - 1);
    return;
  }
  weir_push_sorted_keys(L, S, contents);
  lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
  add(L, S, into, (weir_value){.kind = WEIR_TABLE, .integer = count});
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, contents + 1, i);
    weir_read(L, S, -1, into, depth + 1);
    lua_rawget(L, contents);
    weir_read(L, S, -1, into, depth + 1);
    lua_pop(L, 1);
  }
  lua_settop(L, contents - 1);
}

static void read_function(lua_State *L, weir_state *S, int index, weir_values *into) {
  lua_Debug about;
  if (into != &S->reply) refuse_value(L, S, into, "a function cannot be an argument of the host");
  lua_pushvalue(L, index);
  lua_getinfo(L, ">Su", &about);
  weir_value node = {.kind = WEIR_FUNCTION, .integer = weir_function_number(L, S, index), .scale = about.nparams};
  node.low = (uint64_t)(uint32_t)about.linedefined << 32 | (uint32_t)about.lastlinedefined;
  node.text = about.source[0] == '@' ? about.source + 1 : about.source;
  node.length = strlen(node.text);
  add(L, S, into, node);
}

void weir_read(lua_State *L, weir_state *S, int index, weir_values *into, int depth) {
  index = lua_absindex(L, index);
  luaL_checkstack(L, 16, "too many values");
  weir_value node = {.kind = WEIR_NIL};
  switch (lua_type(L, index)) {
  case LUA_TNIL:
  case LUA_TNONE: break;
  case LUA_TBOOLEAN: node.kind = WEIR_BOOL; node.integer = lua_toboolean(L, index); break;
  case LUA_TNUMBER:
    if (lua_isinteger(L, index)) {
      node.kind = WEIR_INT;
      node.integer = lua_tointeger(L, index);
    } else {
      node.kind = WEIR_FLOAT;
      node.number = lua_tonumber(L, index);
    }
    break;
  case LUA_TSTRING:
    node.kind = WEIR_STRING;
    node.text = lua_tolstring(L, index, &node.length);
    weir_charge(L, S, (int64_t)node.length >> 4);
    if (!weir_text_is_utf8(node.text, node.length))
      refuse_value(L, S, into, "a text that is no UTF-8 cannot be a result or an argument of the host");
    break;
  case LUA_TTABLE: read_table(L, S, index, into, depth); return;
  case LUA_TFUNCTION: read_function(L, S, index, into); return;
  default: {
    weir_object *object = object_at(L, index);
    if (!object || object->kind < WEIR_DECIMAL || object->kind > WEIR_TIMESTAMP) {
      refuse_value(L, S, into, lua_pushfstring(L, "a %s cannot be a result or an argument of the host",
                                               weir_type_name(L, index)));
      return;
    }
    node = (weir_value){.kind = object->kind, .scale = object->scale, .integer = object->high, .low = object->low};
  }
  }
  add(L, S, into, node);
}
