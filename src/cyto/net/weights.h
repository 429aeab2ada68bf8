/* What a model file holds, whatever its container. */
#pragma once
#include "../base/error.h"
#include <stdint.h>

typedef struct CytoTensor {
  char *name;    /* Cellpose's key, e.g. "downsample.down.res_down_0.conv.conv_0.2.weight" */
  unsigned ndim; /* 0..4 */
  size_t shape[4];
  bool integer;  /* an int64 counter (num_batches_tracked); stored in data all the same */
  float *data;   /* C order, owned by the weights */
  bool borrowed; /* data lies in the weights' file */
} CytoTensor;

/* Size model (§2.8): diameter = exp(A·(style − smean) + ln(diam_mean) + ymean). */
typedef struct CytoSizeModel {
  size_t n; /* length of the style vector, normally 256; 0 = no size model */
  double *a, *smean;
  double diam_mean, ymean;
} CytoSizeModel;

typedef struct CytoWeights {
  size_t count;
  CytoTensor *tensor;
  uint8_t *file;                 /* the model file as it was read, where tensors lie in it; owned */
  double diam_mean, diam_labels; /* not among the tensors; 0 when the file lacks them */
  CytoSizeModel size;
  bool has_thresholds; /* of a U-Net with classes, chosen in its training (§15.2) */
  double cell_threshold, boundary_threshold;
  /* Card, all may be NULL: */
  char *name, *description, *licence, *data, *training;
  char *format; /* "safetensors", "PyTorch zip", "PyTorch legacy" */
} CytoWeights;

/* Reads a model by its content: safetensors (f32, f16, f64), PyTorch zip or legacy checkpoint
 * (§2.2–2.5). A file that is something else is refused with what it is. */
bool cyto_weights_read(const char *path, CytoWeights **out, CytoError *err);
void cyto_weights_free(CytoWeights *weights);
/* The same for CYTO_CLEANUP. */
static inline void cyto_weights_drop(CytoWeights **weights) {
  cyto_weights_free(*weights);
}
/* Values of a tensor of weights that were read. */
size_t cyto_tensor_count(const CytoTensor *tensor);
/* A copy that shares nothing. */
bool cyto_weights_copy(const CytoWeights *from, CytoWeights **out, CytoError *err);
/* Frees the tensors; the card and the size model stay. */
void cyto_weights_release(CytoWeights *weights);
const CytoTensor *cyto_weights_find(const CytoWeights *weights, const char *name);

typedef enum { CYTO_SAVE_F32, CYTO_SAVE_F16 } CytoSavePrecision;
bool cyto_weights_write_safetensors(const CytoWeights *weights, const char *path,
                                    CytoSavePrecision precision, CytoError *err);
/* A zip checkpoint that torch.load(weights_only=True) and Cellpose 3 accept (§2.4). */
bool cyto_weights_write_torch(const CytoWeights *weights, const char *path, CytoError *err);

/* Size model in Cellpose's .npy layout. */
bool cyto_size_model_read(const char *path, CytoSizeModel *size, CytoError *err);
bool cyto_size_model_write(const CytoSizeModel *size, const char *path, CytoError *err);
void cyto_size_model_clear(CytoSizeModel *size);

/* Shape of a CPnet (§1): residual blocks, style, addition; or of a basic U-Net (§15.1): neither
 * residuals nor style, skips joined to the decoder's channels. levels = 4 normally. */
#define CYTO_MAX_LEVELS 8
typedef struct CytoLayout {
  size_t basic; /* 1 = a basic U-Net */
  size_t levels;
  size_t nbase[CYTO_MAX_LEVELS + 1]; /* nbase[0] = input channels */
  size_t nout;
} CytoLayout;
/* What the outputs of a network mean. */
typedef enum {
  CYTO_NET_CELLPOSE, /* flow Y, flow X, cell probability */
  CYTO_NET_UNET2,    /* background, cell (§15.2) */
  CYTO_NET_UNET3,    /* background, cell, boundary */
  CYTO_NET_SEMANTIC, /* cell probability alone */
  CYTO_NET_OTHER,
} CytoNetKind;
CytoNetKind cyto_layout_kind(const CytoLayout *layout);
/* "cellpose", "unet2", "unet3", "semantic", "other"; and back, CYTO_NET_OTHER for no such name. */
const char *cyto_net_name(CytoNetKind kind);
CytoNetKind cyto_net_named(const char *name);

/* Derives the layout and checks every tensor's presence and shape. Anything that is not such a
 * network (v4's SAM, a size model, …) is refused by its name. */
bool cyto_weights_layout(const CytoWeights *weights, CytoLayout *layout, CytoError *err);
