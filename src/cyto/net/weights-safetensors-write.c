#include "../base/mem.h"
#include "../base/text.h"
#include "weights-private.h"
#include <jansson.h>
#include <string.h>

/* What goes into the file, in its order. */
typedef struct Item {
  const char *name;
  unsigned ndim;
  const size_t *shape;
  CytoStored kind;
  size_t values;
  const float *f32;
  const double *f64;
} Item;

typedef struct Plan {
  Item *item;
  size_t count;
  size_t size_shape[1], one[1];
  float diameter[2];
} Plan;

/* Convolutions and dense layers shrink to 16 bits; the short vectors beside them cost nothing and
 * stay exact, and so does a tensor that half precision cannot hold. */
static bool wants_f16(const CytoTensor *tensor, size_t values, CytoError *err, bool *failed) {
  if (tensor->ndim < 2 || tensor->integer)
    return false;
  CYTO_AUTOFREE uint16_t *half = cyto_alloc(values, sizeof *half, err);
  *failed = *failed || !half;
  return half && cyto_to_f16(tensor->data, values, half);
}

static void add_f64(Plan *plan, const char *name, const double *x) {
  plan->item[plan->count++] = (Item){.name = name,
                                     .ndim = 1,
                                     .shape = plan->size_shape,
                                     .kind = CYTO_STORED_F64,
                                     .values = plan->size_shape[0],
                                     .f64 = x};
}

static void add_diameter(Plan *plan, const char *name, int k, double value) {
  plan->diameter[k] = (float)value;
  if (value > 0)
    plan->item[plan->count++] = (Item){.name = name,
                                       .ndim = 1,
                                       .shape = plan->one,
                                       .kind = CYTO_STORED_F32,
                                       .values = 1,
                                       .f32 = &plan->diameter[k]};
}

static bool make_plan(const CytoWeights *w, CytoSavePrecision precision, Plan *plan,
                      CytoError *err) {
  bool failed = false;
  if (!(plan->item = cyto_calloc(w->count + 4, sizeof *plan->item, err)))
    return false;
  plan->size_shape[0] = w->size.n;
  plan->one[0] = 1;
  if (w->size.n) {
    add_f64(plan, "size.A", w->size.a);
    add_f64(plan, "size.smean", w->size.smean);
  }
  add_diameter(plan, "diam_mean", 0, w->diam_mean);
  add_diameter(plan, "diam_labels", 1, w->diam_labels);
  for (size_t i = 0; i < w->count && !failed; i++) {
    const CytoTensor *t = &w->tensor[i];
    size_t values = cyto_tensor_count(t);
    CytoStored kind = t->integer ? CYTO_STORED_I64 : CYTO_STORED_F32;
    if (precision == CYTO_SAVE_F16 && wants_f16(t, values, err, &failed))
      kind = CYTO_STORED_F16;
    plan->item[plan->count++] = (Item){.name = t->name,
                                       .ndim = t->ndim,
                                       .shape = t->shape,
                                       .kind = kind,
                                       .values = values,
                                       .f32 = t->data};
  }
  return !failed;
}

static void put_text(json_t *meta, const char *key, const char *text) {
  if (text)
    json_object_set_new(meta, key, json_string(text));
}

static void put_number(json_t *meta, const char *key, double value) {
  char buffer[32];
  put_text(meta, key, cyto_format_double(value, buffer));
}

static json_t *metadata(const CytoWeights *w) {
  json_t *meta = json_object();
  CytoLayout layout;
  put_text(meta, "format", "pt");
  put_text(meta, "name", w->name);
  if (cyto_weights_layout(w, &layout, NULL)) {
    CytoStr nbase = {0};
    for (size_t i = 0; i <= layout.levels; i++)
      cyto_str_printf(&nbase, "%s%zu", i ? "," : "", layout.nbase[i]);
    put_text(meta, "nbase", nbase.text);
    cyto_str_clear(&nbase);
    put_number(meta, "nout", (double)layout.nout);
    if (layout.basic)
      put_text(meta, "net", cyto_net_name(cyto_layout_kind(&layout)));
  }
  if (w->diam_mean > 0)
    put_number(meta, "diam_mean", w->diam_mean);
  if (w->diam_labels > 0)
    put_number(meta, "diam_labels", w->diam_labels);
  if (w->size.n) {
    put_number(meta, "size.diam_mean", w->size.diam_mean);
    put_number(meta, "size.ymean", w->size.ymean);
  }
  if (w->has_thresholds) {
    put_number(meta, "cell_threshold", w->cell_threshold);
    put_number(meta, "boundary_threshold", w->boundary_threshold);
  }
  put_text(meta, "licence", w->licence);
  put_text(meta, "data", w->data);
  put_text(meta, "description", w->description);
  put_text(meta, "training", w->training);
  return meta;
}

