#include <math.h>
#include <stdlib.h>

#include "machine.h"

enum { CHUNK = 1 << 16, MOST_SHAPES = 512, COLLECT_FROM = 1 << 18 };

static bool add_chunk(arena *a, size_t size) {
  chunk *next = a->current ? a->current->next : a->first;
  if (next && next->size >= size) {
    a->current = next;
  } else {
    size_t room = size > CHUNK ? size : CHUNK;
    chunk *made = malloc(sizeof *made + room);
    if (!made) return false;
    *made = (chunk){.next = next, .size = room};
    if (a->current) a->current->next = made;
    else a->first = made;
    a->current = made;
  }
  a->at = a->current->bytes;
  a->end = a->at + a->current->size;
  return true;
}

static void *take(arena *a, size_t size) {
  size = (size + 15) & ~(size_t)15;
  if ((size_t)(a->end - a->at) < size && !add_chunk(a, size)) return NULL;
  void *memory = a->at;
  a->at += size;
  a->used += (int64_t)size;
  return memory;
}

void fold_reset(arena *a) {
  a->current = NULL;
  a->at = a->end = NULL;
  a->used = 0;
}

void fold_release(arena *a) {
  for (chunk *c = a->first; c;) {
    chunk *next = c->next;
    free(c);
    c = next;
  }
  *a = (arena){0};
}

/// Memory that lives until the key ends; NULL where the interpreter might run into its limit.
void *fold_allocate(machine *m, size_t size) {
  if (m->makes_constants) return take(&m->constants, size);
  if (size > (size_t)m->most_memory || m->arena->used > m->most_memory) return NULL;
  return take(m->arena, size);
}

const char *weir_fold_keep_text(weir_fold_machine *machine, const char *text, size_t length) {
  char *copy = fold_allocate(machine, length + 1);
  if (copy && length) memcpy(copy, text, length);
  return copy;
}

// MARK: Shapes

static shape *make_shape(machine *m, int32_t count) {
  if (m->shape_total >= MOST_SHAPES) return NULL;
  size_t names = m->program.name_count;
  shape *made = calloc(1, sizeof *made);
  if (!made) return NULL;
  made->count = count;
  made->slot_of = malloc((names + 1) * sizeof *made->slot_of);
  made->names = calloc((size_t)count + 1, sizeof *made->names);
  made->next = calloc(names + 1, sizeof *made->next);
  made->made_before = m->last_shape;
  m->last_shape = made;
  m->shape_total++;
  if (!made->slot_of || !made->names || !made->next) return NULL;
  memset(made->slot_of, 0xFF, (names + 1) * sizeof *made->slot_of);
  return made;
}

static shape *with_name(machine *m, const shape *of, uint16_t name) {
  if (of->next[name]) return of->next[name];
  shape *made = make_shape(m, of->count + 1);
  if (!made) return NULL;
  memcpy(made->slot_of, of->slot_of, (m->program.name_count + 1) * sizeof *made->slot_of);
  memcpy(made->names, of->names, (size_t)of->count * sizeof *made->names);
  made->names[of->count] = name;
  made->slot_of[name] = (int16_t)of->count;
  return of->next[name] = made;
}

/// The shape of some names in order; the same for the same.
shape *fold_shape(machine *m, const uint16_t *names, size_t count) {
  if (!m->empty_shape) m->empty_shape = make_shape(m, 0);
  shape *found = m->empty_shape;
  for (size_t i = 0; found && i < count; i++) found = with_name(m, found, names[i]);
  return found;
}

// MARK: Tables

table *fold_table(machine *m, const shape *shape, const value *fields, const value *items, int64_t count) {
  table *made = fold_allocate(m, sizeof *made);
  if (!made || count > m->most_items) return NULL;
  *made = (table){.shape = shape, .field_capacity = shape->count, .first = 1, .is_constant = m->makes_constants};
  if (shape->count) {
    made->fields = fold_allocate(m, (size_t)shape->count * sizeof(value));
    if (!made->fields) return NULL;
    memcpy(made->fields, fields, (size_t)shape->count * sizeof(value));
  }
  if (count) {
    made->items = fold_allocate(m, (size_t)count * sizeof(value));
    if (!made->items) return NULL;
    memcpy(made->items, items, (size_t)count * sizeof(value));
    made->count = made->capacity = count;
  }
  return made;
}

