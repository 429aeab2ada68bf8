#include "inputs.h"
#include "save.h"
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "../cyto/io/listing.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>

void cli_inputs_clear(CliInputs *inputs) {
  for (size_t i = 0; i < inputs->count; i++) {
    free(inputs->path[i]);
    free(inputs->refused[i]);
  }
  free(inputs->path);
  free(inputs->refused);
  *inputs = (CliInputs){0};
}

/* refused may be NULL. */
static bool add_path(CliInputs *inputs, const char *path, const char *refused, CytoError *err) {
  CYTO_AUTOFREE char *copy = cyto_strdup(path, err);
  CYTO_AUTOFREE char *reason = copy && refused ? cyto_strdup(refused, err) : NULL;
  size_t n = inputs->count + 1;
  char **paths = copy ? cyto_realloc(inputs->path, n, sizeof *paths, err) : NULL;
  if (!paths)
    return false;
  inputs->path = paths;
  char **reasons = cyto_realloc(inputs->refused, n, sizeof *reasons, err);
  if (!reasons || (refused && !reason))
    return false;
  inputs->refused = reasons;
  inputs->path[inputs->count] = cyto_steal(&copy);
  inputs->refused[inputs->count++] = cyto_steal(&reason);
  return true;
}

static bool add_folder(CliInputs *inputs, const char *folder, const CliSettings *settings,
                       CytoError *err) {
  CYTO_CLEANUP(cyto_file_list_clear) CytoFileList list = {0};
  CytoListOptions options = {.img_filter = *settings->img_filter ? settings->img_filter : NULL,
                             .mask_filter = settings->mask_filter,
                             .one_level_down = settings->look_one_level_down};
  if (!cyto_list_folder(folder, &options, &list, err))
    return false;
  for (size_t i = 0; i < list.count; i++) {
    if (!add_path(inputs, list.path[i], NULL, err))
      return false;
  }
  return true;
}

/* A folder without images is an error when it is all there is, else one failure among others. */
static bool add_named(CliInputs *inputs, const char *path, bool alone, const CliSettings *settings,
                      CytoError *err) {
  CytoError empty = {0};
  if (!cyto_path_is_folder(path))
    return add_path(inputs, path, NULL, err);
  if (add_folder(inputs, path, settings, &empty))
    return true;
  return alone ? cyto_fail(err, empty.code, "%s", empty.text)
               : add_path(inputs, path, empty.text, err);
}

static bool collect(const CliSettings *s, CliInputs *inputs, CytoError *err) {
  if (s->dir && *s->dir && !add_folder(inputs, s->dir, s, err))
    return false;
  if (s->image_path && *s->image_path && !add_path(inputs, s->image_path, NULL, err))
    return false;
  for (size_t i = 0; i < s->n_files; i++) {
    if (!add_named(inputs, s->files[i], s->n_files == 1 && !inputs->count, s, err))
      return false;
  }
  return true;
}

/* The one name of a file: links of its folder resolved, whether or not the file is there. */
static char *real_name(const char *path) {
  char resolved[PATH_MAX];
  if (realpath(path, resolved))
    return strdup(resolved);
  CYTO_AUTOFREE char *folder = cyto_path_folder(path);
  if (!folder || !realpath(folder, resolved))
    return strdup(path);
  return cyto_path_join(resolved, cyto_path_name(path));
}

/* A name on disk that an image stands for: the image itself, or a file it will write. */
typedef struct Claim {
  char *name;
  size_t image;
  bool input;
} Claim;

typedef struct Claims {
  size_t count;
  Claim *claim;
} Claims;

static void claims_clear(Claims *claims) {
  for (size_t i = 0; i < claims->count; i++)
    free(claims->claim[i].name);
  free(claims->claim);
}

static int compare_claims(const void *a, const void *b) {
  const Claim *x = a, *y = b;
  int order = strcmp(x->name, y->name);
  if (order == 0)
    order = (int)y->input - (int)x->input;
  return order ? order : (x->image > y->image) - (x->image < y->image);
}

