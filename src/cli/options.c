#include "options-private.h"
#include "../cyto/base/mem.h"
#include "../cyto/io/reader.h"
#include <string.h>

/* argparse's idea of an option: a dash and something that is neither a number nor has a blank. */
static bool looks_like_option(const char *arg) {
  double number;
  return arg[0] == '-' && arg[1] && !strchr(arg, ' ') && !cyto_parse_double(arg, &number);
}

static bool matches(const CliOption *option, unsigned command, unsigned versions, const char *name,
                    bool whole) {
  size_t n = strlen(name);
  return (option->commands & command) && (option->versions & versions) &&
         strncmp(option->name, name, n) == 0 && (!whole || !option->name[n]);
}

/* Options that begin with name; *first is one of them. */
static size_t count_prefixed(unsigned command, unsigned versions, const char *name,
                             const CliOption **first, CytoStr *names) {
  size_t found = 0;
  for (size_t k = 0; k < cli_option_count; k++) {
    if (!matches(&cli_options[k], command, versions, name, false))
      continue;
    *first = &cli_options[k];
    cyto_str_printf(names, "%s--%s", found++ ? ", " : "", cli_options[k].name);
  }
  return found;
}

/* Edit distance, for "did you mean"; names longer than the table are far away. */
static size_t distance(const char *a, const char *b) {
  size_t row[64], n = strlen(b);
  if (n >= 64)
    return SIZE_MAX;
  for (size_t j = 0; j <= n; j++)
    row[j] = j;
  for (size_t i = 0; a[i]; i++) {
    size_t corner = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < n; j++) {
      size_t change = corner + (a[i] != b[j]);
      corner = row[j + 1];
      size_t step = (row[j] < corner ? row[j] : corner) + 1;
      row[j + 1] = change < step ? change : step;
    }
  }
  return row[n];
}

static bool fail_unknown(unsigned command, const char *name, CytoError *err) {
  const CliOption *near = NULL;
  size_t best = 3;
  for (size_t k = 0; k < cli_option_count; k++) {
    if (strcmp(name, cli_options[k].name) == 0)
      return cyto_fail(err, CYTO_ERROR_ARGUMENT,
                       "--%s belongs to another command; see: cytoscribe help", name);
    size_t d = (cli_options[k].commands & command) ? distance(name, cli_options[k].name) : best;
    if (d < best) {
      best = d;
      near = &cli_options[k];
    }
  }
  if (near)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "unknown option --%.100s; did you mean --%s?", name,
                     near->name);
  return cyto_fail(err, CYTO_ERROR_ARGUMENT, "unknown option --%.100s", name);
}

/* The option a name or its unique beginning means. The flags of Cellpose 3 are looked at first, so
 * that what is short enough there is short enough here. */
static const CliOption *find_option(unsigned command, const char *name, CytoError *err) {
  for (size_t k = 0; k < cli_option_count; k++) {
    if (matches(&cli_options[k], command, ~0U, name, true))
      return &cli_options[k];
  }
  static const unsigned passes[] = {CLI_V3, ~0U};
  for (size_t p = 0; p < 2 && name[0]; p++) {
    CYTO_CLEANUP(cyto_str_clear) CytoStr names = {0};
    const CliOption *option = NULL;
    size_t found = count_prefixed(command, passes[p], name, &option, &names);
    if (found == 1)
      return option;
    if (found > 1) {
      cyto_fail(err, CYTO_ERROR_ARGUMENT, "--%.100s is short for several options: %s", name,
                names.failed ? "" : names.text);
      return NULL;
    }
  }
  fail_unknown(command, name, err);
  return NULL;
}

/* "--save-png=x" → option name "save_png" and value "x" (NULL without "="). */
static bool split_name(const char *arg, char name[64], const char **value, CytoError *err) {
  const char *text = arg + 2, *equals = strchr(text, '=');
  size_t n = equals ? (size_t)(equals - text) : strlen(text);
  if (n >= 64)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "unknown option %.100s", arg);
  for (size_t i = 0; i < n; i++)
    name[i] = text[i] == '-' ? '_' : text[i];
  name[n] = 0;
  *value = equals ? equals + 1 : NULL;
  return true;
}

/* What an option does in this command: segmentation has no use for the flags of training, and the
 * other way round. */
static CliEffect effect_in(const CliOption *option, unsigned command) {
  if (command & CLI_TRAIN)
    return option->commands & CLI_TRAIN ? CLI_SET
           : option->effect == CLI_SET  ? CLI_IGNORED
                                        : option->effect;
  return option->group == CLI_GROUP_TRAINING && option->effect == CLI_SET ? CLI_IGNORED
                                                                          : option->effect;
}

