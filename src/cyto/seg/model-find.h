/* The search behind model.h. */
#pragma once
#include "model.h"

/* As cyto_model_list; with shadowed_too a name may occur once for each origin. */
bool cyto_model_list_all(CytoModelList *out, bool shadowed_too, CytoError *err);

/* Heap string: file name without a model's ending ("a/my.net.pth" → "my.net"). */
char *cyto_model_name_of(const char *path);

/* $CELLPOSE_LOCAL_MODELS_PATH or ~/.cellpose/models; NULL without a home. Heap string. */
char *cyto_model_cellpose_folder(void);
/* Names of Cellpose's own models, NULL-ended, and the file of one (heap string). */
const char *const *cyto_model_cellpose_names(void);
char *cyto_model_cellpose_file(const char *name);

/* The entry a name or path stands for: a file, a name, or "user:name", "cellpose:name",
 * "package:name" where one name occurs twice. Freed with cyto_model_entry_clear. */
bool cyto_model_find(const char *name_or_path, CytoModelEntry *out, CytoError *err);
void cyto_model_entry_clear(CytoModelEntry *entry);

/* Reads the weights of an entry with its card and the size model in or beside the file (§2.8). */
bool cyto_model_read(const CytoModelEntry *entry, CytoWeights **out, CytoError *err);

/* What rescaling aims at (§1.15): for Cellpose's own models 30, or 17 for nuclei, whatever their
 * file says; else the file's value, where it has one. */
double cyto_model_diam_mean(const CytoModelEntry *entry, const CytoWeights *weights);

const char *cyto_model_origin_name(CytoModelOrigin origin); /* "package", "user", … */
