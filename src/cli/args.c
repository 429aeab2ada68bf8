#include "args.h"
#include <string.h>

/* The option that arg names, by its whole name or a unique beginning. */
static const CliArg *find(const CliArg *table, const char *command, const char *arg, size_t length,
                          CytoError *err) {
  char name[64] = {0};
  const CliArg *found = NULL;
  size_t count = 0;
  for (size_t i = 0; i < length && i < sizeof name - 1; i++)
    name[i] = arg[i] == '-' ? '_' : arg[i];
  for (const CliArg *row = table; row->name && length < sizeof name; row++) {
    if (strncmp(row->name, name, length) != 0)
      continue;
    if (!row->name[length])
      return row;
    found = row;
    count++;
  }
  if (count == 1 && length > 0)
    return found;
  cyto_fail(err, CYTO_ERROR_ARGUMENT, "%s: %s option --%.*s; cytoscribe help %s lists them",
            command, count > 1 ? "several options begin like" : "there is no",
            (int)(length < 60 ? length : 60), arg, command);
  return NULL;
}

static bool store(const CliArg *row, const char *text, void *settings, CytoError *err) {
  void *slot = (char *)settings + row->offset;
  double number;
  int64_t whole;
  bool bounded = row->low < row->high;
  switch (row->kind) {
  case CLI_ARG_FLAG:
    *(bool *)slot = true;
    return true;
  case CLI_ARG_TEXT:
    *(const char **)slot = text;
    return true;
  case CLI_ARG_INT:
    if (!cyto_parse_int(text, &whole))
      return cyto_fail(err, CYTO_ERROR_ARGUMENT, "--%s expects a whole number, found \"%.100s\"",
                       row->name, text);
    if (bounded && ((double)whole < row->low || (double)whole > row->high))
      break;
    *(int64_t *)slot = whole;
    return true;
  case CLI_ARG_NUMBER:
    if (!cyto_parse_double(text, &number))
      return cyto_fail(err, CYTO_ERROR_ARGUMENT, "--%s expects a number, found \"%.100s\"",
                       row->name, text);
    if (bounded && (number < row->low || number > row->high))
      break;
    *(double *)slot = number;
    return true;
  }
  return cyto_fail(err, CYTO_ERROR_ARGUMENT, "--%s goes from %.15g to %.15g, found %.100s",
                   row->name, row->low, row->high, text);
}

static bool parse_one(const CliArg *table, const char *command, int argc, char **argv, int *i,
                      void *settings, CytoError *err) {
  const char *arg = argv[*i] + 2, *equals = strchr(arg, '='), *text = equals ? equals + 1 : NULL;
  size_t length = equals ? (size_t)(equals - arg) : strlen(arg);
  const CliArg *row = find(table, command, arg, length, err);
  if (!row)
    return false;
  if (row->kind == CLI_ARG_FLAG && text)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "--%s takes no value, found \"%.100s\"", row->name,
                     text);
  if (row->kind != CLI_ARG_FLAG && !text) {
    if (*i + 1 >= argc)
      return cyto_fail(err, CYTO_ERROR_ARGUMENT, "--%s expects a value: %s", row->name, row->value);
    text = argv[++*i];
  }
  return store(row, text, settings, err);
}

CliParsed cli_args_parse(const CliArg *table, const char *command, int argc, char **argv,
                         void *settings, int *words, CytoError *err) {
  bool options = true;
  *words = 0;
  for (int i = 1; i < argc; i++) {
    if (!options || argv[i][0] != '-' || !argv[i][1]) {
      argv[(*words)++] = argv[i];
    } else if (strcmp(argv[i], "--") == 0) {
      options = false;
    } else if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0) {
      return CLI_HELP;
    } else if (argv[i][1] != '-') {
      cyto_fail(err, CYTO_ERROR_ARGUMENT, "%s: there is no option %.60s", command, argv[i]);
      return CLI_WRONG;
    } else if (!parse_one(table, command, argc, argv, &i, settings, err)) {
      return CLI_WRONG;
    }
  }
  return CLI_PARSED;
}
