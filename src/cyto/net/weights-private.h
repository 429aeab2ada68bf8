/* Shared by the readers and writers of model files. */
#pragma once
#include "../base/file.h"
#include "weights.h"

/* Limits far above any CPnet (313 tensors, 6.6 million values). */
#define CYTO_MAX_TENSORS 8192
#define CYTO_MAX_VALUES ((size_t)1 << 28)

typedef enum {
  CYTO_STORED_F32,
  CYTO_STORED_F64,
  CYTO_STORED_F16,
  CYTO_STORED_BF16,
  CYTO_STORED_I64,
  CYTO_STORED_I32,
  CYTO_STORED_I16,
  CYTO_STORED_I8,
  CYTO_STORED_U8,
} CytoStored;

/* stored.c */
size_t cyto_stored_size(CytoStored kind);
bool cyto_stored_integer(CytoStored kind);
/* Whether values at src can be used where they lie. */
bool cyto_stored_native(CytoStored kind, const uint8_t *src);
/* n little-endian values at src, any alignment. */
void cyto_stored_decode(CytoStored kind, const uint8_t *src, size_t n, float *out);
void cyto_stored_decode_f64(CytoStored kind, const uint8_t *src, size_t n, double *out);
/* Round to nearest even; false when a finite value becomes infinite. */
bool cyto_to_f16(const float *x, size_t n, uint16_t *out);
int64_t cyto_to_i64(float value); /* a counter; 0 for what is not one */

/* weights.c: a tensor with its name alone ("module." is taken off); NULL = err is set. */
CytoTensor *cyto_weights_add(CytoWeights *weights, const char *name, size_t length, CytoError *err);
/* Number of values of a shape; false with err when it is absurd. *total is the running sum. */
bool cyto_tensor_values(const CytoTensor *tensor, size_t *values, size_t *total, CytoError *err);
/* Duplicate names refused; diam_mean and diam_labels moved from tensors to the fields. */
bool cyto_weights_finish(CytoWeights *weights, CytoError *err);

/* A model file that lies in memory: what cyto_weights_read does after reading. */
bool cyto_weights_parse(const uint8_t *data, size_t size, CytoWeights **out, CytoError *err);

/* foreign.c: false with a sentence that names what it is instead of a CPnet. */
bool cyto_refuse_foreign_names(const CytoWeights *weights, CytoError *err);
bool cyto_refuse_foreign_file(const uint8_t *data, size_t size, CytoError *err);

/* size-npy.c: a size model that lies in memory. */
bool cyto_size_model_parse(const uint8_t *data, size_t size, CytoSizeModel *out, CytoError *err);

/* The containers; each gets the whole file in memory and an empty CytoWeights to fill. */
bool cyto_is_safetensors(const uint8_t *data, size_t size);
bool cyto_is_torch_legacy(const uint8_t *data, size_t size);
bool cyto_read_safetensors(const CytoMap *map, CytoWeights *weights, CytoError *err);
bool cyto_read_torch_zip(const CytoMap *map, CytoWeights *weights, CytoError *err);
bool cyto_read_torch_legacy(const CytoMap *map, CytoWeights *weights, CytoError *err);

/* state-dict.c: the tensors of a PyTorch state dict as the pickle describes it (§2.3). */
typedef struct CytoStorage {
  const char *key;
  CytoStored kind;
  size_t count;       /* values */
  size_t view_offset; /* first value of a view into the storage (old legacy files) */
} CytoStorage;
typedef struct CytoStateSource {
  void *context;
  /* The bytes of a storage, count × size of them. */
  bool (*load)(void *context, const CytoStorage *storage, const uint8_t **bytes, CytoError *err);
  size_t max_values; /* all tensors together: what a file of this size can hold */
} CytoStateSource;
extern const char *const cyto_torch_globals[];
struct CytoPkl;
bool cyto_parse_storage(const struct CytoPkl *persid, CytoStorage *out, CytoError *err);
bool cyto_read_state_dict(const struct CytoPkl *root, const CytoStateSource *source,
                          CytoWeights *weights, CytoError *err);
