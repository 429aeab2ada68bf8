#include "train.h"
#include "../cyto/base/mem.h"
#include "../cyto/seg/train.h"
#include <jansson.h>
#include <string.h>

void cli_args_free(char **args, int count) {
  for (int i = 0; i < count; i++)
    free(args[i]);
  free(args);
}

char *cli_train_model_path(const char *resume) {
  static const char ending[] = ".checkpoint";
  char *path = strdup(resume);
  if (path && cyto_has_suffix(path, ending))
    path[strlen(path) - (sizeof ending - 1)] = 0;
  return path;
}

static bool is_resume(const char *arg) {
  return strcmp(arg, "--resume") == 0 || strncmp(arg, "--resume=", 9) == 0;
}

/* How one call talks is no part of the training. */
static bool is_talk(const char *arg) {
  return strcmp(arg, "--quiet") == 0 || strcmp(arg, "--verbose") == 0;
}

static bool add(char **args, int *count, const char *text, CytoError *err) {
  args[*count] = cyto_strdup(text, err);
  return args[*count] && ++*count;
}

static bool add_new(int argc, char **argv, char **args, int *count, CytoError *err) {
  for (int i = 0; i < argc; i++) {
    if (is_resume(argv[i]))
      i += !argv[i][strlen("--resume")];
    else if (!add(args, count, argv[i], err))
      return false;
  }
  return true;
}

/* A text as JSON: a string, or its bytes where they are no UTF-8, as names of files may be. */
static json_t *from_text(const char *text) {
  json_t *string = json_string(text);
  if (string)
    return string;
  json_t *bytes = json_array();
  for (; *text; text++)
    json_array_append_new(bytes, json_integer((unsigned char)*text));
  return bytes;
}

static char *to_text(const json_t *kept, CytoError *err) {
  size_t n = json_array_size(kept);
  if (json_is_string(kept))
    return cyto_strdup(json_string_value(kept), err);
  char *text = n > 0 ? cyto_calloc(n + 1, 1, err) : NULL;
  for (size_t i = 0; text && i < n; i++)
    text[i] = (char)json_integer_value(json_array_get(kept, i));
  if (n == 0)
    cyto_fail(err, CYTO_ERROR_FORMAT, "the options in the checkpoint are damaged");
  return text;
}

/* What is new goes behind what was kept, so that it holds, but before "--" and folders behind it.
 */
static bool join(const json_t *kept, int argc, char **argv, char **args, int *count,
                 CytoError *err) {
  bool added = false;
  for (size_t i = 0; i < json_array_size(kept); i++) {
    CYTO_AUTOFREE char *text = to_text(json_array_get(kept, i), err);
    if (!text)
      return false;
    if (!added && strcmp(text, "--") == 0) {
      added = true;
      if (!add_new(argc, argv, args, count, err))
        return false;
    }
    if (!add(args, count, text, err))
      return false;
  }
  return added || add_new(argc, argv, args, count, err);
}

char *cli_train_note(int argc, char **argv) {
  json_auto_t *list = json_array();
  for (int i = 0; i < argc; i++) {
    if (is_resume(argv[i]))
      i += !argv[i][strlen("--resume")];
    else if (!is_talk(argv[i]))
      json_array_append_new(list, from_text(argv[i]));
  }
  return json_dumps(list, JSON_COMPACT);
}

bool cli_train_resumed(const char *resume, int argc, char **argv, char ***out, int *count,
                       CytoError *err) {
  CytoWeights *network = NULL;
  CYTO_AUTOFREE char *note = NULL;
  CYTO_AUTOFREE char *path = cli_train_model_path(resume);
  if (!path || !cyto_train_open(path, &network, &note, err))
    return false;
  cyto_weights_free(network);
  json_auto_t *kept = json_loads(note, 0, NULL);
  if (!json_is_array(kept) || json_array_size(kept) > 10000)
    return cyto_fail(err, CYTO_ERROR_FORMAT, "%s.checkpoint: it does not hold the options", path);
  char **args = cyto_calloc(json_array_size(kept) + (size_t)argc + 1, sizeof *args, err);
  int n = 0;
  if (!args)
    return false;
  if (!join(kept, argc, argv, args, &n, err)) {
    cli_args_free(args, n);
    return false;
  }
  *out = args;
  *count = n;
  return true;
}
