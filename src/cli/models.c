#include "models.h"
#include "../cyto/base/text.h"
#include "commands.h"
#include "terminal.h"
#include <stdio.h>
#include <string.h>

static const char usage[] =
    "usage: cytoscribe models ACTION\n"
    "\n"
    "  list [--json]                  the models there are\n"
    "  info NAME|FILE [--json]        what a model is: network, diameter, data, licence\n"
    "  import FILE [--name NAME] [--size SIZE.npy] [--licence TEXT]\n"
    "                                 copies a model (PyTorch or safetensors) to your models\n"
    "  export NAME FILE [--f16]       writes FILE.pth for Cellpose, or FILE.safetensors\n"
    "  remove NAME                    deletes one of your models\n"
    "  fetch NAME [--url ADDRESS]     downloads one of Cellpose's models; nothing else in this\n"
    "                                 program uses the network\n"
    "\n"
    "Models come from the package, from your folder ($XDG_DATA_HOME/cytoscribe/models) and from\n"
    "Cellpose's ($CELLPOSE_LOCAL_MODELS_PATH or ~/.cellpose/models). Where one name occurs twice,\n"
    "package:NAME, user:NAME and cellpose:NAME tell them apart.\n";

typedef struct Action {
  const char *name;
  int words;           /* needed after the action */
  const char *options; /* accepted, each followed by a blank */
  bool (*run)(const CliModelArgs *args, CytoError *err);
} Action;

static const Action actions[] = {
    {"list", 0, "--json ", cli_models_list},
    {"info", 1, "--json ", cli_models_info},
    {"import", 1, "--name --size --licence ", cli_models_import},
    {"export", 2, "--f16 ", cli_models_export},
    {"remove", 1, "", cli_models_remove},
    {"fetch", 1, "--url ", cli_models_fetch},
};

static bool accepts(const Action *action, const char *option, size_t length) {
  const char *found = strstr(action->options, option);
  for (; found; found = strstr(found + 1, option))
    if (found[length] == ' ')
      return true;
  return false;
}

/* The place for the text of an option; NULL for one without. */
static const char **text_option(CliModelArgs *args, const char *option) {
  static const char *const names[] = {"--name", "--size", "--licence", "--url"};
  const char **slots[] = {&args->name, &args->size, &args->licence, &args->url};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(option, names[i]) == 0)
      return slots[i];
  return NULL;
}

/* One option at argv[*i], as "--name TEXT" or "--name=TEXT". */
static bool parse_option(const Action *action, int argc, char **argv, int *i, CliModelArgs *args,
                         CytoError *err) {
  char option[32];
  const char *equals = strchr(argv[*i], '=');
  size_t length = equals ? (size_t)(equals - argv[*i]) : strlen(argv[*i]);
  if (length >= sizeof option)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "models %s has no option %.40s", action->name,
                     argv[*i]);
  memcpy(option, argv[*i], length);
  option[length] = 0;
  if (strcmp(option, "--license") == 0)
    memcpy(option, "--licence", sizeof "--licence");
  if (!accepts(action, option, strlen(option)))
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "models %s has no option %s", action->name, option);
  const char **slot = text_option(args, option);
  if (!slot) {
    *(option[2] == 'j' ? &args->json : &args->f16) = true;
    return !equals || cyto_fail(err, CYTO_ERROR_ARGUMENT, "%s takes no value", option);
  }
  if (!equals && *i + 1 >= argc)
    return cyto_fail(err, CYTO_ERROR_ARGUMENT, "%s needs a value", option);
  *slot = equals ? equals + 1 : argv[++*i];
  return true;
}

static bool parse(const Action *action, int argc, char **argv, CliModelArgs *args, CytoError *err) {
  bool options = true;
  for (int i = 2; i < argc; i++) {
    if (options && strcmp(argv[i], "--") == 0) {
      options = false;
    } else if (options && argv[i][0] == '-' && argv[i][1]) {
      if (!parse_option(action, argc, argv, &i, args, err))
        return false;
    } else if (args->words == action->words) {
      return cyto_fail(err, CYTO_ERROR_ARGUMENT, "models %s: \"%s\" is one word too many",
                       action->name, argv[i]);
    } else {
      args->word[args->words++] = argv[i];
    }
  }
  return args->words == action->words ||
         cyto_fail(err, CYTO_ERROR_ARGUMENT, "models %s needs %s; see: cytoscribe models --help",
                   action->name, action->words == 2 ? "a model and a file" : "a model");
}

static int print_usage(void) {
  CytoStr text = {0};
  cyto_str_add(&text, usage);
  return cmd_print(&text);
}

int cli_models(int argc, char **argv) {
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
    if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
      return print_usage();
  if (argc < 2) {
    fputs(usage, stderr);
    return CLI_USAGE;
  }
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
    CytoError err = {0};
    CliModelArgs args = {0};
    if (strcmp(argv[1], actions[i].name) != 0)
      continue;
    bool understood = parse(&actions[i], argc, argv, &args, &err);
    if (understood && actions[i].run(&args, &err))
      return CLI_DONE;
    cli_say("cytoscribe: %s", err.text);
    return understood && err.code != CYTO_ERROR_ARGUMENT ? CLI_SOME_FAILED : CLI_USAGE;
  }
  cli_say("cytoscribe: models has no action \"%s\"; there are list, info, import, export, remove "
          "and fetch",
          argv[1]);
  return CLI_USAGE;
}