/* The JSON header, padded with spaces so that the data begins at a multiple of eight. */
static char *make_header(const CytoWeights *w, const Plan *plan, size_t *length, CytoError *err) {
  static const char *const types[] = {"F32", "F64", "F16", "BF16", "I64"};
  json_auto_t *header = json_object();
  json_object_set_new(header, "__metadata__", metadata(w));
  size_t at = 0;
  for (size_t i = 0; i < plan->count; i++) {
    const Item *item = &plan->item[i];
    size_t bytes = item->values * cyto_stored_size(item->kind);
    json_t *shape = json_array();
    for (unsigned d = 0; d < item->ndim; d++)
      json_array_append_new(shape, json_integer((json_int_t)item->shape[d]));
    json_object_set_new(header, item->name,
                        json_pack("{s:s, s:o, s:[I,I]}", "dtype", types[item->kind], "shape", shape,
                                  "data_offsets", (json_int_t)at, (json_int_t)(at + bytes)));
    at += bytes;
  }
  CYTO_AUTOFREE char *text = json_dumps(header, JSON_COMPACT);
  char *padded = NULL;
  if (!text || json_object_size(header) != plan->count + 1) {
    cyto_fail(err, CYTO_ERROR_FORMAT, "the header of the model file could not be made");
    return NULL;
  }
  *length = (strlen(text) + 7) / 8 * 8;
  if ((padded = cyto_alloc(*length + 1, 1, err))) {
    memset(padded, ' ', *length);
    memcpy(padded, text, strlen(text));
  }
  return padded;
}

static void put_little_endian(uint8_t *out, uint64_t bits, size_t width) {
  for (size_t i = 0; i < width; i++)
    out[i] = (uint8_t)(bits >> (8 * i));
}

static uint64_t bits_of(const Item *item, size_t i) {
  uint64_t bits = 0;
  uint32_t word;
  uint16_t half;
  switch (item->kind) {
  case CYTO_STORED_F64:
    memcpy(&bits, &item->f64[i], sizeof bits);
    return bits;
  case CYTO_STORED_F16:
    cyto_to_f16(&item->f32[i], 1, &half);
    return half;
  case CYTO_STORED_I64:
    return (uint64_t)cyto_to_i64(item->f32[i]);
  default:
    memcpy(&word, &item->f32[i], sizeof word);
    return word;
  }
}

static bool write_item(FILE *stream, const Item *item) {
  uint8_t buffer[8192];
  size_t width = cyto_stored_size(item->kind), used = 0;
  for (size_t i = 0; i < item->values; i++) {
    put_little_endian(buffer + used, bits_of(item, i), width);
    used += width;
    if (used + 8 > sizeof buffer || i + 1 == item->values) {
      if (fwrite(buffer, 1, used, stream) != used)
        return false;
      used = 0;
    }
  }
  return true;
}

bool cyto_weights_write_safetensors(const CytoWeights *weights, const char *path,
                                    CytoSavePrecision precision, CytoError *err) {
  Plan plan = {0};
  size_t length;
  bool fine = make_plan(weights, precision, &plan, err);
  CYTO_AUTOFREE Item *items = plan.item;
  CYTO_AUTOFREE char *header = fine ? make_header(weights, &plan, &length, err) : NULL;
  CYTO_CLEANUP(cyto_writer_abort) CytoWriter writer = {0};
  if (!items || !header || !cyto_writer_begin(&writer, path, err))
    return false;
  uint8_t start[8];
  put_little_endian(start, length, 8);
  fine =
      fwrite(start, 1, 8, writer.stream) == 8 && fwrite(header, 1, length, writer.stream) == length;
  for (size_t i = 0; i < plan.count && fine; i++)
    fine = write_item(writer.stream, &items[i]);
  if (!fine)
    return cyto_fail_errno(err, "write", path);
  return cyto_writer_commit(&writer, err);
}
