#include "npy.h"
#include "../base/mem.h"
#include "axes.h"
#include "format.h"
#include <string.h>

typedef struct Header {
  const char *p, *end;
} Header;

static void blanks(Header *h) {
  while (h->p < h->end && memchr(" \t\r\n", *h->p, 4))
    h->p++;
}

static bool take(Header *h, char c) {
  blanks(h);
  if (h->p >= h->end || *h->p != c)
    return false;
  h->p++;
  return true;
}

/* A quoted word without escapes. */
static bool word(Header *h, const char **text, size_t *length) {
  blanks(h);
  if (h->p >= h->end || (*h->p != '\'' && *h->p != '"'))
    return false;
  const char *close = memchr(h->p + 1, *h->p, (size_t)(h->end - h->p - 1));
  if (!close)
    return false;
  *text = h->p + 1;
  *length = (size_t)(close - *text);
  h->p = close + 1;
  return true;
}

static bool is(const char *text, size_t length, const char *expected) {
  return length == strlen(expected) && memcmp(text, expected, length) == 0;
}

static bool number(Header *h, size_t *value) {
  blanks(h);
  const char *start = h->p;
  *value = 0;
  while (h->p < h->end && *h->p >= '0' && *h->p <= '9') {
    size_t digit = (size_t)(*h->p++ - '0');
    if (!cyto_mul(*value, 10, value) || !cyto_add(*value, digit, value))
      return false;
  }
  return h->p > start;
}

static bool parse_shape(Header *h, CytoNpy *npy, CytoError *err) {
  bool ok = take(h, '(');
  npy->count = 1;
  while (ok && !take(h, ')')) {
    size_t n;
    if (npy->ndim == CYTO_NPY_AXES)
      return cyto_fail(err, CYTO_ERROR_UNSUPPORTED, "the array has more than %d axes",
                       CYTO_NPY_AXES);
    ok = number(h, &n);
    if (ok && h->p < h->end && *h->p == 'L') /* written by Python 2 */
      h->p++;
    if (ok && !cyto_mul(npy->count, n, &npy->count))
      return cyto_fail(err, CYTO_ERROR_LIMIT, "the array claims more elements than memory holds");
    if (ok)
      npy->shape[npy->ndim++] = n;
    if (ok && !take(h, ',')) {
      ok = take(h, ')');
      break;
    }
  }
  return ok || cyto_fail(err, CYTO_ERROR_FORMAT, "the header has no readable shape");
}

static bool parse_descr(const char *text, size_t length, CytoNpy *npy, CytoError *err) {
  if (length >= 2 && text[0] == '|' && text[1] == 'O') {
    npy->object = true;
    return true;
  }
  const char *p = text, *end = text + length;
  bool big = p < end && *p == '>';
  bool native_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
  bool ordered = p < end && (*p == '<' || *p == '>');
  if (p < end && memchr("<>|=", *p, 4))
    p++;
  char kind = p < end ? *p++ : 0;
  unsigned width = p + 1 == end && *p >= '1' && *p <= '8' ? (unsigned)(*p - '0') : 0;
  bool power = width == 1 || width == 2 || width == 4 || width == 8;
  bool known = (kind == 'b' && width == 1) || ((kind == 'u' || kind == 'i') && power) ||
               (kind == 'f' && power && width > 1);
  if (!known)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "the array's type is '%.*s'; only whole numbers, float16, float32 and float64 "
                     "can be read as an image",
                     length > 40 ? 40 : (int)length, text);
  npy->kind = kind == 'f' ? CYTO_SAMPLE_FLOAT : kind == 'i' ? CYTO_SAMPLE_INT : CYTO_SAMPLE_UINT;
  npy->bits = 8 * width;
  npy->swap = ordered && width > 1 && big != native_big;
  return true;
}

static bool parse_value(Header *h, const char *key, size_t length, CytoNpy *npy, unsigned *seen,
                        CytoError *err) {
  const char *text;
  size_t n;
  if (is(key, length, "shape")) {
    *seen |= 1;
    npy->ndim = 0;
    return parse_shape(h, npy, err);
  }
  if (is(key, length, "fortran_order")) {
    blanks(h);
    bool yes = h->end - h->p >= 4 && memcmp(h->p, "True", 4) == 0;
    bool no = h->end - h->p >= 5 && memcmp(h->p, "False", 5) == 0;
    h->p += yes ? 4 : no ? 5 : 0;
    npy->fortran = yes;
    *seen |= 2;
    return yes || no ||
           cyto_fail(err, CYTO_ERROR_FORMAT, "the header's fortran_order is unreadable");
  }
  if (!is(key, length, "descr"))
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the header has the unknown entry '%.*s'",
                     length > 40 ? 40 : (int)length, key);
  *seen |= 4;
  if (!word(h, &text, &n))
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "this is a table of records (a structured array), not an image");
  return parse_descr(text, n, npy, err);
}

