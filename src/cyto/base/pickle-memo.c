#include "pickle-private.h"
#include "text.h"
#include <string.h>

/* Python numbers its memo without gaps; a far larger index is a trap for memory. */
static bool memo_put(PklReader *r, uint64_t index) {
  CytoPkl *top = pkl_top(r);
  if (!top)
    return false;
  if (index > r->memo_count + 1024)
    return pkl_damaged(r, "a memo number far above the ones before it");
  size_t old = r->memo_room;
  while (index >= r->memo_room) {
    if (!pkl_grow(r, &r->memo, r->memo_room, &r->memo_room, sizeof *r->memo))
      return false;
    memset(r->memo + old, 0, (r->memo_room - old) * sizeof *r->memo);
    old = r->memo_room;
  }
  if (!r->memo[index])
    r->memo_count++;
  r->memo[index] = top;
  return true;
}

static CytoPkl *memo_get(PklReader *r, uint64_t index) {
  if (index < r->memo_room && r->memo[index])
    return r->memo[index];
  pkl_damaged(r, "a value is recalled that was never stored");
  return NULL;
}

static bool memo_index(PklReader *r, int width, uint64_t *index) {
  if (width > 0)
    return pkl_take_number(r, (unsigned)width, index);
  const char *line;
  size_t length;
  char text[24];
  int64_t value;
  if (!pkl_take_line(r, &line, &length))
    return false;
  if (length >= sizeof text)
    return pkl_damaged(r, "a memo number is not a number");
  memcpy(text, line, length);
  text[length] = 0;
  if (!cyto_parse_int(text, &value) || value < 0)
    return pkl_damaged(r, "a memo number is not a number");
  *index = (uint64_t)value;
  return true;
}

bool pkl_op_put(PklReader *r, int width) {
  uint64_t index = r->memo_count;
  return (width < 0 || memo_index(r, width, &index)) && memo_put(r, index);
}

bool pkl_op_get(PklReader *r, int width) {
  uint64_t index;
  return memo_index(r, width, &index) && pkl_push(r, memo_get(r, index));
}
