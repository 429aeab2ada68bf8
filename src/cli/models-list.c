#include "../cyto/base/mem.h"
#include "../cyto/base/text.h"
#include "../cyto/seg/model-find.h"
#include "commands.h"
#include "models.h"
#include "nets.h"
#include "terminal.h"
#include <jansson.h>
#include <math.h>
#include <string.h>

static bool print_json(json_t *json, CytoError *err) {
  CYTO_AUTOFREE char *text = json_dumps(json, JSON_INDENT(2));
  CytoStr out = {0};
  if (!text)
    return cyto_fail(err, CYTO_ERROR_MEMORY, "out of memory");
  cyto_str_printf(&out, "%s\n", text);
  return cmd_print(&out) == CLI_DONE || cyto_fail(err, CYTO_ERROR_IO, "nothing was printed");
}

static bool print_text(CytoStr *out, CytoError *err) {
  return cmd_print(out) == CLI_DONE || cyto_fail(err, CYTO_ERROR_IO, "nothing was printed");
}

/* A name that an earlier one hides is shown with its origin in front. */
static bool is_hidden(const CytoModelList *list, size_t i) {
  for (size_t k = 0; k < i; k++)
    if (strcmp(list->entry[k].name, list->entry[i].name) == 0)
      return true;
  return false;
}

static void full_name(const CytoModelList *list, size_t i, CytoStr *out) {
  const CytoModelEntry *e = &list->entry[i];
  if (is_hidden(list, i))
    cyto_str_printf(out, "%s:", cyto_model_origin_name(e->origin));
  cli_add_printable(out, e->name);
}

static bool list_json(const CytoModelList *list, CytoError *err) {
  json_auto_t *array = json_array();
  for (size_t i = 0; i < list->count; i++) {
    CYTO_CLEANUP(cyto_str_clear) CytoStr name = {0};
    full_name(list, i, &name);
    json_array_append_new(array, json_pack("{s:s*, s:s, s:s*}", "name", name.text, "origin",
                                           cyto_model_origin_name(list->entry[i].origin), "path",
                                           list->entry[i].path));
  }
  return print_json(array, err);
}

bool cli_models_list(const CliModelArgs *args, CytoError *err) {
  CYTO_CLEANUP(cyto_model_list_clear) CytoModelList list = {0};
  if (!cyto_model_list_all(&list, true, err))
    return false;
  if (args->json)
    return list_json(&list, err);
  CytoStr out = {0};
  size_t width = 4;
  for (size_t i = 0; i < list.count; i++) {
    CYTO_CLEANUP(cyto_str_clear) CytoStr name = {0};
    full_name(&list, i, &name);
    size_t columns = name.text ? cli_columns(name.text) : 0;
    width = columns > width ? columns : width;
  }
  for (size_t i = 0; i < list.count; i++) {
    CYTO_CLEANUP(cyto_str_clear) CytoStr name = {0};
    full_name(&list, i, &name);
    cyto_str_printf(&out, "%s%*s  %-8s  ", name.text ? name.text : "",
                    (int)(width - (name.text ? cli_columns(name.text) : 0)), "",
                    cyto_model_origin_name(list.entry[i].origin));
    cli_add_printable(&out, list.entry[i].path);
    cyto_str_add(&out, "\n");
  }
  if (!list.count)
    cyto_str_add(&out, "no models found; set CYTOSCRIBE_MODELS to the folder with the models\n");
  return print_text(&out, err);
}

/* What info tells, gathered once for both forms. */
typedef struct Facts {
  CytoModelEntry entry;
  CytoWeights *weights;
  CytoLayout layout;
  size_t parameters;
  double diam_mean, diam_labels;
} Facts;

static void clear_facts(Facts *facts) {
  cyto_model_entry_clear(&facts->entry);
  cyto_weights_free(facts->weights);
}

static size_t count_parameters(const CytoWeights *weights) {
  size_t total = 0;
  for (size_t i = 0; i < weights->count; i++) {
    const CytoTensor *t = &weights->tensor[i];
    size_t values = 1;
    for (unsigned d = 0; d < t->ndim; d++)
      values *= t->shape[d];
    if (!t->integer && !strstr(t->name, ".running_"))
      total += values;
  }
  return total;
}