static bool parse_header(Header *h, CytoNpy *npy, CytoError *err) {
  unsigned seen = 0;
  bool ok = take(h, '{');
  while (ok && !take(h, '}')) {
    const char *key;
    size_t length;
    ok = word(h, &key, &length) && take(h, ':');
    if (ok && !parse_value(h, key, length, npy, &seen, err))
      return false;
    if (ok && !take(h, ',')) {
      ok = take(h, '}');
      break;
    }
  }
  if (!ok || seen != 7)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the .npy header is damaged");
  return true;
}

bool cyto_npy_parse(const uint8_t *data, size_t size, CytoNpy *out, CytoError *err) {
  if (size < 12 || memcmp(data, "\x93NUMPY", 6) != 0)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "not a .npy file");
  if (data[6] < 1 || data[6] > 3)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED, "version %d of the .npy format is not known",
                     data[6]);
  size_t start = data[6] == 1 ? 10 : 12;
  size_t length = (size_t)data[8] | (size_t)data[9] << 8;
  if (data[6] > 1)
    length |= (size_t)data[10] << 16 | (size_t)data[11] << 24;
  if (length > size - start)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the file ends inside its header");
  Header header = {(const char *)data + start, (const char *)data + start + length};
  CytoNpy npy = {0};
  if (!parse_header(&header, &npy, err))
    return false;
  npy.data = data + start + length;
  npy.size = size - start - length;
  size_t need;
  if (!npy.object && (!cyto_mul(npy.count, npy.bits / 8, &need) || need > npy.size)) {
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "the file is cut short: its header announces %zu numbers of %u bytes, but "
                     "only %zu bytes follow",
                     npy.count, npy.bits / 8, npy.size);
  }
  *out = npy;
  return true;
}

/* Copies rows along the file's fastest axis to where the layout puts them. */
static bool copy_elements(const CytoNpy *npy, const CytoLayout *layout, CytoImage *image,
                          CytoJob *job, CytoError *err) {
  unsigned order[CYTO_MAX_AXES], n = layout->ndim; /* slowest first */
  size_t at[CYTO_MAX_AXES] = {0}, size = cyto_dtype_size(layout->dtype);
  for (unsigned i = 0; i < n; i++)
    order[i] = npy->fortran ? n - 1 - i : i;
  unsigned fast = order[n - 1];
  size_t row = layout->shape[fast], rows = npy->count / row;
  CYTO_AUTOFREE char *numbers = cyto_alloc(row, size, err);
  if (!numbers)
    return false;
  for (size_t r = 0; r < rows; r++) {
    if (r % 1024 == 0 && !cyto_job_step(job, "reading", r, rows, err))
      return false;
    size_t offset = 0;
    for (unsigned i = 0; i + 1 < n; i++)
      offset += at[order[i]] * layout->stride[order[i]];
    cyto_samples_unpack(npy->data + r * row * (npy->bits / 8), row, npy->kind, npy->bits, npy->swap,
                        numbers);
    cyto_scatter((char *)image->data + offset * size, layout->stride[fast], numbers, 1, row, size);
    for (unsigned i = n - 1; i-- > 0;) {
      if (++at[order[i]] < layout->shape[order[i]])
        break;
      at[order[i]] = 0;
    }
  }
  return true;
}

bool cyto_npy_read(const CytoBytes *bytes, const CytoReadOptions *options, CytoImage **out,
                   CytoJob *job, CytoError *err) {
  CytoNpy npy;
  if (!cyto_npy_parse(bytes->data, bytes->size, &npy, err))
    return false;
  if (npy.object)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "this .npy holds Python objects (a segmentation result such as _seg.npy?), "
                     "not an image");
  CytoLayout layout = {.ndim = npy.ndim};
  memcpy(layout.shape, npy.shape, sizeof npy.shape);
  memset(layout.axes, '?', npy.ndim);
  cyto_sample_dtype(npy.kind, npy.bits, &layout.dtype);
  CYTO_CLEANUP(cyto_image_drop) CytoImage *image = NULL;
  if (!cyto_layout_resolve(&layout, options, err) ||
      !cyto_layout_image(&layout, options->max_memory, &image, err) ||
      !copy_elements(&npy, &layout, image, job, err))
    return false;
  *out = cyto_steal(&image);
  return true;
}
