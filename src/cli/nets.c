#include "nets.h"
#include "terminal.h"

const char *cli_net_words(CytoNetKind kind) {
  static const char *const words[] = {
      "Cellpose (flows and cell probability)",
      "U-Net with two classes (background, cell)",
      "U-Net with three classes (background, cell, boundary)",
      "semantic U-Net (cell probability alone)",
      "not one that can segment",
  };
  return words[kind];
}

void cli_say_unused(const CliSettings *settings, const CytoModel *model) {
  static const char *const flows[] = {"flow_threshold", "niter", "no_interp", "max_size_fraction"};
  CytoNetKind kind = cyto_model_kind(model);
  CytoStr names = {0};
  if (kind == CYTO_NET_CELLPOSE)
    return;
  for (size_t i = 0; i < sizeof flows / sizeof *flows; i++)
    if (cli_given(settings, flows[i]))
      cyto_str_printf(&names, "%s--%s", names.length ? ", " : "", flows[i]);
  if (kind != CYTO_NET_SEMANTIC && cli_given(settings, "no_resample"))
    cyto_str_printf(&names, "%s--no_resample", names.length ? ", " : "");
  if (names.length && !names.failed)
    cli_say("%s: ignored; the model %s has no flows, it is a %s", names.text, model->name,
            cli_net_words(kind));
  cyto_str_clear(&names);
}
