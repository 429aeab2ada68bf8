#include "../base/mem.h"
#include "../base/pickle.h"
#include "weights-private.h"
#include <string.h>

/* In the order of CytoStored, then what stands around tensors. */
const char *const cyto_torch_globals[] = {
    "torch FloatStorage",
    "torch DoubleStorage",
    "torch HalfStorage",
    "torch BFloat16Storage",
    "torch LongStorage",
    "torch IntStorage",
    "torch ShortStorage",
    "torch CharStorage",
    "torch ByteStorage",
    "torch BoolStorage",
    "collections OrderedDict",
    "torch._utils _rebuild_tensor",
    "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_parameter",
    "torch.nn.parameter Parameter",
    "torch Size",
    NULL,
};
#define STORAGES 10 /* of them are storage types */

static bool as_size(const CytoPkl *node, size_t *out) {
  if (!node || node->kind != CYTO_PKL_INT || node->big || node->integer < 0)
    return false;
  *out = (size_t)node->integer;
  return true;
}

/* ('storage', type, key, location, count[, view]) (§2.3, 2.5). */
bool cyto_parse_storage(const CytoPkl *persid, CytoStorage *out, CytoError *err) {
  const CytoPkl *id = persid->kind == CYTO_PKL_PERSID ? persid->item[0] : NULL;
  if (!id || id->kind != CYTO_PKL_TUPLE || id->count < 5 || id->item[2]->kind != CYTO_PKL_STR ||
      !as_size(id->item[4], &out->count) || out->count > SIZE_MAX / 8)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the description of a stored array is damaged");
  out->key = id->item[2]->text;
  out->view_offset = 0;
  const CytoPkl *view = id->count > 5 ? id->item[5] : NULL;
  if (view && view->kind == CYTO_PKL_TUPLE &&
      (view->count != 3 || !as_size(view->item[1], &out->view_offset) ||
       out->view_offset > out->count))
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the view of stored array %.40s is damaged", out->key);
  for (int i = 0; i < STORAGES; i++)
    if (cyto_pkl_is_global(id->item[1], cyto_torch_globals[i])) {
      out->kind = i == STORAGES - 1 ? CYTO_STORED_U8 : (CytoStored)i;
      return true;
    }
  return cyto_fail(err, CYTO_ERROR_UNSUPPORTED, "stored array %.40s is of an unknown type",
                   out->key);
}

/* The call that rebuilds a tensor, without the Parameter around it; NULL for anything else. */
static const CytoPkl *as_tensor(const CytoPkl *node) {
  for (int wrapped = 0; wrapped < 3; wrapped++) {
    if (node->kind != CYTO_PKL_OBJECT)
      return NULL;
    if (cyto_pkl_is_global(node->callable, "torch._utils _rebuild_tensor_v2") ||
        cyto_pkl_is_global(node->callable, "torch._utils _rebuild_tensor"))
      return node;
    if ((!cyto_pkl_is_global(node->callable, "torch._utils _rebuild_parameter") &&
         !cyto_pkl_is_global(node->callable, "torch.nn.parameter Parameter")) ||
        !node->args->count)
      return NULL;
    node = node->args->item[0];
  }
  return NULL;
}

/* size and stride are tuples of numbers; torch.Size is a tuple in an object. */
static const CytoPkl *as_tuple(const CytoPkl *node) {
  if (node->kind == CYTO_PKL_OBJECT && cyto_pkl_is_global(node->callable, "torch Size") &&
      node->args->count == 1)
    node = node->args->item[0];
  return node->kind == CYTO_PKL_TUPLE ? node : NULL;
}

typedef struct Strided {
  CytoStorage storage;
  size_t offset, stride[4], values;
} Strided;

/* Last value the strides reach; false when that is outside the storage. */
static bool check_reach(const CytoTensor *tensor, const Strided *s) {
  size_t last = s->offset, step;
  if (!cyto_add(last, s->storage.view_offset, &last))
    return false;
  for (unsigned i = 0; i < tensor->ndim && s->values; i++)
    if (!cyto_mul(tensor->shape[i] - 1, s->stride[i], &step) || !cyto_add(last, step, &last))
      return false;
  return !s->values || last < s->storage.count;
}