static bool gather(const char *name, Facts *facts, CytoError *err) {
  if (!cyto_model_find(name, &facts->entry, err) ||
      !cyto_model_read(&facts->entry, &facts->weights, err))
    return false;
  if (!cyto_weights_layout(facts->weights, &facts->layout, err))
    return cyto_fail_prefix(err, facts->entry.path);
  facts->parameters = count_parameters(facts->weights);
  facts->diam_mean = cyto_model_diam_mean(&facts->entry, facts->weights);
  facts->diam_labels =
      facts->weights->diam_labels > 0 ? facts->weights->diam_labels : facts->diam_mean;
  return true;
}

static bool info_json(const Facts *f, CytoError *err) {
  json_t *nbase = json_array();
  for (size_t i = 0; i <= f->layout.levels; i++)
    json_array_append_new(nbase, json_integer((json_int_t)f->layout.nbase[i]));
  const CytoWeights *w = f->weights;
  json_auto_t *object = json_pack(
      "{s:s*, s:s, s:s*, s:s*, s:s*, s:s, s:o, s:i, s:i, s:f, s:f, s:b, s:s*, s:s*, s:s*, s:s*}",
      "name", f->entry.name, "origin", cyto_model_origin_name(f->entry.origin), "path",
      f->entry.path, "container", w->format, "title", w->name, "net",
      cyto_net_name(cyto_layout_kind(&f->layout)), "nbase", nbase, "nout", (int)f->layout.nout,
      "parameters", (int)f->parameters, "diam_mean", f->diam_mean, "diam_labels", f->diam_labels,
      "size_model", w->size.n > 0, "licence", w->licence, "data", w->data, "description",
      w->description, "training", w->training);
  if (w->has_thresholds) {
    json_object_set_new(object, "cell_threshold", json_real(w->cell_threshold));
    json_object_set_new(object, "boundary_threshold", json_real(w->boundary_threshold));
  }
  return print_json(object, err);
}

static void line(CytoStr *out, const char *label, const char *text) {
  if (!text || !*text)
    return;
  cyto_str_printf(out, "%-12s ", label);
  cli_add_printable(out, text);
  cyto_str_add(out, "\n");
}

/* Three decimals are plenty for a diameter in pixels. */
static char *short_number(double value, char buffer[32]) {
  return cyto_format_double(round(value * 1000) / 1000, buffer);
}

static bool info_text(const Facts *f, CytoError *err) {
  CytoStr out = {0}, network = {0}, thresholds = {0};
  char mean[32], labels[32];
  const CytoWeights *w = f->weights;
  for (size_t i = 0; i <= f->layout.levels; i++)
    cyto_str_printf(&network, "%s%zu", i ? "-" : "", f->layout.nbase[i]);
  cyto_str_printf(&network, ", %zu outputs, %zu parameters", f->layout.nout, f->parameters);
  if (w->has_thresholds)
    cyto_str_printf(&thresholds, "cell %s, boundary %s", short_number(w->cell_threshold, mean),
                    short_number(w->boundary_threshold, labels));
  line(&out, "name", f->entry.name);
  line(&out, "from", cyto_model_origin_name(f->entry.origin));
  line(&out, "file", f->entry.path);
  line(&out, "container", w->format);
  line(&out, "kind", cli_net_words(cyto_layout_kind(&f->layout)));
  line(&out, "network", network.text);
  line(&out, "thresholds", thresholds.text);
  line(&out, "diameter", short_number(f->diam_mean, mean));
  line(&out, "labels", short_number(f->diam_labels, labels));
  line(&out, "size model", w->size.n ? "yes: the diameter can be estimated" : "no");
  line(&out, "licence", w->licence ? w->licence : "not stated in the file");
  line(&out, "description", w->description);
  line(&out, "data", w->data);
  line(&out, "training", w->training);
  if (cyto_layout_kind(&f->layout) == CYTO_NET_OTHER)
    line(&out, "note", "a network with this number of outputs cannot segment");
  cyto_str_clear(&network);
  cyto_str_clear(&thresholds);
  return print_text(&out, err);
}

bool cli_models_info(const CliModelArgs *args, CytoError *err) {
  CYTO_CLEANUP(clear_facts) Facts facts = {0};
  if (!gather(args->word[0], &facts, err))
    return false;
  return args->json ? info_json(&facts, err) : info_text(&facts, err);
}