static bool refuse(CliInputs *inputs, size_t image, const char *text, CytoError *err) {
  if (!inputs->refused[image])
    inputs->refused[image] = cyto_strdup(text, err);
  return inputs->refused[image] != NULL;
}

static bool add_claim(Claims *claims, const char *path, size_t image, bool input, CytoError *err) {
  char *name = real_name(path);
  if (!name)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory while listing images");
  claims->claim[claims->count++] = (Claim){name, image, input};
  return true;
}

static bool claim_outputs(const CliSettings *settings, CliInputs *inputs, size_t image,
                          Claims *claims, CytoError *err) {
  CytoOutputPlan plan = cli_output_plan(settings);
  for (CytoOutputKind kind = 0; kind <= CYTO_OUTPUT_FLOW_FIELD; kind++) {
    CYTO_AUTOFREE char *path = NULL;
    CytoError own = {0};
    if (!cli_wants(settings, kind))
      continue;
    if (!cyto_output_path(&plan, inputs->path[image], kind, &path, &own))
      return refuse(inputs, image, own.text, err);
    if (!add_claim(claims, path, image, false, err))
      return false;
  }
  return true;
}

/* Images named twice are worked on once. */
static void drop_repeated(CliInputs *inputs, const Claims *claims) {
  for (size_t i = 1; i < claims->count; i++) {
    const Claim *claim = &claims->claim[i];
    if (claim->input && claim[-1].input && strcmp(claim->name, claim[-1].name) == 0) {
      free(cyto_steal(&inputs->path[claim->image]));
      free(cyto_steal(&inputs->refused[claim->image]));
    }
  }
  size_t kept = 0;
  for (size_t i = 0; i < inputs->count; i++) {
    if (!inputs->path[i])
      continue;
    inputs->refused[kept] = inputs->refused[i];
    inputs->path[kept++] = inputs->path[i];
  }
  inputs->count = kept;
}

static bool remove_repeated(CliInputs *inputs, CytoError *err) {
  CYTO_CLEANUP(claims_clear) Claims claims = {0};
  claims.claim = cyto_alloc(inputs->count, sizeof *claims.claim, err);
  if (!claims.claim)
    return false;
  for (size_t i = 0; i < inputs->count; i++) {
    if (!add_claim(&claims, inputs->path[i], i, true, err))
      return false;
  }
  qsort(claims.claim, claims.count, sizeof *claims.claim, compare_claims);
  drop_repeated(inputs, &claims);
  return true;
}

/* The first claim on a name holds; whoever else would write that name is refused. */
static bool refuse_clashes(const CliSettings *settings, CliInputs *inputs, CytoError *err) {
  CYTO_CLEANUP(claims_clear) Claims claims = {0};
  claims.claim =
      cyto_alloc(inputs->count, (CYTO_OUTPUT_FLOW_FIELD + 2) * sizeof *claims.claim, err);
  if (!claims.claim)
    return false;
  for (size_t i = 0; i < inputs->count; i++) {
    if (inputs->refused[i])
      continue;
    if (!add_claim(&claims, inputs->path[i], i, true, err) ||
        !claim_outputs(settings, inputs, i, &claims, err))
      return false;
  }
  qsort(claims.claim, claims.count, sizeof *claims.claim, compare_claims);
  for (size_t i = 1, first = 0; i < claims.count; i++) {
    const Claim *holder = &claims.claim[first], *claim = &claims.claim[i];
    if (strcmp(claim->name, holder->name) != 0) {
      first = i;
    } else if (claim->image != holder->image || claim->input != holder->input) {
      char text[600];
      snprintf(text, sizeof text, "not segmented, because its results would replace %s%.400s",
               holder->input ? "the image " : "those of ", inputs->path[holder->image]);
      if (!refuse(inputs, claim->image, text, err))
        return false;
    }
  }
  return true;
}

bool cli_inputs_find(const CliSettings *settings, CliInputs *inputs, CytoError *err) {
  return collect(settings, inputs, err) && remove_repeated(inputs, err) &&
         refuse_clashes(settings, inputs, err);
}
