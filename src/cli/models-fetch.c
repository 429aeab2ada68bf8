/* The network is another program's business: this one has no code that could reach it. */
#include "../cyto/base/file.h"
#include "../cyto/base/mem.h"
#include "../cyto/base/text.h"
#include "../cyto/seg/model-find.h"
#include "models.h"
#include <string.h>
#include <unistd.h>

#define PROGRAM "cytoscribe-fetch"
#define ADDRESS "https://www.cellpose.org/models/"

static bool is_known(const char *name) {
  const char *const *names = cyto_model_cellpose_names();
  for (size_t i = 0; names[i]; i++)
    if (strcmp(names[i], name) == 0)
      return true;
  return false;
}

static bool check_name(const char *name, CytoError *err) {
  if (strstr(name, "transformer"))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                     "%s is a transformer network, which cannot be run here", name);
  if (is_known(name))
    return true;
  CytoStr names = {0};
  for (const char *const *n = cyto_model_cellpose_names(); *n; n++)
    if (!strstr(*n, "transformer"))
      cyto_str_printf(&names, "%s%s", names.text ? ", " : "", *n);
  cyto_fail(err, CYTO_ERROR_ARGUMENT, "%s is not a model that can be fetched; there are %s", name,
            names.text ? names.text : "");
  cyto_str_clear(&names);
  return false;
}

/* Beside this program, where a build leaves it, or where an installation puts it. */
static char *find_program(void) {
  static const char *const places[] = {PROGRAM, "../fetch/" PROGRAM, "../libexec/" PROGRAM, NULL};
  return cyto_path_beside_program(places, cyto_path_is_program);
}

/* base + prefix + file + suffix, with one slash after the base. */
static char *join(const char *base, const char *prefix, const char *file, const char *suffix) {
  CytoStr out = {0};
  size_t n = strlen(base);
  cyto_str_printf(&out, "%s%s%s%s%s", base, n && base[n - 1] == '/' ? "" : "/", prefix, file,
                  suffix);
  return out.text;
}

/* Cellpose's own cell models have a size model beside them (§2.8). */
static bool has_size_model(const char *name) {
  static const char *const names[] = {"cyto", "cyto2", "cyto3", "nuclei"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(names[i], name) == 0)
      return true;
  return false;
}

bool cli_models_fetch(const CliModelArgs *args, CytoError *err) {
  const char *name = args->word[0], *base = args->url ? args->url : getenv("CYTOSCRIBE_MODELS_URL");
  if (!check_name(name, err))
    return false;
  if (!base || !*base)
    base = ADDRESS;
  CYTO_AUTOFREE char *program = find_program();
  CYTO_AUTOFREE char *folder = cyto_model_cellpose_folder();
  CYTO_AUTOFREE char *file = cyto_model_cellpose_file(name);
  if (!program)
    return cyto_fail(err, CYTO_ERROR_IO,
                     "the download program " PROGRAM
                     " is not installed beside cytoscribe. Download "
                     "%s%s yourself and bring it in with: cytoscribe models import FILE",
                     base, file ? file : name);
  if (!folder || !file)
    return cyto_fail(err, CYTO_ERROR_IO, "there is no folder for Cellpose's models: set HOME");
  CYTO_AUTOFREE char *url = join(base, "", file, "");
  CYTO_AUTOFREE char *path = join(folder, "", file, "");
  CYTO_AUTOFREE char *size_url = join(base, "size_", file, ".npy");
  CYTO_AUTOFREE char *size_path = join(folder, "size_", file, ".npy");
  if (!url || !path || !size_url || !size_path)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory");
  if (!cli_make_folders(folder, err))
    return false;
  char *argv[] = {program, url, path, has_size_model(name) ? size_url : NULL, size_path, NULL};
  execv(program, argv);
  return cyto_fail_errno(err, "start", program);
}
