#include "args.h"
#include "help.h"
#include "../cyto/base/mem.h"

/* roff reads \ as an escape and . or ' at the start of a line as a request. */
static void add_text(CytoStr *out, const char *text) {
  if (*text == '.' || *text == '\'')
    cyto_str_add(out, "\\&");
  for (const char *p = text; *p; p++) {
    if (*p == '\\')
      cyto_str_add(out, "\\e");
    else if (*p == '-')
      cyto_str_add(out, "\\-");
    else
      cyto_str_add_bytes(out, p, 1);
  }
}

static void add_option(CytoStr *out, const CliOption *option) {
  cyto_str_add(out, ".TP\n\\fB");
  CYTO_CLEANUP(cyto_str_clear) CytoStr name = {0};
  cyto_str_printf(&name, "--%s", option->name);
  add_text(out, name.text ? name.text : "");
  cyto_str_add(out, "\\fR");
  if (option->value) {
    cyto_str_add(out, " \\fI");
    add_text(out, option->value);
    cyto_str_add(out, "\\fR");
  }
  cyto_str_add(out, "\n");
  add_text(out, option->text ? option->text : option->note);
  if (option->text && option->fallback && option->fallback[0]) {
    cyto_str_add(out, " (default: ");
    add_text(out, option->fallback);
    cyto_str_add(out, ")");
  }
  cyto_str_add(out, "\n");
}

static void add_commands(CytoStr *out) {
  cyto_str_add(out, ".SH COMMANDS\n");
  for (const CliCommand *command = cli_commands; command->name; command++) {
    cyto_str_add(out, ".TP\n\\fBcytoscribe\\fR ");
    add_text(out, command->usage);
    cyto_str_add(out, "\n");
    add_text(out, command->text);
    cyto_str_add(out, ".\n");
    if (command->more) {
      add_text(out, command->more);
      cyto_str_add(out, "\n");
    }
    if (command->args)
      cyto_str_add(out, ".RS\n");
    for (const CliArg *arg = command->args; arg && arg->name; arg++)
      add_option(out, &(CliOption){.name = arg->name, .value = arg->value, .text = arg->text});
    if (command->args)
      cyto_str_add(out, ".RE\n");
  }
}

void cli_manpage(CytoStr *out) {
  cyto_str_add(out, ".TH CYTOSCRIBE 1 \"\" \"Cytoscribe " CYTOSCRIBE_VERSION
                    "\" \"User Commands\"\n.SH NAME\ncytoscribe \\- find cells in microscope "
                    "images\n.SH SYNOPSIS\n");
  for (const CliCommand *command = cli_commands; command->name; command++) {
    cyto_str_add(out, ".B cytoscribe\n");
    add_text(out, command->usage);
    cyto_str_add(out, "\n.br\n");
  }
  cyto_str_add(out, ".B cytoscribe\n\\-\\-dir FOLDER [OPTION]...\n.SH DESCRIPTION\n");
  add_text(out, cli_about);
  cyto_str_add(out, "\n.PP\n");
  add_text(out, cli_files);
  cyto_str_add(out, "\n");
  add_commands(out);
  cyto_str_add(out, ".SH OPTIONS\nOf \\fBsegment\\fR and of the call without a command.\n");
  for (CliGroup group = 0; group < CLI_GROUPS; group++) {
    cyto_str_add(out, ".SS ");
    add_text(out, cli_group_titles[group]);
    cyto_str_add(out, "\n");
    for (size_t k = 0; k < cli_option_count; k++) {
      if (cli_options[k].group == group)
        add_option(out, &cli_options[k]);
    }
  }
  cyto_str_add(out, ".SH EXIT STATUS\n");
  add_text(out, cli_exit_codes);
  cyto_str_add(out, "\n.SH ENVIRONMENT\n.TP\nCYTOSCRIBE_MODELS\nfolder of the models that come "
                    "with the program\n.TP\nCELLPOSE_LOCAL_MODELS_PATH\nfolder where Cellpose "
                    "keeps its models\n.TP\nCYTOSCRIBE_KERNEL\navx512, avx2 or portable: the "
                    "instructions the network uses, in place of the fastest ones this processor "
                    "has\n.SH EXAMPLES\n");
  for (const CliExample *example = cli_examples; example->command; example++) {
    cyto_str_add(out, ".TP\n");
    add_text(out, example->command);
    cyto_str_add(out, "\n");
    add_text(out, example->text);
    cyto_str_add(out, "\n");
  }
}