bool fold_add_field(machine *m, table *t, uint16_t name, const value *v) {
  if (v->kind == WEIR_FOLD_NIL) return true;
  const shape *next = with_name(m, t->shape, name);
  if (!next) return false;
  if (next->count > t->field_capacity) {
    int32_t capacity = next->count + 3;
    value *fields = fold_allocate(m, (size_t)capacity * sizeof(value));
    if (!fields) return false;
    if (t->shape->count) memcpy(fields, t->fields, (size_t)t->shape->count * sizeof(value));
    t->fields = fields;
    t->field_capacity = capacity;
  }
  t->fields[next->count - 1] = *v;
  t->shape = next;
  return true;
}

/// The number of a text among the names, or -1.
static int name_of(const machine *m, const value *text) {
  const struct weir_fold_program *p = &m->program;
  for (uint32_t i = 0; i < p->name_count; i++) {
    int64_t from = i ? p->name_ends[i - 1] : 0, length = p->name_ends[i] - from;
    if (length == text->high && memcmp(p->names + from, text_of(text), (size_t)length) == 0) return (int)i;
  }
  return -1;
}

/// The whole number that a key is; false for what is none.
static bool whole_key(const value *key, int64_t *number) {
  if (key->kind == WEIR_FOLD_INT) return *number = integer(key), true;
  if (key->kind != WEIR_FOLD_FLOAT) return false;
  double given = double_of(key);
  if (!(given >= -9e15 && given <= 9e15) || floor(given) != given) return false;
  return *number = (int64_t)given, true;
}

value fold_item(const machine *m, const table *t, const value *key) {
  int64_t number;
  if (whole_key(key, &number)) {
    uint64_t place = (uint64_t)number - (uint64_t)t->first;
    return place < (uint64_t)t->count ? t->items[t->offset + (int64_t)place] : nil_of();
  }
  if (key->kind != WEIR_FOLD_TEXT) return nil_of(); // no table has such a key
  int name = name_of(m, key), slot = name < 0 ? -1 : t->shape->slot_of[name];
  return slot < 0 ? nil_of() : t->fields[slot];
}

/// Room for one more item behind the last.
static bool reserve_item(machine *m, table *t) {
  if (t->offset + t->count < t->capacity) return true;
  if (t->count >= m->most_items) return false;
  if (t->offset > t->count) {
    memmove(t->items, t->items + t->offset, (size_t)t->count * sizeof(value));
  } else {
    int64_t capacity = t->count * 2 + 4;
    value *items = fold_allocate(m, (size_t)capacity * sizeof(value));
    if (!items) return false;
    if (t->count) memcpy(items, t->items + t->offset, (size_t)t->count * sizeof(value));
    t->items = items;
    t->capacity = capacity;
  }
  t->offset = 0;
  return true;
}

static void drop_first(table *t) {
  t->offset++;
  t->count--;
}

static bool clear_item(table *t, int64_t key) {
  uint64_t place = (uint64_t)key - (uint64_t)t->first;
  if (place >= (uint64_t)t->count) return true;
  if (place == (uint64_t)t->count - 1) return t->count--, true;
  if (place != 0) return false; // a gap
  t->first++;
  drop_first(t);
  return true;
}

bool fold_set_item(machine *m, table *t, const value *key, const value *v) {
  int64_t number;
  if (t->is_frozen) return false;
  if (!whole_key(key, &number)) {
    int name = key->kind == WEIR_FOLD_TEXT ? name_of(m, key) : -1;
    if (name < 0) return false;
    int slot = t->shape->slot_of[name];
    if (slot < 0) return fold_add_field(m, t, (uint16_t)name, v);
    t->fields[slot] = *v;
    return true;
  }
  if (v->kind == WEIR_FOLD_NIL) return clear_item(t, number);
  if (t->count == 0) {
    t->first = number;
    t->offset = 0;
  }
  uint64_t place = (uint64_t)number - (uint64_t)t->first;
  if (place > (uint64_t)t->count || number == INT64_MAX) return false;
  if (place == (uint64_t)t->count) {
    if (!reserve_item(m, t)) return false;
    t->count++;
  }
  t->items[t->offset + (int64_t)place] = *v;
  return true;
}

bool fold_length(const value *operand, value *result) {
  if (operand->kind == WEIR_FOLD_TEXT) return *result = int_of(operand->high), true;
  if (operand->kind != WEIR_FOLD_TABLE) return false;
  const table *t = table_of(operand);
  *result = int_of(t->count);
  return t->count == 0 || t->first == 1; // else Lua may take any border
}