/* Acts on one option with its value; notes and refusals speak only when it is not the default. */
static CliParsed apply(const CliOption *option, unsigned command, const char *text,
                       const char *second, CliSettings *settings, CytoStr *notes, CytoError *err) {
  CliOption here = *option;
  here.effect = effect_in(option, command);
  if (option->effect == CLI_SHOW_HELP)
    return CLI_HELP;
  if (option->effect == CLI_SHOW_VERSION)
    return CLI_VERSION;
  if (!cli_store(&here, text, second, settings, err))
    return CLI_WRONG;
  size_t k = (size_t)(option - cli_options);
  settings->given[k / 64] |= UINT64_C(1) << (k % 64);
  if (here.effect == CLI_SET || cli_is_default(option, text))
    return CLI_PARSED;
  if (here.effect == CLI_IGNORED) {
    cyto_str_printf(notes, "--%s: %s\n", option->name,
                    option->note ? option->note : "ignored; it matters to segmentation alone");
    return CLI_PARSED;
  }
  cyto_fail(err, CYTO_ERROR_UNSUPPORTED, "--%s: %s", option->name, option->note);
  return CLI_WRONG;
}

/* One option at argv[*i]; moves *i over the values it takes. */
static CliParsed parse_option(int argc, char **argv, int *i, unsigned command,
                              CliSettings *settings, CytoStr *notes, CytoError *err) {
  char name[64];
  const char *text = NULL;
  if (!split_name(argv[*i], name, &text, err))
    return CLI_WRONG;
  const CliOption *option = find_option(command, name, err);
  if (!option)
    return CLI_WRONG;
  if (option->kind == CLI_FLAG && text) {
    cyto_fail(err, CYTO_ERROR_ARGUMENT, "--%s takes no value, found \"%.200s\"", option->name,
              text);
    return CLI_WRONG;
  }
  if (option->kind == CLI_SWITCH && !text && *i + 1 < argc && argv[*i + 1][0] &&
      strchr("01", argv[*i + 1][0]) && !argv[*i + 1][1])
    text = argv[++*i];
  int wanted =
      option->kind == CLI_PAIR ? 2 : option->kind != CLI_FLAG && option->kind != CLI_SWITCH;
  const char *values[2] = {text, NULL};
  for (int v = text ? 1 : 0; v < wanted; v++) {
    if (*i + 1 >= argc || looks_like_option(argv[*i + 1])) {
      cyto_fail(err, CYTO_ERROR_ARGUMENT, "--%s expects %s: %s", option->name,
                wanted == 2 ? "two values" : "a value", option->value ? option->value : "VALUE");
      return CLI_WRONG;
    }
    values[v] = argv[++*i];
  }
  return apply(option, command, values[0], values[1], settings, notes, err);
}

static bool set_defaults(CliSettings *settings, CytoError *err) {
  *settings = (CliSettings){
      .channel_axis = CYTO_AXIS_NONE, .z_axis = CYTO_AXIS_NONE, .norm_percentile = {1, 99}};
  for (size_t k = 0; k < cli_option_count; k++) {
    const CliOption *option = &cli_options[k];
    if (option->effect == CLI_SET && option->fallback && option->kind != CLI_PAIR &&
        !cli_store(option, option->fallback, NULL, settings, err))
      return false;
  }
  return true;
}

CliParsed cli_parse(int argc, char **argv, unsigned command, CliSettings *settings, CytoStr *notes,
                    CytoError *err) {
  if (!set_defaults(settings, err))
    return CLI_WRONG;
  CYTO_AUTOFREE const char **files = cyto_alloc((size_t)argc + 1, sizeof *files, err);
  if (!files)
    return CLI_WRONG;
  bool options_end = false;
  size_t n = 0;
  for (int i = 0; i < argc; i++) {
    if (options_end || !looks_like_option(argv[i])) {
      files[n++] = argv[i];
    } else if (strcmp(argv[i], "--") == 0) {
      options_end = true;
    } else if (strcmp(argv[i], "-h") == 0) {
      return CLI_HELP;
    } else if (argv[i][1] != '-') {
      cyto_fail(err, CYTO_ERROR_ARGUMENT, "unknown option %.100s", argv[i]);
      return CLI_WRONG;
    } else {
      CliParsed parsed = parse_option(argc, argv, &i, command, settings, notes, err);
      if (parsed != CLI_PARSED)
        return parsed;
    }
  }
  if (!cli_check(settings, notes, err))
    return CLI_WRONG;
  settings->files = cyto_steal(&files);
  settings->n_files = n;
  return CLI_PARSED;
}

void cli_settings_clear(CliSettings *settings) {
  free(settings->files);
  settings->files = NULL;
  settings->n_files = 0;
}

bool cli_given(const CliSettings *settings, const char *name) {
  for (size_t k = 0; k < cli_option_count; k++) {
    if (strcmp(cli_options[k].name, name) == 0)
      return settings->given[k / 64] >> (k % 64) & 1;
  }
  return false;
}
