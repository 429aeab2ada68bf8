/* Finding, opening and describing models (algorithm.md §2.6, 2.7, 1.15). */
#pragma once
#include "../net/unet.h"

typedef enum {
  CYTO_MODEL_PACKAGE,
  CYTO_MODEL_USER,
  CYTO_MODEL_CELLPOSE,
  CYTO_MODEL_FILE
} CytoModelOrigin;

typedef struct CytoModel {
  char *name, *path;
  CytoModelOrigin origin;
  CytoWeights *weights; /* card and size model; tensors are released after packing */
  size_t nets;          /* 1, or 4 when averaging */
  CytoUnet *net[4];
  double diam_mean;   /* what rescale aims at (§1.15) */
  double diam_labels; /* median diameter of the training labels; diam_mean when unknown */
} CytoModel;

/* A name (built-in, user's, Cellpose's, §2.6) or the path of a file. average = four networks where
 * all four files are there (§4.10). The error of an unknown name lists what is there. */
bool cyto_model_open(const char *name_or_path, bool average, CytoModel **out, CytoError *err);
/* The same with the threads of a job. */
bool cyto_model_open_job(const char *name_or_path, bool average, CytoModel **out, CytoJob *job,
                         CytoError *err);
void cyto_model_free(CytoModel *model);
CytoNetKind cyto_model_kind(const CytoModel *model);

typedef struct CytoModelEntry {
  char *name, *path;
  CytoModelOrigin origin;
} CytoModelEntry;
typedef struct CytoModelList {
  size_t count;
  CytoModelEntry *entry;
} CytoModelList;
/* Every model found, package first, then the user's, then Cellpose's; shadowed names dropped. */
bool cyto_model_list(CytoModelList *out, CytoError *err);
void cyto_model_list_clear(CytoModelList *list);

/* Folders (heap strings): where the package's models lie ($CYTOSCRIBE_MODELS, else found beside the
 * executable's source or install tree), and the user's ($XDG_DATA_HOME/cytoscribe/models). */
char *cyto_model_package_folder(void);
char *cyto_model_user_folder(void);
