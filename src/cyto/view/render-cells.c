#include "colour.h"
#include "render-private.h"
#include <string.h>

static const uint32_t SELECTED_LINE = 0xffffe600;

bool cells_shown(const Frame *frame) {
  const CytoScene *s = frame->scene;
  bool labels = s->labels && (s->masks || s->outlines || (s->hatch && s->flags) ||
                              (frame->flagged & CYTO_LOOK_SELECTED));
  return !s->raw && s->ny && s->nx && (labels || s->ghosts);
}

static uint8_t flags_of(const CytoScene *s, uint32_t label) {
  return s->flags && label <= s->cell_count ? s->flags[label] : 0;
}

static void fetch(const Frame *f, const uint32_t *map, size_t pitch, int64_t place, uint32_t *to) {
  const Columns *c = &f->cells;
  size_t width = (size_t)f->rect.width + 2;
  if (!map || place < 0 || place >= f->extent_y || c->count == 0) {
    memset(to, 0, width * sizeof *to);
    return;
  }
  size_t y = axis_nearest(&f->cells_y, place);
  const uint32_t *from = map + y * (pitch ? pitch : f->scene->nx) + c->first;
  memset(to, 0, (size_t)c->inside0 * sizeof *to);
  memset(to + c->inside1, 0, (width - (size_t)c->inside1) * sizeof *to);
  if (f->scale == 1)
    memcpy(to + c->inside0, from, c->count * sizeof *to);
  else
    for (int i = c->inside0; i < c->inside1; i++)
      to[i] = from[c->index[i]];
}

void cells_fetch(const Frame *frame, int y, uint32_t *label, uint32_t *ghost) {
  const CytoScene *s = frame->scene;
  int64_t place = frame->y + y;
  fetch(frame, s->labels, s->label_pitch, place, label);
  if (frame->flagged & CYTO_LOOK_HIDDEN)
    for (int i = 0; i < frame->rect.width + 2; i++)
      if (label[i] && (flags_of(s, label[i]) & CYTO_LOOK_HIDDEN))
        label[i] = 0;
  if (!s->ghosts)
    return;
  fetch(frame, s->ghosts, s->ghost_pitch, place, ghost);
  for (int i = 0; i < frame->rect.width + 2; i++)
    if (ghost[i] && !(ghost[i] <= s->ghost_count && s->ghost_reason && s->ghost_reason[ghost[i]]))
      ghost[i] = 0;
}

/* How one cell looks: paint inside, on the stripes of a hatched one, and on its edge (0 = none). */
typedef struct Look {
  uint32_t label;
  uint32_t fill, stripe, line;
  bool hatched, selected;
} Look;

static Look look_of(const CytoScene *s, uint32_t label) {
  uint8_t flags = flags_of(s, label);
  bool known = s->colour && label <= s->cell_count;
  uint32_t colour =
      cyto_cell_colour(known ? s->colour[label] : cyto_colour_default(label, s->seed));
  uint32_t opacity = s->opacity;
  Look look = {.label = label, .selected = flags & CYTO_LOOK_SELECTED};
  look.line = s->outline_colour == CYTO_OUTLINE_OWN ? colour : s->outline_colour & 0xffffff;
  look.line = look.selected ? SELECTED_LINE : s->outlines ? 0xff000000 | look.line : 0;
  look.hatched = s->hatch && (flags & CYTO_LOOK_MANUAL) && !look.selected;
  if (flags & CYTO_LOOK_HOVER)
    colour = render_blend(colour, 0xffffff, 96) & 0xffffff;
  if (look.hatched)
    look.stripe = (opacity < 96 ? 96 : opacity) << 24 | colour;
  if (look.selected && s->masks)
    look.fill = (opacity < 128 ? 128 : opacity) << 24 | 0xffffff;
  else if (s->masks && opacity)
    look.fill = opacity << 24 | colour;
  return look;
}

/* Pixels of a row with their four neighbours; index 0 is the row's first column. */
typedef struct Around {
  const uint32_t *above, *at, *below;
} Around;

static bool on_edge(Around a, int i) {
  uint32_t label = a.at[i];
  return ((label ^ a.above[i]) | (label ^ a.below[i]) | (label ^ a.at[i - 1]) |
          (label ^ a.at[i + 1])) != 0;
}

/* Between two cells one of them has the line, so that it stays one pixel wide: the left one or the
 * upper one, unless the other is selected and has it all around. */
static bool has_line(const CytoScene *s, const Look *look, Around a, int i) {
  uint32_t label = a.at[i], right = a.at[i + 1], below = a.below[i];
  if (look->selected || !a.above[i] || !below || !a.at[i - 1] || !right)
    return true;
  return (right != label && !(flags_of(s, right) & CYTO_LOOK_SELECTED)) ||
         (below != label && !(flags_of(s, below) & CYTO_LOOK_SELECTED));
}

static bool paint_cells(const Frame *f, Around a, int y, uint32_t *paint) {
  Look look = {0};
  uint64_t step = (uint64_t)f->text_scale;
  uint32_t any = 0;
  for (int i = 0; i < f->rect.width; i++) {
    uint32_t label = a.at[i], p = 0;
    if (label) {
      if (label != look.label)
        look = look_of(f->scene, label);
      p = look.fill;
      if (look.hatched) {
        uint64_t diagonal = (uint64_t)(f->x + f->rect.x + i + f->y + y) / step;
        p = diagonal % 8 < 4 ? look.stripe : 0;
      }
      if (look.line && on_edge(a, i) && has_line(f->scene, &look, a, i))
        p = look.line;
    }
    paint[i] = p;
    any |= p;
  }
  return any != 0;
}

/* Dashes follow a pattern that is fixed to the picture and solid along no usual direction. */
static bool paint_ghosts(const Frame *f, Around a, int y, uint32_t *paint) {
  const CytoScene *s = f->scene;
  uint64_t step = (uint64_t)f->text_scale;
  bool any = false;
  for (int i = 0; i < f->rect.width; i++) {
    if (!a.at[i] || !on_edge(a, i))
      continue;
    uint64_t dash = (uint64_t)(f->x + f->rect.x + i + 2 * (f->y + y)) / step;
    if (dash % 8 >= 4)
      continue;
    unsigned reason = s->ghost_reason[a.at[i]];
    uint32_t colour = s->reason_colour ? s->reason_colour[reason] : cyto_reason_colour(reason);
    paint[i] = 0xff000000 | colour;
    any = true;
  }
  return any;
}

bool cells_row(const Frame *frame, Lines *lines, int y) {
  Around label = {lines->label[0] + 1, lines->label[1] + 1, lines->label[2] + 1};
  Around ghost = {lines->ghost[0] + 1, lines->ghost[1] + 1, lines->ghost[2] + 1};
  bool any = paint_cells(frame, label, y, lines->paint);
  if (frame->scene->ghosts)
    any |= paint_ghosts(frame, ghost, y, lines->paint);
  return any;
}