static bool writable(const value *v, table **t) {
  value length;
  if (v->kind != WEIR_FOLD_TABLE) return false;
  *t = table_of(v);
  if (!fold_length(v, &length) || (*t)->is_frozen) return false;
  if ((*t)->count == 0) (*t)->first = 1;
  return true;
}

bool fold_insert(machine *m, const value *into, const value *place, const value *v) {
  table *t;
  if (!writable(into, &t) || v->kind == WEIR_FOLD_NIL) return false;
  int64_t at = place->kind == WEIR_FOLD_NIL ? t->count + 1 : integer(place);
  if ((place->kind != WEIR_FOLD_NIL && place->kind != WEIR_FOLD_INT) || at < 1 || at > t->count + 1) return false;
  if (!reserve_item(m, t)) return false;
  value *item = t->items + t->offset + at - 1;
  memmove(item + 1, item, (size_t)(t->count - at + 1) * sizeof(value));
  *item = *v;
  m->steps_left -= t->count - at + 1;
  t->count++;
  return m->steps_left >= 0;
}

bool fold_remove(machine *m, const value *from, const value *place, value *result) {
  table *t;
  if (!writable(from, &t)) return false;
  int64_t at = place->kind == WEIR_FOLD_NIL ? t->count : integer(place);
  if (place->kind != WEIR_FOLD_NIL && place->kind != WEIR_FOLD_INT) return false;
  if ((t->count == 0 && at == 0) || at == t->count + 1) return *result = nil_of(), true;
  if (at < 1 || at > t->count) return false;
  value *item = t->items + t->offset + at - 1;
  *result = *item;
  m->steps_left -= t->count - at;
  if (at == 1) {
    drop_first(t);
  } else {
    memmove(item, item + 1, (size_t)(t->count - at) * sizeof(value));
    t->count--;
  }
  return m->steps_left >= 0;
}

// MARK: Collecting

typedef struct {
  machine *m;
  arena *into;
  table *last; // tables whose values are still to be moved, one behind the other
} collection;

static bool move_value(collection *c, value *v) {
  if (v->kind == WEIR_FOLD_TEXT && v->scale) {
    char *copy = take(c->into, (size_t)v->high + 1);
    if (!copy) return false;
    memcpy(copy, text_of(v), (size_t)v->high);
    v->low = (uint64_t)(uintptr_t)copy;
    return true;
  }
  if (v->kind != WEIR_FOLD_TABLE) return true;
  table *old = table_of(v);
  if (old->is_constant) return true;
  if (!old->moved) {
    table *made = take(c->into, sizeof *made);
    if (!made) return false;
    *made = *old;
    old->moved = made;
    c->last->next_moved = made;
    c->last = made;
    made->next_moved = NULL;
  }
  v->low = (uint64_t)(uintptr_t)old->moved;
  return true;
}

static bool move_values(collection *c, value **values, int64_t from, int64_t count, int64_t capacity) {
  value *made = capacity ? take(c->into, (size_t)capacity * sizeof(value)) : NULL;
  if (capacity && !made) return false;
  if (count) memcpy(made, *values + from, (size_t)count * sizeof(value));
  *values = made;
  for (int64_t i = 0; i < count; i++)
    if (!move_value(c, &made[i])) return false;
  return true;
}

/// Keeps what the state still reaches, where enough has been made since the last time. Nothing else is alive between rows.
bool fold_collect(machine *m, value *root) {
  int64_t from = m->lived * 3 > COLLECT_FROM ? m->lived * 3 : COLLECT_FROM;
  if (m->arena->used < from && m->arena->used < m->most_memory / 2) return true;
  arena *old = m->arena, *into = old == &m->arenas[0] ? &m->arenas[1] : &m->arenas[0];
  table head = {0};
  collection c = {m, into, &head};
  fold_reset(into);
  if (!move_value(&c, root)) return false;
  for (table *t = head.next_moved; t; t = t->next_moved) {
    if (!move_values(&c, &t->fields, 0, t->shape->count, t->shape->count)) return false;
    t->field_capacity = t->shape->count;
    int64_t room = t->count ? t->count + t->count / 2 + 4 : 0;
    if (!move_values(&c, &t->items, t->offset, t->count, room)) return false;
    t->offset = 0;
    t->capacity = room;
  }
  m->arena = into;
  m->lived = into->used;
  fold_reset(old);
  return m->lived <= m->most_memory / 2;
}