static bool parse_tensor(const CytoPkl *call, CytoTensor *tensor, Strided *s, size_t *total,
                         CytoError *err) {
  const CytoPkl *args = call->args;
  const CytoPkl *size = args->count >= 4 ? as_tuple(args->item[2]) : NULL;
  const CytoPkl *stride = size ? as_tuple(args->item[3]) : NULL;
  if (!stride || stride->count != size->count || !as_size(args->item[1], &s->offset))
    return cyto_fail(err, CYTO_ERROR_FORMAT, "the description of tensor \"%.80s\" is damaged",
                     tensor->name);
  if (size->count > 4)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "tensor \"%.80s\" has %zu dimensions; a CPnet has up to 4", tensor->name,
                     size->count);
  tensor->ndim = (unsigned)size->count;
  for (unsigned i = 0; i < tensor->ndim; i++)
    if (!as_size(size->item[i], &tensor->shape[i]) || !as_size(stride->item[i], &s->stride[i]))
      return cyto_fail(err, CYTO_ERROR_FORMAT, "the shape of tensor \"%.80s\" is damaged",
                       tensor->name);
  if (!cyto_parse_storage(args->item[0], &s->storage, err) ||
      !cyto_tensor_values(tensor, &s->values, total, err))
    return false;
  tensor->integer = cyto_stored_integer(s->storage.kind);
  return check_reach(tensor, s) ||
         cyto_fail(err, CYTO_ERROR_FORMAT,
                   "tensor \"%.80s\" reaches outside its stored array of %zu values", tensor->name,
                   s->storage.count);
}

static bool is_contiguous(const CytoTensor *tensor, const Strided *s) {
  size_t expected = 1;
  for (unsigned i = tensor->ndim; i-- > 0;) {
    if (tensor->shape[i] != 1 && s->stride[i] != expected)
      return false;
    expected *= tensor->shape[i];
  }
  return true;
}

static void gather(const CytoTensor *tensor, const Strided *s, const uint8_t *bytes) {
  size_t width = cyto_stored_size(s->storage.kind);
  const uint8_t *start = bytes + (s->offset + s->storage.view_offset) * width;
  if (is_contiguous(tensor, s)) {
    cyto_stored_decode(s->storage.kind, start, s->values, tensor->data);
    return;
  }
  for (size_t i = 0; i < s->values; i++) {
    size_t rest = i, at = 0;
    for (unsigned d = tensor->ndim; d-- > 0; rest /= tensor->shape[d])
      at += rest % tensor->shape[d] * s->stride[d];
    cyto_stored_decode(s->storage.kind, start + at * width, 1, tensor->data + i);
  }
}

static bool load_tensor(const CytoPkl *call, const CytoStateSource *source, CytoTensor *tensor,
                        size_t *total, CytoError *err) {
  Strided s = {0};
  const uint8_t *bytes;
  if (!parse_tensor(call, tensor, &s, total, err))
    return false;
  if (*total > source->max_values)
    return cyto_fail(err, CYTO_ERROR_FORMAT,
                     "with tensor \"%.80s\" it claims more values than its bytes can hold: it is "
                     "damaged",
                     tensor->name);
  if (!source->load(source->context, &s.storage, &bytes, err) ||
      !(tensor->data = cyto_alloc(s.values, sizeof *tensor->data, err)))
    return false;
  if (s.values)
    gather(tensor, &s, bytes);
  return true;
}

static bool holds_tensors(const CytoPkl *dict) {
  if (dict->kind != CYTO_PKL_DICT && dict->kind != CYTO_PKL_OBJECT)
    return false;
  for (size_t i = 0; i + 1 < dict->count; i += 2)
    if (as_tensor(dict->item[i + 1]))
      return true;
  return false;
}

/* The dictionary of tensors, or the one inside a training checkpoint. */
static const CytoPkl *find_dict(const CytoPkl *node) {
  static const char *const inside[] = {"state_dict", "model_state_dict", "model", "net"};
  for (int depth = 0; depth < 3; depth++) {
    const CytoPkl *inner = NULL;
    for (size_t i = 0; i < sizeof inside / sizeof *inside && !inner; i++)
      inner = cyto_pkl_get(node, inside[i]);
    if (!inner)
      break;
    node = inner;
  }
  return holds_tensors(node) ? node : NULL;
}

bool cyto_read_state_dict(const CytoPkl *root, const CytoStateSource *source, CytoWeights *weights,
                          CytoError *err) {
  const CytoPkl *dict = find_dict(root);
  if (!dict)
    return cyto_fail(err, CYTO_ERROR_UNSUPPORTED,
                     "a PyTorch file, but not a dictionary of tensors (a state dict)");
  CYTO_AUTOFREE const CytoPkl **call = cyto_alloc(dict->count / 2, sizeof *call, err);
  if (!call)
    return false;
  for (size_t i = 0; i + 1 < dict->count; i += 2) {
    const CytoPkl *key = dict->item[i], *tensor = as_tensor(dict->item[i + 1]);
    if (!tensor || key->kind != CYTO_PKL_STR)
      continue;
    if (!cyto_weights_add(weights, key->text, key->length, err))
      return false;
    call[weights->count - 1] = tensor;
  }
  if (!cyto_refuse_foreign_names(weights, err))
    return false;
  size_t total = 0;
  for (size_t i = 0; i < weights->count; i++)
    if (!load_tensor(call[i], source, &weights->tensor[i], &total, err))
      return false;
  return true;
}
